import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import { changedText } from './changed-text.ts';
import { changes } from './changes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/**
 * Swaps the text of one module on its way into the test, so that the file itself stays as it is for
 * everyone else.
 */
const swap: Plugin = {
  name: 'change',
  enforce: 'pre',
  transform(text, id) {
    const change = changes.find(({ name }) => name === process.env.ACT_ON_TOKEN_CHANGE);
    return change !== undefined && id.split('?')[0] === `${root}${change.file}`
      ? changedText(change, text)
      : null;
  },
};

export default defineConfig({
  root,
  plugins: [swap],
  resolve: {
    alias: [
      { find: /^@act-on-token\/([^/]+)$/, replacement: `${root}packages/$1/src/index` },
      { find: /^@act-on-token\/([^/]+)\/(.+)$/, replacement: `${root}packages/$1/src/$2` },
    ],
  },
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // It knows a module by its file, which is not what was changed.
    fsModuleCache: false,
    reporters: [{}],
    pool: 'threads',
    maxWorkers: 1,
  },
});
