// Another process: asks for a token when it is told to, with many callers at once, on a session
// that knows nothing yet.
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { sqliteStore } from './sqlite-store.ts';

export interface Setup {
  readonly file: string;
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly account: string;
}

/** That all callers have asked, and then what they got. */
export type Message =
  | { readonly type: 'asked' }
  | { readonly type: 'answered'; readonly tokens: string[] };

const setup: Setup = JSON.parse(process.env.SETUP ?? '{}');
const store = sqliteStore(setup);
const tell = (message: Message) => process.send?.(message);

process.on('message', async (callers: number) => {
  const session = createSession({ endpoint: actOnEndpoint(setup), account: setup.account, store });
  const calls = Array.from({ length: callers }, () => session.getAccessToken());
  tell({ type: 'asked' });
  const tokens = await Promise.all(calls);
  await session.close();
  tell({ type: 'answered', tokens });
});

// Nothing is killed: a store that left anything open would keep this process alive.
process.on('disconnect', () => store.close());
