import { Interrupted } from './command-error.ts';

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Aborts when a signal asks the process to stop, so that a request under way is still heard out:
 * cut off, it would leave a refresh token that may or may not be spent. Who asks a
 * second time is obeyed at once.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals)
    process.once(signal, () => controller.abort(new Interrupted(signal)));
  return controller.signal;
}

/** Ends as the signal would have ended it: a shell that runs this in a loop stops too. */
export function endBy({ signal }: Interrupted): void {
  for (const each of signals) process.removeAllListeners(each);
  process.exitCode = 128; // For a system that knows no signals.
  process.kill(process.pid, signal);
}
