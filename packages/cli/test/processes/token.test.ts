import { statSync } from 'node:fs';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  freshFolder,
  program,
  run,
  settingsFor,
  start,
  startProgram,
  withoutPassword,
} from '../support/command.ts';
import { age, directoryOf } from '../support/records.ts';
import { hasTerminal, startInTerminal } from '../support/terminal.ts';

let emulator: ServedEmulator;
let env: Record<string, string>;
beforeEach(async () => {
  emulator = await serveEmulator();
  env = settingsFor(emulator, freshFolder());
});
afterEach(() => emulator.close());

const sent = () => {
  const { password, refresh_token } = emulator.ledger.counters().grants;
  return { password: password.sent, refreshes: refresh_token.sent };
};

/** A token is one that the API takes. */
async function expectToken(stdout: string): Promise<void> {
  expect(stdout).toMatch(/^[\w.-]+\n$/);
  const answer = await fetch(`${emulator.url}/api/1/account`, {
    headers: { authorization: `Bearer ${stdout.trim()}` },
  });
  expect(answer.status).toBe(200);
}

describe('act-on-token token', () => {
  it('signs in by itself where the environment has a password, once for all calls', async () => {
    const first = await run(['token'], { env });
    expect(first).toMatchObject({ exit: 0, stderr: '' });
    await expectToken(first.stdout);
    expect(await run(['token'], { env })).toEqual(first);
    expect(sent()).toEqual({ password: 1, refreshes: 0 });
  });

  it.each([
    ['ACT_ON_DEBUG=1', [], { ACT_ON_DEBUG: '1' }],
    ['--verbose', ['--verbose'], {}],
  ])('says on stderr what the session does with %s, and no secret', async (_, args, more) => {
    const { stdout, stderr, exit } = await run(['token', ...args], { env: { ...env, ...more } });
    expect(exit).toBe(0);
    await expectToken(stdout);
    expect(stderr).toMatch(/^act-on-token: \d{4}-\S+Z grant_sent \{"used":1,"limit":5\}$/m);
    expect(stderr).toMatch(/ signed_in \{/);
    for (const secret of [
      stdout.trim(),
      env.ACT_ON_CLIENT_SECRET ?? '?',
      env.ACT_ON_PASSWORD ?? '?',
    ])
      expect(stderr).not.toContain(secret);
  });

  it('goes on with the session of whoever signed in, without a password', async () => {
    const { stdout } = await run(['token'], { env });
    expect(await run(['token'], { env: withoutPassword(env) })).toEqual({
      exit: 0,
      stdout,
      stderr: '',
    });
  });

  it('refreshes an expired token once for ten shells at once, and gives all of them the same', async () => {
    const { stdout: old } = await run(['token'], { env });
    await age(env, 7_200_000);
    const shells = Array.from({ length: 10 }, () => {
      return startProgram('sh', ['-c', `printf '%s' "$("$NODE" "${program}" token)"`], {
        env: { ...env, NODE: process.execPath },
      }).ended;
    });
    const answers = new Set(
      (await Promise.all(shells)).map(({ exit, stdout, stderr }) =>
        JSON.stringify([exit, stdout, stderr]),
      ),
    );
    expect(answers.size).toBe(1);
    const [exit, token, stderr] = JSON.parse([...answers].join());
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(token).not.toBe(old.trim());
    await expectToken(`${token}\n`);
    expect(sent()).toEqual({ password: 1, refreshes: 1 });
    expect(emulator.ledger.counters()).toMatchObject({ replays: 0, parallelRefreshes: 1 });
  });

  it('signs in once for ten shells that begin with nothing', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => run(['token'], { env })));
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
    expect(answers.map(({ exit }) => exit)).toEqual(Array(10).fill(0));
    expect(sent()).toEqual({ password: 1, refreshes: 0 });
  });

  it('prints the next token in the last minutes of the one at hand, and leaves no request behind', async () => {
    const { stdout: old } = await run(['token'], { env });
    await age(env, 3_300_000);
    const { stdout } = await run(['token'], { env: withoutPassword(env) });
    expect(stdout).not.toBe(old);
    expect(await run(['token'], { env })).toEqual({ exit: 0, stdout, stderr: '' });
    expect(sent()).toEqual({ password: 1, refreshes: 1 });
  });

  it('prints the token at hand if that refresh fails', async () => {
    const { stdout } = await run(['token'], { env });
    await age(env, 3_300_000);
    emulator.faults.arm({ route: 'token', kind: 'status', status: 503 });
    expect(await run(['token'], { env })).toEqual({ exit: 0, stdout, stderr: '' });
  });

  it('refreshes a token that would not live as long as is asked for', async () => {
    const { stdout: old } = await run(['token'], { env });
    await age(env, 600_000);
    expect(await run(['token', '--min-validity', '2000'], { env })).toMatchObject({
      exit: 0,
      stdout: old,
    });
    const { exit, stdout } = await run(['token', '--min-validity=3300'], { env });
    expect(exit).toBe(0);
    expect(stdout).not.toBe(old);
    expect(sent()).toEqual({ password: 1, refreshes: 1 });
  });

  it('shares its session with the programs of this machine, wherever ACT_ON_STORE or --store says', async () => {
    const elsewhere = `${env.HOME}/elsewhere`;
    const { stdout } = await run(['token'], { env: { ...env, ACT_ON_STORE: elsewhere } });
    const { ACT_ON_BASE_URL, ACT_ON_CLIENT_ID, ACT_ON_USERNAME, ...rest } = withoutPassword(env);
    const args = [
      '--base-url',
      `${ACT_ON_BASE_URL}`,
      '--client-id',
      `${ACT_ON_CLIENT_ID}`,
      '--account',
      `${ACT_ON_USERNAME}`,
    ];
    expect(await run(['token', ...args, '--store', elsewhere], { env: rest })).toEqual({
      exit: 0,
      stdout,
      stderr: '',
    });
    expect(sent().password).toBe(1);
  });

  it('takes the client secret from a descriptor', async () => {
    const { ACT_ON_CLIENT_SECRET = '', ...rest } = env;
    expect(
      await run(['token', '--client-secret-fd', '3'], {
        env: rest,
        files: [`${ACT_ON_CLIENT_SECRET}\n`],
      }),
    ).toMatchObject({ exit: 0 });
  });
});

