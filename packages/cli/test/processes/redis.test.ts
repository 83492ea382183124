import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isRedisThere,
  type RedisServer,
  startRedis,
} from '../../../redis/test/support/redis-server.ts';
import { freshFolder, run, settingsFor, withoutPassword } from '../support/command.ts';

describe.skipIf(!isRedisThere)('act-on-token over Redis', () => {
  let emulator: ServedEmulator;
  let redis: RedisServer;
  let env: Record<string, string>;
  beforeAll(async () => {
    [emulator, redis] = await Promise.all([
      serveEmulator(),
      startRedis('--requirepass', 'hunter2'),
    ]);
    env = {
      ...settingsFor(emulator, freshFolder()),
      ACT_ON_STORE: `redis://:hunter2@127.0.0.1:${redis.port}/0`,
    };
  });
  afterAll(async () => {
    await Promise.all([emulator.close(), redis.stop()]);
  });

  it('shares one session among all machines, and ends each command by itself', async () => {
    const answers = await Promise.all(Array.from({ length: 3 }, () => run(['token'], { env })));
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
    expect(answers.map(({ exit, stderr }) => [exit, stderr])).toEqual(Array(3).fill([0, '']));
    expect(await run(['token'], { env: withoutPassword(env) })).toEqual(answers[0]);
    expect(emulator.ledger.counters().grants.password.sent).toBe(1);
  });

  it('says where it is without its password', async () => {
    const { stdout } = await run(['status', '--json'], { env });
    expect(JSON.parse(stdout).store).toBe(`redis://127.0.0.1:${redis.port}/0`);
    expect(stdout).not.toContain('hunter2');
  });

  it.each([
    ['is not there', 'redis://:hunter2@127.0.0.1:1'],
    ['does not know the password', 'redis://:another@127.0.0.1:'],
  ])('ends with 7 if it %s', async (_, url) => {
    const { exit, stdout, stderr } = await run(['token'], {
      env: { ...env, ACT_ON_STORE: url.endsWith(':') ? `${url}${redis.port}` : url },
    });
    expect({ exit, stdout }).toEqual({ exit: 7, stdout: '' });
    expect(stderr).toMatch(/Redis/);
    expect(stderr).not.toMatch(/hunter2|another/);
  });

  it('ends with 2 for a URL that has the password on the command line', async () => {
    const { exit, stderr } = await run(['status', '--store', env.ACT_ON_STORE ?? ''], { env });
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringMatching(/--store must not contain a password/),
    });
    expect(stderr).not.toContain('hunter2');
  });
});
