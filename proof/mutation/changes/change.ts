/** A change of meaning that some test must notice. */
export interface Change {
  /** What is different for a user, as a sentence. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The test files of which at least one fails. */
  readonly tests: readonly string[];
  /** Why no test can notice it. */
  readonly unnoticed?: string;
}

type Entry = Omit<Change, 'file' | 'tests'> & { readonly tests?: readonly string[] };

/**
 * Changes of one file; those that name no tests of their own are noticed by `tests`. Paths begin at
 * the package.
 */
export function changesOf(
  pack: string,
  file: string,
  tests: readonly string[],
  entries: readonly Entry[],
): readonly Change[] {
  const inside = (path: string): string => `packages/${pack}/${path}`;
  return entries.map((entry) => ({
    ...entry,
    file: inside(`src/${file}`),
    tests: (entry.tests ?? tests).map((test) => inside(`test/${test}.test.ts`)),
  }));
}
