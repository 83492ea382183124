import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { type FlakyProxy, startFlakyProxy } from '../../../proof/support/tcp-proxy.ts';
import { another, eventually, type Fleet, fleetOn, replaced } from './support/fleet.ts';
import { isRedisThere, type RedisServer, startRedis } from './support/redis-server.ts';
import { replicated } from './support/replication.ts';
import { endpointOf } from './support/sessions.ts';

type Options = Omit<RedisOptions, 'replyMapping'>;
const timeout = 60_000;
const table: readonly [name: string, options: Options][] = [
  ['its defaults', {}],
  ['autoResendUnfulfilledCommands: false', { autoResendUnfulfilledCommands: false }],
  ['enableOfflineQueue: false', { enableOfflineQueue: false }],
  ['maxRetriesPerRequest: 0', { maxRetriesPerRequest: 0 }],
  ['maxRetriesPerRequest: null', { maxRetriesPerRequest: null }],
  ['commandTimeout: 200', { commandTimeout: 200 }],
  ['enableAutoPipelining: true', { enableAutoPipelining: true }],
];
const userOf = (username: string) => ({ username, password: 'a password' });
const [following, staying] = [userOf('follows the master'), userOf('stays with the replica')];
const users = [following, staying, ...table.map(([name]) => userOf(name))];

describe.skipIf(!isRedisThere).concurrent('a session whose ioredis client has', { timeout }, () => {
  let server: RedisServer;
  let emulator: ServedEmulator;
  beforeAll(async () => {
    [server, emulator] = await Promise.all([
      startRedis(),
      serveEmulator({ grantLimit: null, users }),
    ]);
  });
  afterAll(() => Promise.all([server?.stop(), emulator?.close()]));

  it.for(table)(
    '%s sends once, and saves the pair, although the answers to its claim and its commit get lost',
    async ([name, options], test) => {
      const { link, fleet } = await linked(test, server);
      const user = userOf(name);
      const direct = () => ({ client: new Redis(server.port) });
      await fleet.signedIn(user, direct());
      const session = fleet.session(user, {
        client: new Redis({ port: link.port, retryStrategy: () => 20, ...options }),
      });
      await eventually(() => session.getAccessToken());
      const hold = emulator.faults.arm({
        route: 'token',
        kind: 'hold',
        match: { user: user.username },
      });
      link.loseAnswerTo('evalsha');
      const answer = replaced(session);
      await hold.reached();
      link.loseAnswerTo('evalsha');
      hold.release();
      test.expect(await fleet.newcomer(user, direct())).toBe(await answer);
      test.expect(refreshesOf(user.username)).toHaveLength(1);
    },
  );

  it('no reconnectOnError stays with a master that became a replica, and gets an error that says so; with it, it follows the address', async (test) => {
    const { link, fleet, first, second } = await replicatedPair(test);
    const readOnly: Options = {
      reconnectOnError: ({ message }) => message.startsWith('READONLY') && 2,
    };
    const follows = await fleet.signedIn(following, {
      client: new Redis({ port: link.port, ...readOnly }),
    });
    const stays = await fleet.signedIn(staying, { client: new Redis(link.port) });
    await replicated(first.port, 1);
    await command(second, ['REPLICAOF', 'NO', 'ONE']);
    await command(first, ['REPLICAOF', '127.0.0.1', `${second.port}`]);
    link.leadTo(second.port);
    const token = await replaced(follows);
    test.expect(await fleet.newcomer(following, { client: new Redis(second.port) })).toBe(token);
    await test.expect(another(stays)).rejects.toThrow('Redis answered READONLY: this is a replica');
    test.expect(refreshesOf(staying.username)).toEqual([]);
  });

  const refreshesOf = (username: string) =>
    emulator.ledger.entries.filter(
      ({ user, grantType }) => user === username && grantType === 'refresh_token',
    );

  async function linked(
    { onTestFinished }: TestContext,
    { port }: RedisServer,
  ): Promise<{ link: FlakyProxy; fleet: Fleet }> {
    const link = await startFlakyProxy(port);
    const fleet = fleetOn(() => new Redis(link.port), endpointOf(emulator));
    onTestFinished(async () => {
      await fleet.disband();
      await link.close();
    });
    return { link, fleet };
  }

  /** A master and its replica, and an address that leads to the master. */
  async function replicatedPair(test: TestContext) {
    const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
    const first = await startRedis(...quick);
    const second = await startRedis(...quick, '--replicaof', '127.0.0.1', `${first.port}`);
    test.onTestFinished(async () => void (await Promise.all([first.stop(), second.stop()])));
    return { first, second, ...(await linked(test, first)) };
  }
});

async function command(
  { port }: RedisServer,
  [name, ...args]: [string, ...string[]],
): Promise<void> {
  const redis = new Redis(port);
  await redis.call(name, ...args);
  redis.disconnect();
}
