/**
 * How long the kit waits for anything, in milliseconds: long for a store that works, short for
 * the caller of a broken one.
 */
export const patience = 5_000;

/** Rejects if the call has not settled in time, so that a store that hangs fails its case. */
export async function within<T>(what: string, call: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} has not settled within ${patience} ms.`)),
      patience,
    );
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Does `step` again and again, at growing distances, until `isDone`. Resolves with whether it was,
 * before patience ended.
 */
export async function repeatUntil(
  isDone: () => boolean,
  step: () => Promise<void>,
): Promise<boolean> {
  const end = Date.now() + patience;
  for (let pause = 1; !isDone(); pause = Math.min(2 * pause, 200)) {
    if (Date.now() >= end) return false;
    await step();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return true;
}
