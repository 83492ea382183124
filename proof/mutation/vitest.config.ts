import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../../', import.meta.url));

export default defineConfig({
  root,
  resolve: {
    alias: [{ find: /^@act-on-token\/([^/]+)$/, replacement: `${root}packages/$1/src/index` }],
  },
  test: {
    include: ['proof/mutation/resident.test.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    // A test that does not end is given up long before (resident.test.ts).
    testTimeout: 600_000,
    // Loads the tests of a part, and runs them when it is asked.
    testNamePattern: /^serves$/,
    reporters: [{}],
  },
});
