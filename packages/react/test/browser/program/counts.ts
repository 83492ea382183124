/** How often components rendered and were mounted, for a test to look at. */
export const counts: Record<string, number> = {};

export function count(what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

Object.assign(globalThis, { counts });
