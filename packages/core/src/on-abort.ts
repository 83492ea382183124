/*
 * One abort listener per signal, however many waits share it: platforms warn about more than ten.
 */

interface Heard {
  readonly callbacks: Set<() => void>;
  readonly all: () => void;
}

const heard = new WeakMap<AbortSignal, Heard>();

/** Calls back when `signal` aborts. Returns the function that forgets the callback. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, all } = heard.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0 || heard.get(signal)?.callbacks !== callbacks) return;
    heard.delete(signal);
    signal.removeEventListener('abort', all);
  };
}

function listen(signal: AbortSignal): Heard {
  const callbacks = new Set<() => void>();
  const all = (): void => {
    for (const callback of [...callbacks]) callback();
  };
  heard.set(signal, { callbacks, all });
  signal.addEventListener('abort', all, { once: true });
  return { callbacks, all };
}
