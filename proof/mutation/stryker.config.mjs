// Which changes would no test notice? Run by `npm run mutation`.
import { fileURLToPath } from 'node:url';
import { part } from './parts.ts';

const name = process.env.ACT_ON_TOKEN_PART ?? 'rules';
const folder = `node_modules/.cache/mutation/${name}`;

export default {
  mutate: [...part.mutate],
  testRunner: 'resident',
  plugins: [fileURLToPath(new URL('resident-runner.ts', import.meta.url))],
  coverageAnalysis: 'perTest',
  // What did not change since the last run, and was noticed then, is not played again.
  incremental: true,
  incrementalFile: `${folder}/incremental.json`,
  ignoreStatic: false,
  ignorePatterns: [
    '**/dist',
    '**/.next',
    'examples',
    'docs',
    'coverage',
    'packages/{broker,cli,ky,react}',
  ],
  tempDirName: `${folder}/copies`,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `${folder}/report.json` },
  concurrency: Number(process.env.ACT_ON_TOKEN_AT_ONCE ?? 2),
  timeoutMS: 60_000,
  allowConsoleColors: false,
  checkers: [],
  // None: Stryker would read it with the compiler, which has no API to do so, and needs nothing of it.
  tsconfigFile: 'proof/mutation/none.json',
};
