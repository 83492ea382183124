/**
 * What Stryker changes, and the tests that must notice: those that run in a second, because each
 * change runs all that reach it.
 */
export interface Part {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

/** A package with its own tests alone: a store is reached by nearly all there are. */
function store(name: string, ...tests: readonly string[]): Part {
  return {
    mutate: [`packages/${name}/src/!(index).ts`],
    tests: [`packages/${name}/test/{${tests.join(',')},-}.test.ts`],
  };
}

export const parts: Readonly<Record<string, Part>> = {
  rules: {
    mutate: [
      'packages/core/src/machine.ts',
      'packages/core/src/record.ts',
      'packages/core/src/wire/*.ts',
    ],
    tests: ['packages/core/test/{machine*,record}.test.ts', 'packages/core/test/wire/*.test.ts'],
  },
  wraps: {
    mutate: ['packages/core/src/{timed-store,pool,polling-watch,sealed-store}.ts'],
    tests: [
      'packages/core/test/{timed-store,store-clock,store-trouble,pool,semaphore,polling-watch,sealed-store}.test.ts',
    ],
  },
  memory: store('memory', 'memory-store'),
  file: store('file', 'file-store', 'watching', 'concerns'),
  indexeddb: store('indexeddb', 'indexed-db-store', 'page-lifecycle', 'store-kit'),
  redis: store('redis', 'redis-store', 'store-kit', 'tombstones', 'options', 'plain-text'),
};

/** The one that is played; `npm run mutation -- --part <name>` says which. */
export const part: Part = parts[process.env.ACT_ON_TOKEN_PART ?? 'rules'] ?? {
  mutate: [],
  tests: [],
};
