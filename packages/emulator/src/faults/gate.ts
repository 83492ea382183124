/** Closed until it is opened, once and for all. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
  isOpen(): boolean;
}

export function createGate(): Gate {
  let isOpen = false;
  let resolve = (): void => {};
  const opened = new Promise<void>((done) => {
    resolve = done;
  });
  const open = (): void => {
    isOpen = true;
    resolve();
  };
  return { opened, open, isOpen: () => isOpen };
}

/** Counts what passes, and resolves when enough has. */
export interface Turnstile {
  pass(): void;
  reached(count: number): Promise<void>;
}

export function createTurnstile(): Turnstile {
  let passed = 0;
  let waiting: { count: number; resolve: () => void }[] = [];
  const pass = (): void => {
    passed += 1;
    for (const { count, resolve } of waiting) if (count <= passed) resolve();
    waiting = waiting.filter(({ count }) => count > passed);
  };
  const reached = (count: number): Promise<void> =>
    new Promise((resolve) => {
      if (count <= passed) resolve();
      else waiting.push({ count, resolve });
    });
  return { pass, reached };
}
