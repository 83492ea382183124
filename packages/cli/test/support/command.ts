import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServedEmulator } from '@act-on-token/emulator';
import { afterAll, afterEach, vi } from 'vitest';

/** As it is published: built, in a process of its own. */
export const program = fileURLToPath(new URL('../../dist/act-on-token.js', import.meta.url));

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Ended {
  /** The exit code, or the signal. */
  readonly exit: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed so far, on both. */
  printed(): string;
  /** Resolves with the match once this was printed. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface Setup {
  readonly env?: Variables;
  /** All of stdin. Without it there is none. */
  readonly input?: string | Uint8Array;
  /** What lies behind descriptor 3, and so on. */
  readonly files?: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'act-on-token-cli-'));
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A new folder, gone after the tests of the file. */
export function freshFolder(): string {
  return mkdtempSync(join(folder, 'home-'));
}

/** `act-on-token <args>` with nothing in its environment but this. */
export function start(args: readonly string[], setup: Setup = {}): Running {
  return startProgram(process.execPath, [program, ...args], setup);
}

/** The same, to its end. */
export function run(args: readonly string[], setup: Setup = {}): Promise<Ended> {
  return start(args, setup).ended;
}

/** Any program, with its input left open unless there is some. */
export function startProgram(
  file: string,
  args: readonly string[],
  { env = {}, input, files = [] }: Setup = {},
): Running {
  const descriptors = files.map(openText);
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: [stdin, 'pipe', 'pipe', ...descriptors],
  });
  for (const descriptor of descriptors) closeSync(descriptor);
  if (input !== undefined && input !== '') child.stdin?.end(input);
  return watched(child);
}

/** A program that is written to as it goes. */
export function startTalking(
  file: string,
  args: readonly string[],
  env: Variables,
): Running & { type(text: string): void } {
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  return { ...watched(child), type: (text) => void child.stdin.write(text) };
}

function watched(child: ChildProcess): Running {
  running.add(child);
  child.stdin?.on('error', () => {}); // It may end before it has read all.
  const output = { stdout: '', stderr: '' };
  let all = '';
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      all += text;
    });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ exit: code ?? signal, ...output });
    });
  });
  const until = (pattern: RegExp) =>
    vi.waitFor(
      () => {
        const match = pattern.exec(all);
        if (match === null) throw new Error(`It has not printed ${pattern}, but: ${all}`);
        return match;
      },
      { timeout: 25_000, interval: 20 },
    );
  return { pid: child.pid ?? 0, child, ended, printed: () => all, until };
}

let count = 0;

function openText(text: string): number {
  count += 1;
  const file = join(folder, `descriptor-${count}`);
  writeFileSync(file, text, { mode: 0o600 });
  return openSync(file, 'r');
}

/**
 * What the emulator's test user has in the environment, a home of its own included, so that nothing
 * is left behind.
 */
export function settingsFor(
  { client, user, url }: ServedEmulator,
  home: string,
): Record<string, string> {
  return {
    HOME: home,
    ACT_ON_BASE_URL: url,
    ACT_ON_CLIENT_ID: client.id,
    ACT_ON_CLIENT_SECRET: client.secret,
    ACT_ON_USERNAME: user.username,
    ACT_ON_PASSWORD: user.password,
  };
}

/** Without the password: signing in is up to a person. */
export function withoutPassword({
  ACT_ON_PASSWORD: _,
  ...rest
}: Record<string, string>): Record<string, string> {
  return rest;
}
