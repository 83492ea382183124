// Which changes to the rules and to the wire would no test notice? Run by `npm run mutation`.
export default {
  mutate: ['packages/core/src/machine.ts', 'packages/core/src/record.ts', 'packages/core/src/wire/*.ts'],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'proof/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  ignoreStatic: false,
  ignorePatterns: ['**/dist', '**/.next', 'examples', 'docs', 'coverage', 'packages/{broker,cli,file,indexeddb,ky,react,redis,store-kit}'],
  tempDirName: 'node_modules/.cache/mutation',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: 'node_modules/.cache/mutation.json' },
  concurrency: 2,
  timeoutMS: 20_000,
  allowConsoleColors: false,
  checkers: [],
};