it('tells errors on stderr, in one line and in the words of a shell', async () => {
  const nobody = await run(['token'], { env: withoutPassword(env) });
  expect(nobody).toEqual({
    exit: 3,
    stdout: '',
    stderr:
      'act-on-token: No user is signed in to this account. Sign in with act-on-token login.\n',
  });
});

it('ends with 141 if nobody reads what it prints', async () => {
  const { child, ended } = start(['token'], { env });
  child.stdout?.destroy();
  expect(await ended).toMatchObject({ exit: 141, stderr: '' });
});

it('keeps what it signs in with for this user alone', async () => {
  await run(['token'], { env });
  expect(statSync(directoryOf(env)).mode & 0o777).toBe(0o700);
});

it.skipIf(!hasTerminal)('tells a person who waits what for, and a script nothing', async () => {
  await run(['token'], { env });
  await age(env, 7_200_000);
  const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
  const [terminal, script] = [startInTerminal(['token'], env), start(['token'], { env })];
  await terminal.until(/Waiting for Act-On …/);
  hold.release();
  const { stdout, ...rest } = await script.ended;
  expect(rest).toEqual({ exit: 0, stderr: '' });
  expect(await terminal.ended).toEqual({
    exit: 0,
    stdout: `Waiting for Act-On …\r\n${stdout.trim()}\r\n`,
    stderr: '',
  });
});

it('hears out a refresh that is under way when it is interrupted, and ends by the signal', async () => {
  await run(['token'], { env });
  await age(env, 7_200_000);
  const hold = emulator.faults.arm({
    route: 'token',
    grantType: 'refresh_token',
    kind: 'hold',
    when: 'after',
  });
  const { child, ended } = start(['token'], { env });
  await hold.reached();
  child.kill('SIGINT');
  hold.release();
  expect(await ended).toEqual({ exit: 'SIGINT', stdout: '', stderr: '' });
  expect(await run(['token'], { env: withoutPassword(env) })).toMatchObject({
    exit: 0,
    stderr: '',
  });
  expect(sent()).toEqual({ password: 1, refreshes: 1 });
});
