import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import type { Reporter } from 'vitest/node';
import { changedText } from './changed-text.ts';
import { changes } from './changes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const change = changes.find(({ name }) => name === process.env.ACT_ON_TOKEN_CHANGE);

/**
 * Swaps the text of one module on its way into the test, so that the file itself stays as it is for
 * everyone else.
 */
const swap: Plugin = {
  name: 'change',
  enforce: 'pre',
  transform: (text, id) =>
    change !== undefined && id.split('?')[0] === `${root}${change.file}`
      ? changedText(change, text)
      : null,
};

/** One line for each test that failed; tests that did not run at all are named otherwise. */
const verdict: Reporter = {
  onTestRunEnd(modules, errors) {
    for (const module of modules) {
      for (const test of module.children.allTests('failed'))
        console.log(`failed: ${module.relativeModuleId} > ${test.fullName}`);
      for (const { message } of module.errors()) console.log(`broken: ${message}`);
    }
    for (const { message } of errors) console.log(`failed: outside of any test, ${message}`);
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
    reporters: [verdict],
    // A program that goes round for ever fills its memory: the sooner the better.
    execArgv: ['--max-old-space-size=400'],
    maxWorkers: 1,
  },
});
