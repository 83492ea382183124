import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { bundleOf } from '../../support/bundle.ts';
import { configOf } from './config.ts';

export interface Workerd {
  readonly file: string;
  readonly compatibilityDate: string;
}

/** `null` if its package brought no binary for this machine. */
export function findWorkerd(): Workerd | null {
  try {
    const { default: file, compatibilityDate } = createRequire(import.meta.url)('workerd');
    return { file, compatibilityDate };
  } catch {
    return null;
  }
}

/** A worker that answers requests. */
export interface ServedWorker {
  /** Where it listens, without a slash at the end. */
  readonly origin: string;
  /** POSTs this as JSON, and reads JSON. Rejects for any status but 200. */
  ask(path: string, question: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts this program, which exports a `fetch` handler, as a worker on a free port. It finds
 * `constants` at module scope, by their names.
 */
export async function serveWorker(
  { file, compatibilityDate }: Workerd,
  program: string,
  constants: Readonly<Record<string, unknown>> = {},
): Promise<ServedWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-workerd-'));
  const config = join(folder, 'config.capnp');
  const defined = Object.entries(constants).map(
    ([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`,
  );
  writeFileSync(join(folder, 'worker.mjs'), [...defined, await bundleOf(program)].join(''));
  writeFileSync(config, configOf('worker.mjs', compatibilityDate));
  const child = spawn(file, ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const close = async (): Promise<void> => {
    // It would first wait for requests that hang.
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const origin = await originOf(child);
    return { origin, ask: (path, question) => ask(`${origin}${path}`, question), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ask(url: string, question: unknown): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(question) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The worker answers ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** Where it listens, as it tells on the pipe that it was given for that. */
async function originOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    const { event, port } = JSON.parse(line) as { event: string; port?: number };
    if (event === 'listen') return `http://127.0.0.1:${port}`;
  }
  throw new Error('workerd ended before it listened.');
}
