import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createEmulator } from '@act-on-token/emulator';
import { afterEach, expect, it } from 'vitest';
import { runtime } from '../../../tooling/bootstrap/paths.mjs';
import { readClock } from '../src/command/read-clock.ts';
import { createWire } from './helpers.ts';

const program = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const children: ChildProcess[] = [];

/** Runs the command from its source: the project's Node strips the types. */
function run(...args: string[]) {
  return runWith({}, ...args);
}

function runWith(env: Record<string, string>, ...args: string[]) {
  const child = spawn(runtime, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  children.push(child);
  return child;
}

async function settings(
  lines: AsyncIterable<string>,
  count: number,
): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for await (const line of lines) {
    const [, name = '', value = ''] = /^(\w+)='(.*)'$/.exec(line) ?? [];
    read[name] = value;
    if (Object.keys(read).length === count) break;
  }
  return read;
}

/** The URL of a command, once it listens. */
async function reached(child: ChildProcess): Promise<string> {
  const printed = await settings(createInterface({ input: child.stdout as Readable }), 1);
  return printed.ACT_ON_BASE_URL ?? '';
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

it('E58 serves until it is interrupted, and prints all that a client needs', async () => {
  const child = run('--port', '0');
  const printed = await settings(createInterface({ input: child.stdout }), 5);
  const url = printed.ACT_ON_BASE_URL ?? '';
  const fixtures = {
    client: { id: printed.ACT_ON_CLIENT_ID ?? '', secret: printed.ACT_ON_CLIENT_SECRET ?? '' },
    user: { username: printed.ACT_ON_USERNAME ?? '', password: printed.ACT_ON_PASSWORD ?? '' },
  };
  const { pair, api } = createWire(fixtures, fetch, url);
  expect((await api('/api/1/account', (await pair()).access_token)).status).toBe(200);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

it('enables the code grant for a redirect URI', async () => {
  const child = run('--redirect-uri', 'http://localhost:3000/callback', '--seed', 's');
  const { ACT_ON_BASE_URL } = await settings(createInterface({ input: child.stdout }), 5);
  const page = await fetch(`${ACT_ON_BASE_URL}/authorize?response_type=code&client_id=test-client`);
  expect(page.status).toBe(200);
});

it('serves another profile, and is controlled, where it gets an error that says so', async () => {
  const child = run('--profile', 'legacy', '--control');
  const printed = await settings(createInterface({ input: child.stdout }), 6);
  expect(printed.ACT_ON_EMULATOR_CONTROL).toBe(`${printed.ACT_ON_BASE_URL}/__emulator`);
  const response = await fetch(`${printed.ACT_ON_EMULATOR_CONTROL}`);
  expect(await response.json()).toMatchObject({ profile: 'legacy' });
});

const users = { flag: 'ada:first:secret', file: 'bob: second secret ', variable: 'eve:third' };

it('knows the users of options, files and the environment, and prints no password of theirs', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'act-on-users-')), 'users.txt');
  writeFileSync(file, `# for tests\r\n\r\n${users.file}\r\n`);
  const args = ['--user', users.flag, '--user-file', file, '--control'];
  const child = runWith({ ACT_ON_EMULATOR_USERS: `\n${users.variable}\n` }, ...args);
  const [out, errors] = [text(child.stdout), text(child.stderr)];
  const url = await reached(child);
  const { client } = createEmulator();
  const { password } = createWire({ client, user: createEmulator().user }, fetch, url);
  for (const [username, secret] of [
    ['ada', 'first:secret'],
    ['bob', ' second secret '],
    ['eve', 'third'],
  ] as const) {
    expect((await password({ username, password: secret })).status).toBe(200);
    expect((await password({ username, password: `${secret}x` })).status).toBe(403);
  }
  child.kill('SIGINT');
  expect(`${await out}${await errors}`).not.toMatch(/first:secret|second secret|third/);
});

