import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRedisThere, startRedis } from '../../packages/redis/test/support/redis-server.ts';
import { type Ended, run as runLists, runtimes, type Settings, settingsOf } from './runs.ts';

const homes = mkdtempSync(join(tmpdir(), 'one-file-'));
let home = homes;
beforeEach(() => {
  home = mkdtempSync(join(homes, 'home-'));
});
afterAll(() => rmSync(homes, { recursive: true }));

let emulator: ServedEmulator;
beforeEach(async () => {
  emulator = await serveEmulator();
});
afterEach(() => emulator.close());

const [{ command: nodeRuns }] = runtimes;

describe.each(runtimes)('lists.ts under $name', ({ command }) => {
  it('prints how many lists there are, and ends', async () => {
    expect(await run(command, settings())).toEqual({
      code: 0,
      stdout: 'totalCount: 3\n',
      stderr: '',
    });
    expect(emulator.ledger.counters()).toMatchObject({
      apiCalls: 1,
      grants: { password: { sent: 1 } },
      secretsInUrl: 0,
    });
  });

  it('names the variables that are missing', async () => {
    const { ACT_ON_CLIENT_ID, ACT_ON_BASE_URL } = settings();
    const { code, stdout, stderr } = await run(command, {
      ACT_ON_CLIENT_ID,
      ACT_ON_BASE_URL,
      ACT_ON_USERNAME: '',
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Set ACT_ON_CLIENT_SECRET, ACT_ON_USERNAME, ACT_ON_PASSWORD in the environment.\n',
    });
  });

  it('says that the password is wrong, without saying it', async () => {
    const { code, stderr } = await run(command, {
      ...settings(),
      ACT_ON_PASSWORD: 'not the password',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/refused/);
    expect(stderr).not.toMatch(/not the password|test-client-secret|at .*:\d+/);
  });
});

describe('lists.ts', () => {
  const inAll = { code: 0, stdout: 'totalCount: 3\n', stderr: '' };
  const once = { apiCalls: 3, grants: { password: { sent: 1 }, refresh_token: { sent: 0 } } };

  it('signs in once for all runs of this user, whatever runs it', async () => {
    for (const { command } of runtimes) expect(await run(command, settings())).toEqual(inAll);
    expect(emulator.ledger.counters()).toMatchObject(once);
    expect(readdirSync(join(home, '.local/state/act-on-token'))).toHaveLength(1);
  });

  it('signs in once for runs at the same time', async () => {
    expect(await Promise.all(runtimes.map(({ command }) => run(command, settings())))).toEqual([
      inAll,
      inAll,
      inAll,
    ]);
    expect(emulator.ledger.counters()).toMatchObject(once);
  });

  it.each([
    ['ACT_ON_STORE', ''],
    ['XDG_STATE_HOME', 'act-on-token'],
    ['LOCALAPPDATA', 'act-on-token'],
  ])('keeps its record where %s says', async (name, below) => {
    const directory = join(home, 'elsewhere');
    expect(await run(nodeRuns, { ...settings(), [name]: directory })).toEqual(inAll);
    expect(readdirSync(join(directory, below))).toHaveLength(1);
  });

  it('asks for a directory where there is no home', async () => {
    const { code, stderr } = await run(nodeRuns, { ...settings(), HOME: '' });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'Set ACT_ON_STORE in the environment: there is no HOME to keep records in.\n',
    });
  });

  it('says which stores there are', async () => {
    const { code, stderr } = await run(nodeRuns, {
      ...settings(),
      ACT_ON_STORE: 'mysql://somewhere',
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'ACT_ON_STORE must be a directory, or a redis:// or rediss:// URL.\n',
    });
  });

  it.skipIf(!isRedisThere)(
    'signs in once for all runs that share a Redis, whatever runs it',
    async () => {
      const redis = await startRedis();
      const env = { ...settings(), ACT_ON_STORE: `redis://127.0.0.1:${redis.port}` };
      for (const { command } of runtimes) expect(await run(command, env)).toEqual(inAll);
      expect(emulator.ledger.counters()).toMatchObject(once);
      await redis.stop();
    },
  );
});

it('says which regions there are', async () => {
  const { ACT_ON_BASE_URL: _, ...rest } = settings();
  const { code, stderr } = await run(nodeRuns, { ...rest, ACT_ON_REGION: 'mars' });
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'ACT_ON_REGION must be us or eu.\n' });
});

const settings = (): Settings => settingsOf(emulator);

/** With a home of its own for each test. */
function run(command: readonly string[], env: Record<string, string>): Promise<Ended> {
  return runLists(command, env, home);
}
