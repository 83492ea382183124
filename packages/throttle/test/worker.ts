// A process that sends as many calls as it can, and shares a limit with others.
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { createCallLimit, perSlot, throttle } from '@act-on-token/throttle';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible';

const {
  endpoint: given,
  account,
  redisPort,
  postgres,
  calls,
  isLimited,
} = JSON.parse(process.argv[2] ?? '') as {
  endpoint: { clientId: string; clientSecret: string; baseUrl: string };
  account: string;
  redisPort: number;
  postgres: { host: string; port: number; user: string } | null;
  calls: number;
  isLimited: boolean;
};
const redis = new Redis(redisPort);
const pool = postgres === null ? null : new Pool({ ...postgres, database: 'postgres' });
const limiter =
  pool === null
    ? new RateLimiterRedis({ storeClient: redis, ...perSlot })
    : await new Promise<RateLimiterPostgres>((resolve, reject) => {
        const made: RateLimiterPostgres = new RateLimiterPostgres(
          { storeClient: pool, ...perSlot, tableName: 'calls' },
          (error?: Error) => (error ? reject(error) : resolve(made)),
        );
      });
const plain = createSession({ endpoint: actOnEndpoint(given), account, store: redisStore(redis) });
const session = isLimited ? throttle(plain, createCallLimit({ limiter })) : plain;
const answers = await Promise.all(
  Array.from({ length: calls }, () => session.fetch('/api/1/list').then(({ status }) => status)),
);
console.log(JSON.stringify(answers));
process.exit();
