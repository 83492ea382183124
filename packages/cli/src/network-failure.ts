import { CommandError } from './command-error.ts';
import { exits } from './exit-codes.ts';

/**
 * Errors of the session, and an interruption, speak for themselves. Those of the runtime's
 * fetch may quote what was sent.
 */
export function networkFailure(error: unknown, signal: AbortSignal | null | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (!(error instanceof TypeError)) return error;
  const { code } = Object(error.cause);
  const word = /^\w{1,40}$/.test(String(code ?? '')) ? ` (${code})` : '';
  return new CommandError(
    exits.unreachable,
    `Act-On's API gave no answer${word}, so it is unknown whether it did what was asked.`,
  );
}
