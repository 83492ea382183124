import type { ChildProcess } from 'node:child_process';
import { createSession, type TokenEndpoint } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOf, forkWorker, nextMessage } from '../../../proof/support/processes.ts';
import { commandsDuring } from './support/commands.ts';
import { isRedisThere, type RedisServer, startRedis } from './support/redis-server.ts';
import { endpointOf, expire, requestTimeout } from './support/sessions.ts';
import type { Message, Setup } from './support/worker.ts';

const servers = 8;
const callers = 100;
/** Few where everything is tested; as many as one likes by hand. */
const rounds = Number(process.env.ACT_ON_TOKEN_ROUNDS ?? 10);
const patience = { timeout: 60_000 + 2_000 * rounds };

describe.skipIf(!isRedisThere)('sessions over Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let emulator: ServedEmulator;
  let endpoint: TokenEndpoint;

  beforeAll(async () => {
    [server, emulator] = await Promise.all([startRedis(), serveEmulator({ grantLimit: null })]);
    redis = new Redis(server.port);
    endpoint = endpointOf(emulator);
    await session().authorize({ type: 'password', ...emulator.user });
  });
  afterAll(async () => {
    redis?.disconnect();
    await Promise.all([server?.stop(), emulator?.close()]);
  });

  const session = (options = {}) =>
    createSession({
      endpoint,
      account: emulator.user.username,
      store: redisStore(redis),
      ...options,
    });

  it(
    `send one token request when ${servers} processes with ${callers} callers each find the account expired, ${rounds} times`,
    patience,
    async () => {
      const fleet = await startFleet({ redisPort: server.port, baseUrl: emulator.url, callers });
      const store = redisStore(redis);
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await expire(store, endpoint, emulator);
        const before = sent();
        const started = performance.now();
        const answers = await askAll(fleet);
        times.push(performance.now() - started);
        expect(answers.flatMap(({ failures }) => failures)).toEqual([]);
        expect(answers.flatMap(({ tokens }) => tokens)).toHaveLength(servers * callers);
        expect(new Set(answers.flatMap(({ tokens }) => tokens)).size).toBe(1);
        expect(sent() - before).toBe(1);
      }
      expect(emulator.ledger.counters()).toMatchObject({
        concurrentTokenRequests: { peak: 1 },
        replays: 0,
      });
      const ended = await endAll(fleet);
      expect(ended).toEqual(fleet.map(() => 0));
      const middle = times.sort((a, b) => a - b)[Math.floor(rounds / 2)]?.toFixed();
      console.log(
        `${rounds} × ${servers} processes × ${callers} callers: ${rounds} token requests, 0 failures, ${middle} ms in the middle`,
      );
    },
  );

  it('cost two commands for a refresh, one for a cold read and none for a warm one', async () => {
    const warm = session({ minRefreshInterval: 0 });
    const old = await warm.getAccessToken();
    const counts = {
      'warm refresh': await count(() => warm.getAccessToken({ rejected: old })),
      'cold read': await count(() => session().getAccessToken()),
      'warm read': await count(() => warm.getAccessToken()),
    };
    console.log(`commands that clients sent to Redis: ${JSON.stringify(counts)}`);
    expect(counts).toEqual({ 'warm refresh': 2, 'cold read': 1, 'warm read': 0 });
    expect(await warm.getAccessToken()).not.toBe(old);
  });

  const sent = (): number => emulator.ledger.counters().grants.refresh_token.sent;

  /** Without the INFO by which each store asks once whether records may be evicted. */
  const count = async (work: () => Promise<unknown>): Promise<number> =>
    (await commandsDuring(redis, work)).filter(([command]) => command !== 'info').length;

  /**
   * Holds Act-On's answer until every process has asked, so that all of them meet the same refresh.
   */
  async function askAll(fleet: readonly ChildProcess[]) {
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const asked = fleet.map((each) => next(each, 'asked'));
    const answered = fleet.map((each) => next(each, 'answered'));
    for (const each of fleet) each.send('ask');
    await Promise.all([...asked, hold.reached()]);
    hold.release();
    return Promise.all(answered);
  }

  async function startFleet(
    setup: Pick<Setup, 'redisPort' | 'baseUrl' | 'callers'>,
  ): Promise<ChildProcess[]> {
    const { client, user } = emulator;
    const all = {
      ...setup,
      clientId: client.id,
      clientSecret: client.secret,
      account: user.username,
      requestTimeout,
    };
    const fleet = Array.from({ length: servers }, () =>
      forkWorker(new URL('./support/worker.ts', import.meta.url), all),
    );
    await Promise.all(fleet.map((each) => next(each, 'ready')));
    return fleet;
  }
});

/** The next message of this type. */
function next<Type extends Message['type']>(
  worker: ChildProcess,
  type: Type,
): Promise<Extract<Message, { type: Type }>> {
  return nextMessage(worker, (message) => message.type === type);
}

/** Lets the workers go; resolves with their exit codes once all have ended by themselves. */
async function endAll(fleet: readonly ChildProcess[]): Promise<unknown[]> {
  const codes = fleet.map(endOf);
  for (const each of fleet) each.disconnect();
  return Promise.all(codes);
}
