import React from 'react';

/** A promise with the marks that React goes by, and sets itself where it has `use`. */
type Marked = Promise<void> & { status?: 'pending' | 'fulfilled' | 'rejected'; reason?: unknown };

/** React 18 has no `use`; there a component throws the promise that it waits for. */
function usePromise(promise: Marked): void {
  const { use } = React as { use?: (promise: Marked) => void };
  if (use !== undefined) use(promise);
  else if (promise.status === 'rejected') throw promise.reason;
  else if (promise.status !== 'fulfilled') throw promise;
}

/**
 * How long (ms) a failure stands. React renders a component that has thrown once more before it
 * believes it: if that began anew, the page would wait and fail in turns and never reach the error
 * boundary. When a person resets the boundary, it is over.
 */
const failureStands = 250;

/**
 * Something that a component waits for once before it is rendered at all. A hook: call it in every
 * render.
 */
export type UseFirstWait = (isThere: boolean) => void;

/**
 * The hook returns when what `begin` does is done or if `isThere`, and from then on always. Otherwise it
 * suspends the component or throws what went wrong. All components share one attempt; after a
 * failure the next begins when a component asks again.
 */
export function createFirstWait(begin: () => Promise<void>): UseFirstWait {
  let attempt: Marked | null = null;
  let failedAt = Number.POSITIVE_INFINITY;

  const start = (): Marked => {
    const started: Marked = begin().then(() => {});
    failedAt = Number.POSITIVE_INFINITY;
    started.then(
      () => fulfilled(started),
      (reason) => {
        // Unless what was tried came about in another way meanwhile.
        if (started.status === 'fulfilled') return;
        Object.assign(started, { status: 'rejected', reason });
        failedAt = performance.now();
      },
    );
    return started;
  };
  return function useFirstWait(isThere) {
    // React wants a `use` in each render or in none, and of the same promise: it is kept, and
    // marked, when there is no need to wait.
    if (isThere) attempt = fulfilled(attempt ?? Promise.resolve());
    else if (attempt === null || performance.now() - failedAt >= failureStands) attempt = start();
    usePromise(attempt);
  };
}

function fulfilled(promise: Marked): Marked {
  return Object.assign(promise, { status: 'fulfilled' });
}
