import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { vi } from 'vitest';
import { freePort as anyFreePort } from '../../../../../proof/support/listen.ts';
import { nextCommand, nextEnvironment } from './next-copy.ts';

/** `next start` or `next dev`. */
export interface NextProcess {
  readonly origin: string;
  /** All that it printed. */
  readonly output: () => string;
  close(): Promise<void>;
}

/** The same, and the Act-On that its broker talks to. */
export interface NextServer extends NextProcess {
  readonly emulator: ServedEmulator;
  /** Ends it, and starts it again at the same address with these variables besides. */
  restart(more: Readonly<Record<string, string>>): Promise<NextServer>;
}

export async function startNext(
  folder: string,
  mode: 'start' | 'dev',
  more: Readonly<Record<string, string>> = {},
): Promise<NextServer> {
  const port = await freePort();
  const origin = originOf(port);
  const emulator = await serveEmulator({
    cors: [origin],
    redirectUris: [`${origin}/auth/callback`, `${origin}/direct`],
    autoConsent: 'marketer@example.test',
    // A fast machine makes more than five calls in a second here.
    apiLimits: null,
  });
  const start = async (env: Readonly<Record<string, string>>): Promise<NextServer> => {
    const server = await serveNext(folder, mode, port, {
      ...variablesOf(port, emulator),
      NEXT_PUBLIC_ACT_ON_URL: emulator.url,
      ...env,
    });
    const close = async (): Promise<void> => {
      await server.close();
      await emulator.close();
    };
    const restart: NextServer['restart'] = async (again) => {
      await server.close();
      return start({ ...env, ...again });
    };
    return { ...server, emulator, close, restart };
  };
  try {
    return await start(more);
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

export const originOf = (port: number): string => `http://127.0.0.1:${port}`;

/** What the server of an app on this port reads of its environment. */
export function variablesOf(port: number, { client, url }: ServedEmulator): Record<string, string> {
  return {
    APP_URL: originOf(port),
    SESSION_SECRET: 'of-this-test-alone-and-long-enough-for-it',
    ACT_ON_CLIENT_ID: client.id,
    ACT_ON_CLIENT_SECRET: client.secret,
    ACT_ON_BASE_URL: url,
  };
}

export async function serveNext(
  folder: string,
  mode: 'start' | 'dev',
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<NextProcess> {
  const origin = originOf(port);
  const { process: child, output } = run(
    folder,
    [mode, '-H', '127.0.0.1', '-p', String(port)],
    env,
  );
  const close = (): Promise<void> => end(child);
  try {
    await answers(origin, child, output);
  } catch (error) {
    await close();
    throw error;
  }
  return { origin, output, close };
}

function run(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { process: ChildProcess; output: () => string } {
  let printed = '';
  // A group of its own: it starts other processes.
  const child = spawn(process.execPath, nextCommand(folder, ...args), {
    cwd: folder,
    env: nextEnvironment(env),
    detached: true,
  });
  const note = (text: Buffer): void => {
    printed += text;
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', note);
  return { process: child, output: () => printed };
}

/** The first answer of a page comes when it is compiled. */
async function answers(origin: string, child: ChildProcess, output: () => string): Promise<void> {
  await vi.waitFor(
    async () => {
      if (hasEnded(child)) return;
      const { status } = await fetch(origin);
      if (status !== 200) throw new Error(`Next.js answers ${status}: ${output()}`);
    },
    { timeout: 120_000, interval: 200 },
  );
  if (hasEnded(child)) throw new Error(`Next.js ended: ${output()}`);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const exit = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exit;
}

/**
 * Outside of the range from which systems give ports to those who want any, so that nobody takes it
 * before Next.js does.
 */
export const freePort = (): Promise<number> => anyFreePort(20_000, 30_000);
