import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { part } from './parts.ts';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  resolve: {
    alias: [{ find: /^@act-on-token\/([^/]+)$/, replacement: `${packages}$1/src/index` }],
  },
  test: {
    include: [...part.tests],
    // But for one that starts another program: Node runs no TypeScript below node_modules, where
    // Stryker keeps its copy.
    testNamePattern: /^(?!.*lets a Node process end)/,
    testTimeout: 60_000,
  },
});
