import { defineConfig } from 'vitest/config';
import workspace from '../../vitest.workspace.ts';

/** The suites by themselves: no build before them, one environment, and results for a program. */
export default defineConfig({
  ...(workspace.resolve && { resolve: workspace.resolve }),
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: ['packages/*/test/**/*.test.ts', 'proof/{resends,runtimes}/test/*.test.ts'],
  },
});
