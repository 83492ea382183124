import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

const flags = ['--expose-gc'];
/**
 * Room for so many young objects that none is collected while allocated bytes are counted. Too much
 * for a clock: fresh memory is slow.
 */
export const roomy: readonly string[] = [
  ...flags,
  '--max-semi-space-size=256',
  '--min-semi-space-size=256',
];

/**
 * Runs `measure(input)` of a file in `tasks/` in a process of its own and gives what it returned.
 * Rejects with what the process printed if it failed.
 */
export function inProcess<Result>(
  task: string,
  input: unknown = null,
  more: readonly string[] = flags,
): Promise<Result> {
  const child = spawn(process.execPath, [...more, worker, task, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    let result: { value: Result } | null = null;
    child.once('message', (message) => {
      result = message as { value: Result };
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && result !== null) resolve(result.value);
      else reject(new Error(`tasks/${task}.ts failed:\n${output}`));
    });
  });
}

/** The same, so often, one after the other: processes differ by more than rounds within one do. */
export async function inProcesses<Result>(
  count: number,
  task: string,
  input: unknown = null,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let left = count; left > 0; left -= 1) results.push(await inProcess<Result>(task, input));
  return results;
}
