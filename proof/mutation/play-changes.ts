// `npm run mutation -- --changes [words]` makes one kept change of meaning after the other and runs
// the tests that must notice it. Words pick changes by their names, files and tests. It fails if a
// change is no longer noticed, or is noticed although the list says that no test can.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { asMarkdown, today, writeFigures } from '../../tooling/figures.ts';
import type { Order, Outcome } from './change-player.ts';
import { occurrences } from './changed-text.ts';
import type { Change } from './changes/change.ts';
import { changes } from './changes.ts';

/**
 * A change may make a program go round for ever: then the run ends here, in milliseconds, and
 * counts as a failure.
 */
const longestRun = 90_000;
const atOnce = 2;

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
  await eachOf(picked, async (change, player) => {
    const { type, by } = await player.play({ change: change.name, tests: change.tests });
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
  const tests = [...new Set(picked.flatMap((change) => change.tests))];
  const player = createPlayer();
  const { type, by } = await player.play({ change: '', tests }, 20 * longestRun);
  player.end();
  if (type !== 'not noticed') console.error(`Without any change the tests do not pass: ${by}`);
  return type === 'not noticed';
}

async function eachOf(
  all: readonly Change[],
  work: (change: Change, player: Player) => Promise<void>,
): Promise<void> {
  const left = [...all];
  const next = async (): Promise<void> => {
    const player = createPlayer();
    for (let change = left.shift(); change !== undefined; change = left.shift())
      await work(change, player);
    player.end();
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}

interface Player {
  play(order: Order, longest?: number): Promise<Outcome>;
  end(): void;
}

/** A process that plays changes; another one after a change that never ended. */
function createPlayer(): Player {
  let child: Promise<ChildProcess> | null = null;
  const start = async (): Promise<ChildProcess> => {
    const started = fork(join(root, 'proof', 'mutation', 'change-player.ts'), { cwd: root });
    await once(started, 'message');
    return started;
  };
  return {
    async play(order, longest = longestRun) {
      child ??= start();
      const running = await child;
      const late = `did not end within ${longest / 1_000} s`;
      const answer = new Promise<Outcome>((resolve) => {
        const timer = setTimeout(() => resolve({ type: 'noticed', by: late }), longest);
        const settle = (outcome: Outcome): void => {
          clearTimeout(timer);
          running.off('exit', exited);
          resolve(outcome);
        };
        const exited = (): void => settle({ type: 'noticed', by: 'the run broke down' });
        running.once('message', settle).once('exit', exited);
        running.send(order);
      });
      const outcome = await answer;
      if (outcome.by === late || running.exitCode !== null) {
        running.kill('SIGKILL');
        child = null;
      }
      return outcome;
    },
    end: () => void child?.then((running) => running.kill()),
  };
}
