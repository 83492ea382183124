import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

/** The tests of the rules and of the wire, which run in a second: each mutant runs those that reach it. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  resolve: { alias: [{ find: /^@act-on-token\/([^/]+)$/, replacement: `${packages}$1/src/index` }] },
  test: {
    include: ['packages/core/test/{machine*,record}.test.ts', 'packages/core/test/wire/*.test.ts'],
    testTimeout: 60_000,
  },
});
