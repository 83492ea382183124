// Reads once, with the ioredis of this name, and prints what becomes of it. Ends with 7 if an error
// reaches nobody.
import process, { argv, exit } from 'node:process';
import { redisStore } from '../../src/index.ts';

const [, , client = '', port] = argv;
process.on('uncaughtException', (error) => {
  console.log(String(error));
  exit(7);
});
const { Redis } = await import(client);
const redis = new Redis({ port: Number(port), retryStrategy: null, maxRetriesPerRequest: 0 });
redis.on('error', () => {});
await redisStore(redis)
  .read('key')
  .catch((error: { code: string; message: string }) =>
    console.log(`${error.code}: ${error.message}`),
  );
redis.disconnect();
