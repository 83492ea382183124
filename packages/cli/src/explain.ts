import { isActOnTokenError } from '@act-on-token/core';
import { CommandError } from './command-error.ts';
import { type Exit, exitOf, exitOfStatus, exits } from './exit-codes.ts';
import { printable } from './printable.ts';
import { fromNow } from './times.ts';

/** The core's remedies name its options and functions; who works in a shell has others. */
const shellWords: ReadonlyArray<readonly [core: string, shell: string]> = [
  ['authorize()', 'act-on-token login'],
  ['"account"', 'ACT_ON_USERNAME (or --account)'],
  ['"clientId"', 'ACT_ON_CLIENT_ID'],
  ['"clientSecret"', 'ACT_ON_CLIENT_SECRET'],
  ['"baseUrl"', 'ACT_ON_BASE_URL'],
  ['"region"', 'ACT_ON_REGION'],
  ['"directory"', 'ACT_ON_STORE'],
  ['"redirectUri"', '--redirect-uri'],
  ['session.fetch()', 'act-on-token fetch'],
  ['Use plain fetch for other hosts.', 'Use curl for other hosts.'],
];

export interface Explanation {
  readonly exit: Exit;
  /** What goes to stderr. */
  readonly message: string;
}

/**
 * What an error means to a shell. Of errors that are not ours only name, code and place are shown:
 * their messages may hold anything.
 */
export function explain(error: unknown, now: number): Explanation {
  if (error instanceof CommandError) return { exit: error.exit, message: printable(error.message) };
  if (isActOnTokenError(error))
    return {
      exit: exitOf(error.code),
      message: printable(withDistance(inShellWords(error.message), error.retryAt, now)),
    };
  // By its name: the class is loaded only by the commands that may end with it.
  if (isApiError(error))
    return {
      exit: error.status < 400 ? exits.answer : exitOfStatus(error.status),
      message: printable(withDistance(error.message, error.retryAt, now)),
    };
  if (Object(error).code === 'EPIPE') return { exit: exits.brokenPipe, message: '' };
  return { exit: exits.failure, message: `An unexpected error: ${trace(error)}` };
}

const isApiError = (
  error: unknown,
): error is {
  readonly status: number;
  readonly message: string;
  readonly retryAt: number | null;
} => Object(error).name === 'ActOnApiError';

function inShellWords(message: string): string {
  const unquoted = message
    .replace(/option "(ACT\w+)"/i, 'variable $1')
    .replaceAll(/"(ACT_ON_\w+)"/g, '$1');
  return shellWords.reduce((text, [core, shell]) => text.replaceAll(core, shell), unquoted);
}

/** The message has the moment already, for programs. A person wants to know how long to wait. */
function withDistance(message: string, retryAt: number | null, now: number): string {
  if (retryAt === null) return message;
  const moment = new Date(retryAt).toISOString();
  const distance = fromNow(retryAt, now);
  return message.includes(moment)
    ? message.replace(moment, `${moment} (${distance})`)
    : `${message} Try again ${distance}, at ${moment}.`;
}

function trace(error: unknown): string {
  const {
    name = typeof error,
    code,
    stack = '',
  } = Object(error) as { name?: unknown; code?: unknown; stack?: unknown };
  const words = [name, code].filter((word) => /^[\w-]{1,40}$/.test(String(word ?? ''))).join(' ');
  const places = String(stack)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
  return [words, ...places].map(printable).join('\n');
}
