/**
 * The promise, unless the signal aborts first: then its reason. The work goes on, and its failure
 * has no reader.
 */
export function untilAborted<T>(
  work: PromiseLike<T>,
  signal: AbortSignal | null | undefined,
): Promise<T> {
  if (signal == null) return Promise.resolve(work);
  return new Promise<T>((resolve, reject) => {
    // React Native's signals have no reason.
    const abort = (): void => reject(signal.reason ?? new Error('aborted'));
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', abort);
      end();
    };
    work.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}
