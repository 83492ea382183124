/** The longest delay a timer takes; a longer one would fire at once. */
const longestDelay = 2_147_483_647;

/**
 * Resolves after `ms` milliseconds, or sooner if that is more than a timer can; rejects with the
 * signal's reason. Leaves nothing behind.
 */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(resolve), Math.min(Math.ceil(ms), longestDelay));
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      settle();
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
