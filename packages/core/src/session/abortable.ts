/*
 * One abort listener per signal, however many waits share it: a platform warns of more than ten.
 */

const listening = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back once when `signal` aborts. Returns the function that forgets it. */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = listening.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) forget(signal);
  };
}

const forgetting = new WeakMap<AbortSignal, () => void>();

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  const all = (): void => {
    for (const callback of [...callbacks]) callback();
  };
  listening.set(signal, callbacks);
  forgetting.set(signal, () => signal.removeEventListener('abort', all));
  signal.addEventListener('abort', all, { once: true });
  return callbacks;
}

function forget(signal: AbortSignal): void {
  forgetting.get(signal)?.();
  forgetting.delete(signal);
  listening.delete(signal);
}

/** The promise, unless `signal` aborts first: then its reason. Only this wait ends; the work goes on for others. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    const leave = signal.aborted ? abort : onAbort(signal, abort);
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(leave);
  });
}
