/**
 * What Stryker changes, and the tests that must notice: those that run in a second or a few, because
 * each change runs all that reach it.
 */
export interface Part {
  readonly mutate: readonly string[];
  /** In the order in which they run: a change is done with at the first test that fails. */
  readonly tests: readonly string[];
  /** Tests that take seconds each: names that contain one of these do not run. */
  readonly leftOut?: readonly string[];
}

/** A package with its own tests alone: a store is reached by nearly all there are. */
function store(name: string, ...tests: readonly string[]): Part {
  return {
    mutate: [`packages/${name}/src/!(index).ts`],
    tests: tests.map((test) => `packages/${name}/test/${test}.test.ts`),
  };
}

const inCore = (...tests: readonly string[]): readonly string[] =>
  tests.map((test) => `packages/core/test/${test}.test.ts`);

export const parts: Readonly<Record<string, Part>> = {
  rules: {
    mutate: [
      'packages/core/src/machine.ts',
      'packages/core/src/record.ts',
      'packages/core/src/wire/!(bearer-fetch).ts',
    ],
    tests: inCore('machine*', 'record', 'wire/*'),
  },
  session: {
    mutate: ['packages/core/src/session/*.ts', 'packages/core/src/{bell,on-abort,semaphore}.ts'],
    // The quick and the broad ones first.
    tests: inCore(
      'account',
      'bell',
      'session-parts',
      'cached-record',
      'getting-a-token',
      'signing-in',
      'requests',
      'semaphore',
      'waiting',
      'waiting-for-others',
      'callbacks',
      'unbound',
      'errors',
      'snapshots',
      'watching',
      'waking-up',
      'offline',
      'lost-replies',
      'overtaken',
      'late-answers',
      'giving-up',
      'shared-record',
      'store-trouble',
      'two-versions',
      'unsaved',
      'token-lifetime',
      'clock-set-back',
      'last-resort',
      'people',
      'saving',
      'history',
      'pauses',
      'corners',
      'pool',
    ),
    leftOut: [
      'while the tokens of 1,000 accounts roll over',
      'for a refresh token that is answered 500 for ever',
    ],
  },
  fetch: {
    mutate: ['packages/core/src/wire/bearer-fetch.ts'],
    tests: inCore('wire/bearer-fetch', 'wire/any-fetch', 'fetch'),
  },
  wraps: {
    mutate: ['packages/core/src/{timed-store,pool,polling-watch,forward-clock,sealed-store}.ts'],
    tests: inCore(
      'timed-store',
      'store-clock',
      'store-trouble',
      'semaphore',
      'polling-watch',
      'forward-clock',
      'sealed-store',
      'pool',
    ),
    leftOut: ['while the tokens of 1,000 accounts roll over'],
  },
  memory: store('memory', 'memory-store'),
  file: store('file', 'disk', 'file-store', 'watching', 'concerns'),
  indexeddb: {
    ...store('indexeddb', 'indexed-db-store', 'page-lifecycle', 'store-kit'),
    // It starts another program, and Node runs no TypeScript below node_modules, where Stryker keeps
    // its copy.
    leftOut: ['lets a Node process end that neither stops nor closes'],
  },
  redis: store('redis', 'redis-store', 'options', 'plain-text', 'tombstones', 'store-kit'),
};

/** The one that is played; `npm run mutation -- --part <name>` says which. */
export const part: Part = parts[process.env.ACT_ON_TOKEN_PART ?? 'rules'] ?? {
  mutate: [],
  tests: [],
};
