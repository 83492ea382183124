import { component } from '../../../../tooling/component.ts';
import { program, type Running, startTalking, type Variables } from './command.ts';

/** Linux's own; the program of that name on other systems takes other arguments. */
export const hasTerminal: boolean =
  process.platform === 'linux' && component('script') !== undefined;

/** `act-on-token <args>` in a terminal of its own: what is printed is what a person would see. */
export function startInTerminal(
  args: readonly string[],
  env: Variables,
): Running & { type(text: string): void } {
  const command = ['exec', process.execPath, program, ...args].map(quoted).join(' ');
  return startTalking('script', ['-q', '-e', '-f', '-c', command, '/dev/null'], {
    TERM: 'xterm',
    SHELL: '/bin/sh',
    ...env,
  });
}

const quoted = (word: string): string =>
  /^[\w/.:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
