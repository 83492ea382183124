// `npm run mutation -- --changes [words]` makes one kept change of meaning after the other and runs
// the tests that must notice it. Words pick changes by their names, files and tests. It fails if a
// change is no longer noticed, or is noticed although the list says that no test can.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { asMarkdown, today, writeFigures } from '../../tooling/figures.ts';
import { occurrences } from './changed-text.ts';
import type { Change } from './changes/change.ts';
import { changes } from './changes.ts';

/**
 * A change may make a program go round for ever: then the run ends here, in milliseconds, and
 * counts as a failure.
 */
const longestRun = 90_000;
const atOnce = 2;
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const config = join(root, 'proof', 'mutation', 'changes.vitest.config.ts');

/** `by`: the first test that failed; or why none ran, as where a change is not even a program. */
interface Outcome {
  readonly type: 'noticed' | 'not noticed' | 'broken';
  readonly by: string;
}

export async function playChanges(words: readonly string[], write: boolean): Promise<number> {
  const picked = changes.filter(({ name, file, tests }) =>
    words.every((word) => [name, file, ...tests].join('\n').includes(word)),
  );
  const missing = picked.filter((change) => occurrences(change) !== 1);
  for (const { name, file } of missing)
    console.error(`cannot be made, its text does not occur exactly once in ${file}: ${name}`);
  if (missing.length > 0 || picked.length === 0) return 1;
  if (!(await passUnchanged(picked))) return 1;
  const counts = { noticed: 0, explained: 0, wrong: 0 };
  await eachOf(picked, async (change) => {
    const { type, by } = await run(change.tests, change.name);
    const isAsListed = type === (change.unnoticed === undefined ? 'noticed' : 'not noticed');
    if (type === 'noticed') counts.noticed += 1;
    if (change.unnoticed !== undefined) counts.explained += 1;
    if (!isAsListed) counts.wrong += 1;
    console.log(
      `${isAsListed ? '' : 'AGAINST THE LIST: '}${type}: ${change.name}\n    ${change.file}${by === '' ? '' : `, ${by}`}`,
    );
  });
  const share = ((100 * counts.noticed) / picked.length).toFixed(1);
  const rest = `${counts.explained} with a reason, ${counts.wrong} against the list`;
  console.log(`\n${picked.length} changes, ${counts.noticed} noticed (${share} %), ${rest}`);
  const figures = [
    ['changes', 'noticed', 'share', 'not noticed, each with its reason'],
    [picked.length, counts.noticed, `${share} %`, counts.explained].map(String),
  ];
  if (write && picked.length === changes.length && counts.wrong === 0)
    writeFigures('mutation', {
      changes: `${asMarkdown(figures)}\n\n${today()}, Node ${process.version}.`,
    });
  return counts.wrong === 0 ? 0 : 1;
}

/** Tests that fail anyway notice nothing. */
async function passUnchanged(picked: readonly Change[]): Promise<boolean> {
  const { type, by } = await run([...new Set(picked.flatMap((change) => change.tests))], '');
  if (type !== 'not noticed') console.error(`Without any change the tests do not pass: ${by}`);
  return type === 'not noticed';
}

async function eachOf(
  all: readonly Change[],
  work: (change: Change) => Promise<void>,
): Promise<void> {
  const left = [...all];
  const next = async (): Promise<void> => {
    for (let change = left.shift(); change !== undefined; change = left.shift()) await work(change);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}

function run(tests: readonly string[], change: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const args = [vitest, 'run', '--config', config, '--bail', '1', ...tests];
    const env = { ...process.env, ACT_ON_TOKEN_CHANGE: change };
    const child = spawn(process.execPath, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: longestRun,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(outcomeOf(code, text)));
  });
}

function outcomeOf(code: number | null, text: string): Outcome {
  if (code === 0) return { type: 'not noticed', by: '' };
  if (code === null) return { type: 'noticed', by: `did not end within ${longestRun / 1_000} s` };
  const [, failed] = /^failed: (.*)$/m.exec(text) ?? [];
  if (failed !== undefined) return { type: 'noticed', by: failed };
  const [, broken] = /^broken: (.*)$/m.exec(text) ?? [];
  return broken === undefined
    ? { type: 'noticed', by: 'the run broke down' }
    : { type: 'broken', by: broken };
}
