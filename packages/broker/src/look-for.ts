const interval = 25;

/**
 * What another request finds, once it has found it; `undefined` when `isOver`. A request does not
 * await what another one works on: workers end that with the request it belongs to, and then the
 * promise never settles. So each looks for itself, by a timer of its own.
 */
export async function lookFor<T>(
  look: () => T | undefined,
  isOver: () => boolean,
): Promise<T | undefined> {
  for (;;) {
    const found = look();
    if (found !== undefined || isOver()) return found;
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
