import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Where a run that goes on every night stands. */
export interface State {
  /** The seed that comes next. */
  readonly next: number;
  /** Seeds that broke a rule when they were last played. */
  readonly broken: readonly number[];
}

/** Throws if the file is there and is not one of these. */
export function readState(file: string, first: number): State {
  if (!existsSync(file)) return { next: first, broken: [] };
  const { next, broken } = JSON.parse(readFileSync(file, 'utf8')) as Partial<State>;
  const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
  if (!isWhole(next) || !Array.isArray(broken) || !broken.every(isWhole))
    throw new Error(`${file} is not the state of a simulation.`);
  return { next: next as number, broken };
}

export function writeState(file: string, state: State): void {
  writeFileSync(file, `${JSON.stringify(state)}\n`);
}
