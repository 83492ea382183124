import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { runtime } from '../../../tooling/bootstrap/paths.mjs';
import { createWire } from './helpers.ts';

const program = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const children: ChildProcess[] = [];

/** Runs the command from its source: the project's Node strips the types. */
function run(...args: string[]) {
  const child = spawn(runtime, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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

it('explains itself', async () => {
  const child = run('--help');
  expect(await text(child.stdout)).toContain('act-on-emulator [options]');
});

it.each([[['--port', 'x']], [['--nonsense']], [['--port', '70000']], [['--profile', 'wso2']]])(
  'fails on %j with a message',
  async (args) => {
    const child = run(...args);
    const message = await text(child.stderr);
    expect(message).toMatch(/^act-on-emulator: .+/);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
  },
);
