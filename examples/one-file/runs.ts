// For the tests: runs lists.ts as its users do.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServedEmulator } from '@act-on-token/emulator';

const folder = fileURLToPath(new URL('.', import.meta.url));
const allowed = ['--no-prompt', '--allow-env', '--allow-net', '--allow-read', '--allow-write'];

export interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
  /** The option that names a file to run before. */
  readonly before: string;
}

export const runtimes: readonly [node: Runtime, ...others: Runtime[]] = [
  { name: 'Node', command: [process.execPath, 'lists.ts'], before: '--import' },
  {
    name: 'Deno',
    command: [join(folder, 'node_modules/deno/deno'), 'run', ...allowed, 'lists.ts'],
    before: '--preload',
  },
  {
    name: 'Bun',
    command: [join(folder, 'node_modules/bun/bin/bun.exe'), 'run', 'lists.ts'],
    before: '--preload',
  },
];

/** The same with its clock so many milliseconds ahead as LATER_BY says. */
export function later({ command, before }: Runtime): string[] {
  return [...command.slice(0, -1), before, './later.ts', ...command.slice(-1)];
}

export type Settings = Record<
  `ACT_ON_${'CLIENT_ID' | 'CLIENT_SECRET' | 'USERNAME' | 'PASSWORD' | 'BASE_URL'}`,
  string
>;

export function settingsOf({ client, url, user }: ServedEmulator): Settings {
  return {
    ACT_ON_CLIENT_ID: client.id,
    ACT_ON_CLIENT_SECRET: client.secret,
    ACT_ON_USERNAME: user.username,
    ACT_ON_PASSWORD: user.password,
    ACT_ON_BASE_URL: url,
  };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * With nothing in its environment but this, and a home of its own, so that nothing is left behind.
 */
export function run(
  [file = '', ...args]: readonly string[],
  env: Record<string, string>,
  home: string,
): Promise<Ended> {
  const child = spawn(file, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}
