// One server of a fleet: at each message it asks for a token with many callers at once, on a
// session that knows nothing yet.
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';

export interface Setup {
  readonly redisPort: number;
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly account: string;
  readonly callers: number;
  readonly requestTimeout: number;
}

/** That it has started, that all callers have asked, and later what they got. */
export type Message =
  | { readonly type: 'ready' | 'asked' }
  | { readonly type: 'answered'; readonly tokens: string[]; readonly failures: string[] };

const setup: Setup = JSON.parse(process.env.SETUP ?? '{}');
const redis = new Redis(setup.redisPort);
const store = redisStore(redis);
const endpoint = actOnEndpoint(setup);
const tell = (message: Message) => process.send?.(message);

process.on('message', async () => {
  const session = createSession({ endpoint, account: setup.account, store });
  const calls = Array.from({ length: setup.callers }, () => session.getAccessToken());
  tell({ type: 'asked' });
  const results = await Promise.allSettled(calls);
  const tokens = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [String(result.reason)] : [],
  );
  await session.close();
  tell({ type: 'answered', tokens, failures });
});

redis.once('ready', () => tell({ type: 'ready' }));

// Nothing is killed here: if the store left anything open, the process would not end.
process.on('disconnect', async () => {
  await store.close();
  redis.disconnect();
});
