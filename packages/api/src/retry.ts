import { isActOnTokenError } from '@act-on-token/core';
import { isActOnApiError } from './api-error.ts';

/** Pauses between the tries of a call that changes nothing: 1, 2, 4 and 8 s. */
const pauses = [1_000, 2_000, 4_000, 8_000];
/** Act-On may ask for a longer one; beyond this the caller decides. */
const longestPause = 60_000;

/**
 * Calls again what changes nothing, if it failed because of the network, a gateway or a limit. Not
 * for calls that may send or write anything: Act-On has no idempotency key.
 */
export async function retried<T>(
  call: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const pause = pauses[tries];
      if (pause === undefined || signal?.aborted || !isPassing(error)) throw error;
      const asked = isActOnApiError(error) ? (error.retryAt ?? 0) - Date.now() : 0;
      if (asked > longestPause) throw error;
      await sleep(Math.max(pause, asked), signal);
    }
  }
}

/** A broken connection is a TypeError in every runtime. */
function isPassing(error: unknown): boolean {
  if (isActOnApiError(error)) return [429, 502, 503, 504].includes(error.status);
  return error instanceof TypeError || isActOnTokenError(error, 'timeout');
}

/** Rejects with the signal's reason. */
export function sleep(delay: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delay);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
