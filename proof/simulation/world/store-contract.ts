/**
 * Stores that do not keep their contract all the time, by what they do. Here, where nothing of the
 * library is loaded that a safeguard may be taken out of. `lagging` reads from replicas and breaks
 * no promise; the other two must be found out.
 */
export const brokenStores = ['lagging', 'losing', 'last-writer-wins'] as const;
export type BrokenStore = (typeof brokenStores)[number];
