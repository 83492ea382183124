import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshFolder, run, settingsFor, withoutPassword } from '../support/command.ts';
import { edit } from '../support/records.ts';
import { hasTerminal, startInTerminal } from '../support/terminal.ts';

/**
 * Clears the screen, renames the window, writes backwards, ends a text and pretends to be another
 * line.
 */
const hostile = '\u001b[2J\u001b]0;mine\u0007\u009b31m\u202etxt\u0000\r';
const obeyed = /[\p{Cc}\p{Cf}]/u;
const linesOf = (text: string): string => text.replaceAll('\n', '');

describe('what Act-On sends', () => {
  let server: Server;
  let emulator: ServedEmulator;
  let env: Record<string, string>;
  /** The answer to any request for the API, byte by byte, in latin1. */
  let answer: string;
  beforeEach(async () => {
    emulator = await serveEmulator();
    const token = JSON.stringify({
      access_token: 'a-token',
      refresh_token: 'another',
      expires_in: 3_600,
      token_type: 'bearer',
    });
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${token.length}\r\nConnection: close\r\n\r\n`;
    server = createServer((socket) => {
      socket
        .on('error', () => {})
        .once('data', (data) =>
          socket.end(
            String(data).includes('/token') ? head + token : Buffer.from(answer, 'latin1'),
          ),
        );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    env = { ...settingsFor(emulator, freshFolder()), ACT_ON_BASE_URL: `http://127.0.0.1:${port}` };
  });
  afterEach(async () => {
    server.close();
    await emulator.close();
  });

  it.each([
    ['\u001b[2J\u001b]0;mine\u0007', '5\u001b[2J'],
    ['\u009b31m', '\u009b31m'],
    ['\u001b[1A\u001b[2Kact-on-token: all is well', '7'],
  ])('in its status line and Retry-After is shown and not obeyed: %j', async (reason, pause) => {
    for (const status of [429, 503]) {
      answer = `HTTP/1.1 ${status} ${reason}\r\nRetry-After: ${pause}\r\nX-Note: ${pause}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      for (const more of [[], ['-i']]) {
        const { stdout, stderr, exit } = await run(['fetch', '/api/1/list', ...more], { env });
        expect(linesOf(stderr)).not.toMatch(obeyed);
        expect(linesOf(stdout.replaceAll('\r\n', '\n'))).not.toMatch(obeyed);
        // A parser that refuses such a header is as good.
        expect([5, 6, 22]).toContain(exit);
      }
    }
  });

  it('in a status line of any length is cut', async () => {
    answer = `HTTP/1.1 404 ${'long '.repeat(1_000)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    const { stderr } = await run(['fetch', '/api/1/list'], { env });
    expect(stderr.length).toBeLessThan(200);
  });

  it('goes to a file or another program as it came', async () => {
    const body = Buffer.from(`{"name":"${hostile}"}`);
    answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.toString('latin1')}`;
    expect((await run(['fetch', '/api/1/list'], { env })).stdout).toBe(body.toString());
  });

  it.runIf(hasTerminal)(
    'is shown and not obeyed on a terminal, names of lists included',
    async () => {
      const list = { name: hostile, id: 'l-0001' };
      const body = Buffer.from(JSON.stringify(list).replaceAll('\\u001b', '\u001b'));
      answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.toString('latin1')}\n`;
      const running = startInTerminal(['fetch', '/api/1/list'], env);
      const { stdout } = await running.ended;
      expect(linesOf(stdout.replaceAll('\r\n', '\n'))).not.toMatch(obeyed);
      expect(JSON.parse(stdout.trim())).toEqual(list);
    },
  );

  it('to the token endpoint is in no message either', async () => {
    const said = JSON.stringify({ error: 'access_denied', error_description: hostile });
    const quiet = createServer((socket) => {
      socket
        .on('error', () => {})
        .once('data', () =>
          socket.end(
            `HTTP/1.1 403 ${hostile.replace('\r', '')}\r\nContent-Length: ${said.length}\r\nConnection: close\r\n\r\n${said}`,
          ),
        );
    }).listen(0, '127.0.0.1');
    await once(quiet, 'listening');
    const url = `http://127.0.0.1:${(quiet.address() as { port: number }).port}`;
    const { stderr, exit } = await run(['token'], { env: { ...env, ACT_ON_BASE_URL: url } });
    quiet.close();
    expect(exit).toBeGreaterThan(0);
    expect(linesOf(stderr)).not.toMatch(obeyed);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('what the environment and the arguments say', () => {
  let emulator: ServedEmulator;
  let env: Record<string, string>;
  beforeEach(async () => {
    emulator = await serveEmulator();
    env = withoutPassword(settingsFor(emulator, freshFolder()));
  });
  afterEach(() => emulator.close());
  const clean = hostile.replace('\0', '');

  it.each([
    'ACT_ON_USERNAME',
    'ACT_ON_CLIENT_ID',
    'ACT_ON_STORE',
    'ACT_ON_BASE_URL',
    'ACT_ON_REGION',
    'HOME',
  ])('is never obeyed: %s', async (name) => {
    const value = name === 'ACT_ON_STORE' || name === 'HOME' ? join(env.HOME ?? '', clean) : clean;
    const all = { ...env, [name]: value, ...(name === 'ACT_ON_REGION' && { ACT_ON_BASE_URL: '' }) };
    for (const args of [
      ['status'],
      ['status', '--json'],
      ['token'],
      ['logout'],
      ['fetch', '/x'],
      ['login', '--grant', 'password'],
    ]) {
      const { stdout, stderr } = await run(args, { env: all });
      expect(linesOf(stdout + stderr)).not.toMatch(obeyed);
    }
  });

  it('is refused by name where it is an account, in JSON too', async () => {
    const { exit, stdout, stderr } = await run(['status', '--json'], {
      env: { ...env, ACT_ON_USERNAME: clean },
    });
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain('ACT_ON_USERNAME');
    expect(linesOf(stderr)).not.toMatch(obeyed);
  });

  it.each([
    [clean],
    ['status', clean],
    ['status', `--${clean}`],
    ['login', '--grant', clean],
    ['login', '--timeout', clean],
    ['fetch', '/x', '-H', `${clean}: x`],
    ['fetch', '/x', '-X', clean],
    ['fetch', '/x', '-d', `@${clean}`],
    ['token', '--store', `redis://${clean}`],
    ['login', '--no-browser', '--timeout', '1', '--redirect-uri', `http://127.0.0.1:1/${clean}`],
  ])('is never obeyed: %j', async (...args) => {
    const { stdout, stderr } = await run(args, { env });
    expect(linesOf(stdout + stderr)).not.toMatch(obeyed);
  });

  it('is in no message where it might be a secret that was typed into the wrong place', async () => {
    for (const args of [
      ['S3cr3t!'],
      ['status', 'S3cr3t!'],
      ['--S3cr3t!'],
      ['login', '--grant', 'S3cr3t!'],
      ['login', '--password-fd', 'S3cr3t!'],
    ]) {
      const { stdout, stderr, exit } = await run(args, { env });
      expect({ exit, shown: (stdout + stderr).includes('S3cr3t!') }).toEqual({
        exit: 2,
        shown: false,
      });
    }
  });
});

describe('what the store holds', () => {
  it('is printed as a token only if it can be one', async () => {
    const emulator = await serveEmulator();
    const env = settingsFor(emulator, freshFolder());
    await run(['token'], { env });
    await edit(env, (record) => ({
      ...record,
      pair: { ...(record.pair as object), accessToken: `token\u001b[2J` },
    }));
    expect(await run(['token'], { env })).toEqual({
      exit: 7,
      stdout: '',
      stderr: expect.stringMatching(
        /^act-on-token: The token in the store is not one\. [^\p{C}]+\n$/u,
      ),
    });
    await emulator.close();
  });
});
