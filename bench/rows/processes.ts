import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { encodeTokens } from '../clients/client.ts';
import { ours, seeded } from '../clients/ours.ts';
import { inProcess } from '../harness/child.ts';
import { fleet } from '../harness/fleet.ts';
import { exactly, type Row, timesFloor } from '../harness/row.ts';
import type { RedisCommands } from '../tasks/redis-commands.ts';
import { type Served, tokensKey } from '../tasks/shared-account.ts';
import { everybody, figures, type Group, inTurn, pick, type Stage } from './stage.ts';

const delay = 50;

export const processes: Group = async (stage) => [
  ...(await commands(stage)),
  ...(await eight(stage)),
];

async function commands({ actOn, redis }: Stage): Promise<Row[]> {
  const results = await inTurn(1, everybody, async (client) => {
    const place = actOn.place(0);
    return inProcess<RedisCommands>('redis-commands', {
      client,
      place,
      port: redis.port,
      tokens: await actOn.signIn(place),
    });
  });
  const row = { group: 5, unit: '', better: 'less' } as const;
  return [
    {
      ...row,
      metric: 'Redis commands for a token: cold',
      ...figures(pick(results, ({ cold }) => cold)),
      goal: exactly(1),
    },
    {
      ...row,
      metric: 'Redis commands for a token: warm',
      ...figures(pick(results, ({ warm }) => warm)),
      goal: exactly(0),
    },
    {
      ...row,
      metric: 'Redis commands for a refresh (1: unsafe)',
      ...figures(pick(results, ({ refresh }) => refresh)),
      goal: exactly(2),
    },
  ];
}

async function eight(stage: Stage): Promise<Row[]> {
  const results = await inTurn(stage.quick ? 1 : 3, everybody, (client) =>
    shared(stage, client, 8, 100),
  );
  const row = { group: 5, better: 'less' } as const;
  const metric = '8 processes × 100 callers';
  return [
    {
      ...row,
      metric: `${metric}: token requests`,
      unit: '',
      ...figures(pick(results, ({ requests }) => requests)),
      goal: exactly(1),
    },
    {
      ...row,
      metric: `${metric}: callers that fail`,
      unit: '',
      ...figures(pick(results, ({ failed }) => failed)),
      goal: exactly(0),
    },
    {
      ...row,
      metric: `${metric}: slowest process (a grant takes ${delay} ms)`,
      unit: 'ms',
      ...figures(pick(results, ({ slowest }) => slowest)),
      goal: timesFloor(1.15),
    },
  ];
}

export interface Shared {
  readonly requests: number;
  readonly failed: number;
  readonly slowest: number;
}

/**
 * So many processes (each standing for `members`) with one account, whose token has lapsed, and so
 * many callers each.
 */
export async function shared(
  { actOn, redis }: Stage,
  client: string,
  count: number,
  callers: number,
  members = 1,
): Promise<Shared> {
  const place = actOn.place(0);
  await actOn.disarm();
  const tokens = await actOn.signInLapsed(place);
  const connection = new Redis({ port: redis.port });
  await connection.flushall();
  if (client === ours.name) await seeded(redisStore(connection), place, tokens);
  else await connection.set(tokensKey, encodeTokens(tokens));
  connection.disconnect();
  await actOn.arm({
    route: 'token',
    kind: 'delay',
    ms: delay,
    grantType: 'refresh_token',
    times: null,
  });
  const before = await actOn.counts();
  const input = { client, place, port: redis.port, callers, members };
  const served = await fleet<Served>(
    'shared-account',
    Array.from({ length: count }, () => input),
  );
  const after = await actOn.counts();
  await actOn.disarm();
  return {
    requests: after.refreshes + after.grants - before.refreshes - before.grants,
    failed: served.reduce((sum, { failed }) => sum + failed, 0),
    slowest: Math.max(...served.map(({ ms }) => ms)),
  };
}
