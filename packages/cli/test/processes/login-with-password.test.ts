import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshFolder, run, settingsFor, withoutPassword } from '../support/command.ts';
import { edit } from '../support/records.ts';
import { hasTerminal, startInTerminal } from '../support/terminal.ts';

let emulator: ServedEmulator;
let env: Record<string, string>;
let password: string;
beforeEach(async () => {
  emulator = await serveEmulator();
  env = withoutPassword(settingsFor(emulator, freshFolder()));
  password = emulator.user.password;
});
afterEach(() => emulator.close());

const silence = { exit: 0, stdout: '', stderr: '' };
const signIns = () => emulator.ledger.counters().grants.password;

describe('act-on-token login with a password', () => {
  it('takes it from a descriptor, prints nothing to a script, and lets token work', async () => {
    expect(await run(['login', '--password-fd', '3'], { env, files: [`${password}\n`] })).toEqual(
      silence,
    );
    expect(await run(['token'], { env })).toMatchObject({ exit: 0, stderr: '' });
    expect(signIns()).toEqual({ sent: 1, granted: 1 });
  });

  it('takes it from stdin, and the client secret from a descriptor', async () => {
    const { ACT_ON_CLIENT_SECRET = '', ...rest } = env;
    const args = ['login', '--grant=password', '--password-fd=0', '--client-secret-fd=3'];
    expect(
      await run(args, { env: rest, input: `${password}\r\n`, files: [ACT_ON_CLIENT_SECRET] }),
    ).toEqual(silence);
  });

  it('takes it from the environment, for the user who stands there too', async () => {
    const withPassword = { ...env, ACT_ON_PASSWORD: password };
    expect(
      await run(['login', '--account', 'somebody@example.test'], { env: withPassword }),
    ).toMatchObject({ exit: 2 });
    expect(await run(['login'], { env: withPassword })).toEqual(silence);
    expect(signIns()).toEqual({ sent: 1, granted: 1 });
  });

  it('sends nothing where someone is signed in, unless it is forced to', async () => {
    const withPassword = { ...env, ACT_ON_PASSWORD: password };
    await run(['login'], { env: withPassword });
    expect(await run(['login'], { env: withPassword })).toEqual(silence);
    expect(signIns().sent).toBe(1);
    expect(await run(['login', '--force'], { env: withPassword })).toEqual(silence);
    expect(signIns().sent).toBe(2);
  });

  it('signs in again after a logout, and over a record that is none', async () => {
    const withPassword = { ...env, ACT_ON_PASSWORD: password };
    await run(['login'], { env: withPassword });
    expect(await run(['logout'], { env: withPassword })).toEqual(silence);
    expect(await run(['token'], { env: withPassword })).toMatchObject({ exit: 3 });
    expect(await run(['login'], { env: withPassword })).toEqual(silence);
    await edit(env, () => 'no record');
    expect(await run(['login'], { env: withPassword })).toEqual(silence);
    expect(signIns()).toEqual({ sent: 3, granted: 3 });
  });

  it('ends with 4 if it is wrong', async () => {
    const { exit, stdout, stderr } = await run(['login', '--password-fd', '3'], {
      env,
      files: ['wrong'],
    });
    expect({ exit, stdout, stderr }).toEqual({
      exit: 4,
      stdout: '',
      stderr: expect.stringMatching(/"Wrong email or password\."/),
    });
  });

  it('touches no descriptor that is none of its own', async () => {
    const { exit, stderr } = await run(['login', '--password-fd', '3'], { env });
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringMatching(/--password-fd 3 cannot be read \(EBADF\).*3<file\n$/),
    });
  });
});

describe.skipIf(!hasTerminal)('act-on-token login in a terminal', () => {
  const asks = /Act-On password of marketer@example\.test \(not shown\): /;

  it.each(['xterm', 'dumb'])(
    'asks for the password without showing it (TERM=%s), and says that it worked',
    async (TERM) => {
      const terminal = startInTerminal(['login', '--grant', 'password'], { ...env, TERM });
      await terminal.until(asks);
      terminal.type(`${password}x\u007f\n`);
      const { exit, stdout } = await terminal.ended;
      expect(exit).toBe(0);
      expect(stdout).toMatch(/is signed in\. The access token ends in 60 minutes/);
      expect(stdout).not.toContain(password.slice(0, 4));
      expect(signIns()).toEqual({ sent: 1, granted: 1 });
    },
  );

  it('stops at Ctrl-C, with nothing sent', async () => {
    const terminal = startInTerminal(['login', '--grant', 'password'], env);
    await terminal.until(asks);
    terminal.type('secre\u0003');
    expect((await terminal.ended).exit).toBe(130);
    expect(signIns().sent).toBe(0);
  });

  it('takes the end of the input for no password', async () => {
    const terminal = startInTerminal(['login', '--grant', 'password'], env);
    await terminal.until(asks);
    terminal.type('\u0004');
    const { exit, stdout } = await terminal.ended;
    expect({ exit, stdout }).toEqual({
      exit: 2,
      stdout: expect.stringMatching(/Nothing was typed/),
    });
  });

  it('reads no password from a terminal that would show it', async () => {
    const { exit, stdout } = await startInTerminal(['login', '--password-fd', '0'], env).ended;
    expect({ exit, stdout }).toEqual({
      exit: 2,
      stdout: expect.stringMatching(/--password-fd 0 is a terminal/),
    });
  });

  it('says who is signed in already', async () => {
    await run(['login', '--password-fd', '3'], { env, files: [password] });
    const { exit, stdout } = await startInTerminal(['login'], env).ended;
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: expect.stringMatching(/is signed in already\. To sign in again, add --force/),
    });
  });
});