it.each([
  [['--user', 'SECRET']],
  [['--user', ':SECRET']],
  [['--user', 'ada:', 'SECRET']],
  [['--user', 'ada:x', 'bob:SECRET']],
  [['ada:SECRET']],
  [['--', 'ada:SECRET']],
  [['--usr', 'ada:SECRET']],
  [['--usr=ada:SECRET']],
  [['-uada:SECRET']],
  [['--control=SECRET']],
  [['--user', 'ada:SECRET', '--user', 'ada:SECRET']],
  [['--user', 'marketer@example.test:SECRET']],
  [['--user', 'ada:SECRET', '--port', '70000']],
  [['--user-file', '/nowhere', '--user', 'ada:SECRET']],
])('refuses %j, and does not repeat what may be a password', async (args) => {
  const child = runWith({ ACT_ON_EMULATOR_USERS: 'eve:SECRET' }, ...args);
  const [out, message] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(message).toMatch(/^act-on-emulator: .+/);
  expect(out + message).not.toContain('SECRET');
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
});

it('names the line of a file, not what it says', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'act-on-users-')), 'users.txt');
  writeFileSync(file, 'ada:x\nSECRET\n');
  const message = await text(run('--user-file', file).stderr);
  expect(message).toMatch(/line 2 of the user file .+users\.txt is not a user/);
  expect(message).not.toContain('SECRET');
});

it('E53 stops the clock at a time, until it is moved', async () => {
  const url = await reached(run('--clock', '2026-03-01T12:00:00+01:00', '--control'));
  const noon = Date.UTC(2026, 2, 1, 11);
  const clock = `${url}/__emulator/clock`;
  expect(await (await fetch(clock)).json()).toEqual({ now: noon });
  const body = JSON.stringify({ advance: 1000 });
  const headers = { 'content-type': 'application/json' };
  expect(await (await fetch(clock, { method: 'POST', body, headers })).json()).toEqual({
    now: noon + 1000,
  });
});

it.each([
  ['+90s', 90_000],
  ['+90m', 5_400_000],
  ['-2h', -7_200_000],
  ['-30d', -2_592_000_000],
  ['+0s', 0],
])('moves the clock by %s', (text, offset) => {
  const now = readClock(text);
  expect(Math.abs(now() - Date.now() - offset)).toBeLessThan(10_000);
});

it.each([
  '',
  'noon',
  '90m',
  '+90',
  '+9999999999d',
  '+1y',
  '1767225600000',
  '2026-03-01',
  '2026-03-01T12:00',
  '2026-02-30T12:00Z',
  '2026-13-01T12:00Z',
  '2026-03-01T25:00Z',
  ' 2026-03-01T12:00Z',
])('refuses the clock %j', (text) => {
  expect(() => readClock(text)).toThrow('"--clock"');
});

it('listens where it is asked to, and says who else gets there', async () => {
  const child = run('--hostname', '0.0.0.0', '--control');
  const errors = text(child.stderr);
  expect(await reached(child)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  child.kill('SIGTERM');
  expect(await errors).toMatch(/every machine that reaches "0\.0\.0\.0" may use and control/);
  const local = run('--hostname', 'localhost');
  const none = text(local.stderr);
  await reached(local);
  local.kill('SIGTERM');
  expect(await none).toBe('');
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'ends on %s with a request held and a connection open, and gives the port back',
  async (signal) => {
    const child = run('--control');
    const url = await reached(child);
    const fault = { route: 'token', kind: 'hold' };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(fault);
    await fetch(`${url}/__emulator/faults`, { method: 'POST', headers, body });
    const held = expect(fetch(`${url}/token`, { method: 'POST' })).rejects.toThrow('fetch failed');
    await fetch(`${url}/__emulator/faults/1/reached`);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    await held;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  },
);

it('explains itself', async () => {
  const child = run('--help');
  expect(await text(child.stdout)).toContain('act-on-emulator [options]');
});

it.each([
  [['--port', 'x']],
  [['--nonsense']],
  [['--port', '70000']],
  [['--profile', 'wso2']],
  [['--hostname', 'a b']],
  [['--hostname', '203.0.113.9']],
  [['--clock', '-2d']],
])('fails on %j with a message', async (args) => {
  const child = run(...args);
  const message = await text(child.stderr);
  expect(message).toMatch(/^act-on-emulator: .+/);
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
});
