// `npm run mutation`: changes the rules, the record and the wire in every way that Stryker knows,
// and tells which changes no test notices. `-- --only <file>[:<from>-<to>]` looks at one file, or
// some lines of it; `--write` keeps the table in docs/measured. `-- --part <name>` changes a store,
// or what wraps one (parts.ts); `-- --changes [words]` plays the kept changes of meaning instead.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { runAloud } from '../../tooling/bootstrap/processes.mjs';
import { equivalents } from './equivalents.ts';
import { parts } from './parts.ts';
import { playChanges } from './play-changes.ts';
import { type Report, score, type Tally, tally } from './survivors.ts';

const least = 90;
const folder = join(root, 'node_modules', '.cache');
const stryker = join(
  root,
  'proof',
  'mutation',
  'node_modules',
  '@stryker-mutator',
  'core',
  'bin',
  'stryker.js',
);

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string' },
    part: { type: 'string', default: 'rules' },
    write: { type: 'boolean', default: false },
    changes: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (values.changes) process.exit(await playChanges(positionals));
if (!Object.hasOwn(parts, values.part))
  throw new Error(`"--part" must be one of ${Object.keys(parts).join(', ')}.`);
if (values.write && values.part !== 'rules')
  throw new Error('The page is about the rules: leave "--part" out.');
mkdirSync(folder, { recursive: true });
const began = performance.now();
const only = values.only === undefined ? [] : ['--mutate', values.only];
const code = await runAloud(
  process.execPath,
  [stryker, 'run', join(root, 'proof', 'mutation', 'stryker.config.mjs'), ...only],
  {
    cwd: root,
    env: { ...process.env, ACT_ON_TOKEN_PART: values.part },
  },
);
if (code !== 0) throw new Error(`Stryker ended with ${code}.`);
const report: Report = JSON.parse(readFileSync(join(folder, 'mutation.json'), 'utf8'));
const tallies = tally(report, equivalents);
const text = table(tallies, Math.round((performance.now() - began) / 1000));
console.log(`\n${text}`);
for (const { file, line, replacement } of tallies.flatMap(({ open }) => open))
  console.log(`not noticed: ${file}\n    ${line}\n    with ${replacement}`);
if (values.write) writeFileSync(join(root, 'docs', 'measured', 'mutation.md'), page(text));
process.exitCode =
  score(tallies) >= least && tallies.every(({ open }) => open.length === 0) ? 0 : 1;

function table(all: readonly Tally[], seconds: number): string {
  const rows = all.map(({ file, mutants, detected, explained, open }) => [
    file.replace('packages/core/src/', ''),
    ...[mutants, detected, explained, open.length].map(String),
    `${score([{ file, mutants, detected, explained, open }]).toFixed(1)} %`,
  ]);
  const sum = (of: (each: Tally) => number): string =>
    String(all.reduce((total, each) => total + of(each), 0));
  const total = [
    'all',
    sum(({ mutants }) => mutants),
    sum(({ detected }) => detected),
    sum(({ explained }) => explained),
    sum(({ open }) => open.length),
    `${score(all).toFixed(1)} %`,
  ];
  const head = ['file', 'mutants', 'noticed', 'change nothing', 'not noticed', 'score'];
  const lines = [head, head.map(() => '---'), ...rows, total].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  return [
    ...lines,
    '',
    `${seconds} s on ${availableParallelism()} processors, Node ${process.version}.`,
  ].join('\n');
}

function page(figures: string): string {
  return `# What the tests notice

\`npm run mutation -- --write\` changes the rules, the record and the wire of the core in every way that [Stryker](https://stryker-mutator.io/)
knows, one at a time, and runs the unit tests that reach the change. The explorations and the tests of whole sessions are not among
them: they would notice more, and take hours.

${figures}

*Change nothing*: the program does the same with the change as without it; \`proof/mutation/equivalents.ts\` gives the reason for each, and a
test sees to it that the lines are still there. Those do not count as noticed, so the score is what the tests earn by themselves.
`;
}
