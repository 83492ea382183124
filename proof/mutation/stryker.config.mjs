// Which changes to the rules and to the wire would no test notice? Run by `npm run mutation`.
import { part } from './parts.ts';

export default {
  mutate: [...part.mutate],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'proof/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  ignoreStatic: false,
  ignorePatterns: [
    '**/dist',
    '**/.next',
    'examples',
    'docs',
    'coverage',
    'packages/{broker,cli,ky,react}',
  ],
  tempDirName: 'node_modules/.cache/mutation',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: 'node_modules/.cache/mutation.json' },
  concurrency: 2,
  timeoutMS: 20_000,
  allowConsoleColors: false,
  checkers: [],
};
