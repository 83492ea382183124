// `npm run mutation`: changes a part (parts.ts) in every way that Stryker knows, and says which
// changes no test notices: `-- --part <name>`, the rules if there is none. `-- --only
// <file>[:<from>-<to>]` looks at one file, or some lines of it; `--write` keeps the figures in
// docs/measured. What was noticed before, and has not changed since, is not played again: `--fresh`
// plays everything. `-- --changes [words]` plays the kept changes of meaning instead.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { runAloud } from '../../tooling/bootstrap/processes.mjs';
import { asMarkdown, type Table, today, writeFigures } from '../../tooling/figures.ts';
import { parts } from './parts.ts';
import { playChanges } from './play-changes.ts';
import { type Report, score, sumOf, type Tally, tally } from './survivors.ts';

const least = 92;
const stryker = join(root, 'proof/mutation/node_modules/@stryker-mutator/core/bin/stryker.js');

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string' },
    part: { type: 'string', default: 'rules' },
    fresh: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    changes: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (values.changes) process.exit(await playChanges(positionals, values.write));
const part = parts[values.part];
if (part === undefined)
  throw new Error(`"--part" must be one of ${Object.keys(parts).join(', ')}.`);
const folder = join(root, 'node_modules', '.cache', 'mutation', values.part);
mkdirSync(folder, { recursive: true });
const code = await runAloud(
  process.execPath,
  [
    stryker,
    'run',
    join(root, 'proof', 'mutation', 'stryker.config.mjs'),
    ...(values.only === undefined ? [] : ['--mutate', values.only]),
    ...(values.fresh ? ['--force'] : []),
  ],
  { cwd: root, env: { ...process.env, ACT_ON_TOKEN_PART: values.part } },
);
if (code !== 0) throw new Error(`Stryker ended with ${code}.`);
const report: Report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
const tallies = tally(report).filter(({ file }) =>
  part.mutate.some((pattern) => matchesGlob(file, pattern)),
);
const text = asMarkdown(table(tallies));
console.log(`\n${text}\n`);
for (const { file, line, text: changed, replacement } of tallies.flatMap(({ open }) => open))
  console.log(`not noticed: ${file}:${line}\n    ${changed}\n    with ${replacement}`);
if (values.write)
  writeFigures('mutation', { [values.part]: `${text}\n\n${today()}, Node ${process.version}.` });
process.exitCode = score(tallies) >= least ? 0 : 1;

function table(all: readonly Tally[]): Table {
  const row = (name: string, of: readonly Tally[]): string[] => [
    name,
    String(sumOf(of, 'mutants')),
    String(sumOf(of, 'noticed')),
    String(of.flatMap(({ open }) => open).length),
    `${score(of).toFixed(1)} %`,
    String(sumOf(of, 'ignored')),
  ];
  return [
    ['file', 'mutants', 'noticed', 'not noticed', 'score', 'change nothing'],
    ...all.map((each) => row(each.file.replace(/^packages\/(core\/)?(\w+\/)?src\//, '$2'), [each])),
    row('all', all),
  ];
}
