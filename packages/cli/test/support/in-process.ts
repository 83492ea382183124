import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Explanation, explain } from '../../src/explain.ts';
import { runProgram } from '../../src/program.ts';
import type { Variables } from './command.ts';

/**
 * What becomes of the command, without a process of its own: for what ends with an error, and
 * quickly.
 */
export function outcome(args: readonly string[], env: Variables): Promise<Explanation> {
  return runProgram(args, env, new AbortController().signal).then(
    (exit) => ({ exit, message: '' }),
    (error: unknown) => explain(error, Date.now()),
  );
}

/** The number of a descriptor that this can be read from, until the test is over. */
export function descriptorOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-cli-'));
  writeFileSync(join(folder, 'secret'), text);
  const descriptor = openSync(join(folder, 'secret'), 'r');
  onTestFinished(() => {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  });
  return String(descriptor);
}
