// Runs the store kit under Bun with its own client, on the Redis at this URL, and prints what came
// of it as JSON.
import { argv, exit } from 'node:process';
import { kitResults } from '../../../../proof/support/kit-results.ts';
import { type BunRedisClient, redisStore } from '../../src/index.ts';

const { Bun } = globalThis as unknown as {
  Bun: { RedisClient: new (url: string) => BunRedisClient };
};
console.log(JSON.stringify(await kitResults(() => redisStore(new Bun.RedisClient(argv[2] ?? '')))));
exit();
