import { openSync, writeSync } from 'node:fs';
import type { Entry } from '../../judge/history.ts';

/**
 * Where a worker writes down what it does. A line that was written survives the worker: the system
 * has it, whatever kills the process.
 */
export interface Diary {
  write(entry: Entry): void;
}

/** One process writes one file; it must not exist yet. */
export function openDiary(file: string): Diary {
  const descriptor = openSync(file, 'ax', 0o600);
  return {
    write(entry) {
      writeSync(descriptor, `${JSON.stringify({ at: Date.now(), ...entry })}\n`);
    },
  };
}
