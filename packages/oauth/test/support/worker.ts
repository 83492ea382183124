// One process of several on one directory: at each message it asks for a token with so many callers
// at once.
import { createSession } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { type OAuthEndpointOptions, oauthEndpoint } from '@act-on-token/oauth';

export interface Setup {
  readonly directory: string;
  readonly callers: number;
  readonly account: string;
  readonly endpoint: OAuthEndpointOptions;
}

export type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'answered'; readonly tokens: string[]; readonly failures: string[] };

const { directory, callers, account, endpoint }: Setup = JSON.parse(process.env.SETUP ?? '{}');
const tell = (message: Message) => process.send?.(message);
const store = fileStore({ directory });

process.on('message', async () => {
  const session = createSession({ endpoint: oauthEndpoint(endpoint), account, store });
  const calls = Array.from({ length: callers }, () => session.getAccessToken());
  const tokens: string[] = [];
  const failures: string[] = [];
  for (const result of await Promise.allSettled(calls)) {
    if (result.status === 'fulfilled') tokens.push(result.value);
    else failures.push(String(result.reason));
  }
  await session.close();
  tell({ type: 'answered', tokens, failures });
});
tell({ type: 'ready' });
