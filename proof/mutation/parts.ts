/** What Stryker changes, and the tests that must notice: those that run in a second, because each change runs all that reach it. */
export interface Part {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

export const parts: Readonly<Record<'rules' | 'stores', Part>> = {
  rules: {
    mutate: ['packages/core/src/machine.ts', 'packages/core/src/record.ts', 'packages/core/src/wire/*.ts'],
    tests: ['packages/core/test/{machine*,record}.test.ts', 'packages/core/test/wire/*.test.ts'],
  },
  stores: {
    mutate: [
      'packages/core/src/{timed-store,pool,polling-watch,sealed-store}.ts',
      'packages/{memory,file,indexeddb,redis}/src/!(index).ts',
    ],
    tests: [
      'packages/core/test/{timed-store,store-clock,store-trouble,pool,polling-watch,sealed-store}.test.ts',
      'packages/memory/test/memory-store.test.ts',
      'packages/file/test/{file-store,in-process,watching,concerns}.test.ts',
      'packages/indexeddb/test/{indexed-db-store,page-lifecycle,store-kit}.test.ts',
      'packages/redis/test/{redis-store,store-kit,tombstones,options,plain-text}.test.ts',
    ],
  },
};

/** The one that is played; `npm run mutation -- --part <name>` says which. */
export const part: Part = process.env.ACT_ON_TOKEN_PART === 'stores' ? parts.stores : parts.rules;
