// One process of several on one directory, under Windows or Linux: says that it is there, asks for a
// token with many callers at once when it may, and reports what they got.
import { argv } from 'node:process';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';

export interface Setup {
  readonly directory: string;
  readonly callers: number;
  readonly account: string;
  readonly endpoint: Parameters<typeof actOnEndpoint>[0];
  /** Where it says so, and is answered once it may go on. */
  readonly starter: string;
}

const { directory, callers, account, endpoint, starter }: Setup = JSON.parse(argv[2] ?? '{}');
const store = fileStore({ directory });
const session = createSession({ endpoint: actOnEndpoint(endpoint), account, store });
await (await fetch(starter, { method: 'POST', body: 'ready' })).text();
const results = await Promise.all(
  Array.from({ length: callers }, () => session.getAccessToken().catch(String)),
);
await session.close();
await (await fetch(starter, { method: 'POST', body: JSON.stringify(results) })).text();
