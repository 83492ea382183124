import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('packages/', import.meta.url));
const react18 = fileURLToPath(new URL('tooling/react-18/node_modules/', import.meta.url));
const components = [
  'packages/{redis,indexeddb,file,sql,cloudflare,deno-kv,dynamodb,oauth}/test/**/*.test.ts',
  'packages/react/test/browser/*.test.ts',
  'packages/cli/test/processes/*.test.ts',
  'packages/throttle/test/processes.test.ts',
  'packages/broker/test/servers/*.test.ts',
  'proof/{canary,fleets,network,resends,windows}/test/*.test.ts',
  'proof/attacks/*.test.ts',
];
// Next.js builds an app from what is built.
const nextApp = ['packages/react/test/next/*.test.ts'];

// It fills the heap of a process of its own.
const large = ['bench/test/pool-at-scale.test.ts'];

export default defineConfig({
  resolve: {
    // Inside the workspace every package is its source: tests need no build and a stack trace shows
    // the line that was written.
    alias: [
      { find: /^@act-on-token\/([^/]+)$/, replacement: `${packages}$1/src/index` },
      { find: /^@act-on-token\/([^/]+)\/(.+)$/, replacement: `${packages}$1/src/$2` },
    ],
  },
  test: {
    // Far beyond what any test needs where nothing is wrong: a busy machine must not look like a
    // fault.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [
      'default',
      './tooling/kit-table.ts',
      './tooling/attack-reporter.ts',
      './tooling/closing-reporter.ts',
    ],
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: [
            'packages/*/test/**/*.test.ts',
            'proof/hostile/test/*.test.ts',
            'bench/test/*.test.ts',
          ],
          exclude: [...components, ...nextApp, ...large],
        },
      },
      // These start servers, browsers and processes: after the others, whose timing may matter, and
      // with more patience.
      {
        extends: true,
        test: {
          name: 'components',
          include: components,
          // The command is tested as it is built.
          globalSetup: './tooling/test/global-setup.ts',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'react 19',
          include: ['packages/react/test/**/*.test.tsx'],
          environment: 'happy-dom',
          isolate: false,
        },
      },
      {
        extends: true,
        // Both, and from one place: react-dom takes the react that lies beside it.
        resolve: { alias: [{ find: /^(react|react-dom)(\/.*)?$/, replacement: `${react18}$1$2` }] },
        test: {
          name: 'react 18',
          include: ['packages/react/test/**/*.test.tsx'],
          environment: 'happy-dom',
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'repository',
          include: [
            'tooling/test/**/*.test.ts',
            'tooling/{docs,packaging}/test/**/*.test.ts',
            'proof/{chaos,judge,mutation,options,runtimes,simulation}/test/**/*.test.ts',
            ...large,
            'examples/*/*.test.ts',
            ...nextApp,
          ],
          globalSetup: './tooling/test/global-setup.ts',
          // These start compilers, which take all processors: after the others, whose timing may
          // matter.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
