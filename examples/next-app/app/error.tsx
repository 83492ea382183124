'use client';

import type { ReactElement } from 'react';

/**
 * The error boundary: what kept the session from being known, say a server that is down. A reset
 * tries again.
 */
export default function Problem({
  error,
  reset,
}: {
  error: Error;
  reset: () => void;
}): ReactElement {
  return (
    <main>
      <h1>Contact lists</h1>
      <p role="alert">{error.message}</p>
      <button type="button" onClick={reset}>
        Try again
      </button>
    </main>
  );
}
