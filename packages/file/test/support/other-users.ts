import { spawnSync } from 'node:child_process';
import { runProgram } from './runtimes.ts';

/** Two users whom nothing else belongs to. */
export const victim = 54_321;
export const mallory = 65_534;

/** Only root may become others. */
export const canBeOthers: boolean =
  process.getuid?.() === 0 &&
  spawnSync('setpriv', asUser(victim).slice(1).concat('true')).status === 0;

function asUser(user: number): string[] {
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
}

/**
 * What a program of this user printed that raised the number in a directory by one, with this
 * umask.
 */
export function runAs(
  user: number,
  command: readonly string[],
  directory: string,
  home: string,
  mask = '022',
) {
  return runProgram(
    [...asUser(user), 'sh', '-c', `umask ${mask}; exec "$0" "$@"`, ...command],
    'attempt.ts',
    [directory],
    home,
  );
}
