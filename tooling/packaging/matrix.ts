// npm run matrix [row …]: every package manager and bundler that a user may come with, each in an
// empty folder with an empty home. Prints a table; a run of all rows also writes it to
// docs/measured/matrix.md.
import { asMarkdown, today, writeFigures } from '../figures.ts';
import { createConsumer } from './consumer.ts';
import { type Column, columns, type Row, rows } from './matrix-rows.ts';
import { packedPackages } from './pack.ts';
import { serveRegistry } from './registry.ts';
import { shelfOf } from './shelves.ts';
import { upstreamRegistry } from './upstream.ts';

interface Result {
  readonly name: string;
  readonly version: string;
  /** Seconds of what worked, what was said by what did not. */
  readonly cells: ReadonlyMap<Column, number | Error>;
}

const tarballs = await packedPackages();
const [first] = tarballs;
if (first === undefined) throw new Error('Nothing was packed.');
const asked = process.argv.slice(2);
const all = await rows(
  tarballs.map(({ manifest }) => manifest.name),
  first.manifest.version,
);
const chosen =
  asked.length === 0
    ? all
    : all.filter(({ name }) =>
        asked.some((word) => name.toLowerCase().startsWith(word.toLowerCase())),
      );
if (chosen.length === 0)
  throw new Error(`No row begins so. There are: ${all.map(({ name }) => name).join('; ')}.`);

const registry = await serveRegistry([shelfOf(tarballs)], await upstreamRegistry());
const results: Result[] = [];
for (const row of chosen) {
  const result = await tryRow(row);
  results.push(result);
  for (const cell of result.cells.values())
    if (cell instanceof Error) console.error(`${row.name}:\n${cell.message.slice(-3_000)}\n`);
  console.log(`| ${cellsOf(result).join(' | ')} |`);
}
await registry.close();
const table = asMarkdown([['', 'version', ...columns], ...results.map(cellsOf)]);
if (asked.length === 0) writeFigures('matrix', { rows: `${table}\n\nMeasured on ${today()}.` });
process.exitCode = results.some(({ cells }) =>
  [...cells.values()].some((cell) => cell instanceof Error),
)
  ? 1
  : 0;

/** A step that fails ends its row: what comes after it needs it. */
async function tryRow({ name, version, prepare, steps, prints }: Row): Promise<Result> {
  const consumer = createConsumer(registry.url);
  const cells = new Map<Column, number | Error>();
  let printed = '';
  try {
    await prepare(consumer);
    for (const column of columns) {
      const command = steps[column];
      if (command === undefined) continue;
      const began = performance.now();
      const [file = '', ...args] = command;
      const outcome = await consumer.run(file, ...args).catch((error: Error) => error);
      const failed =
        typeof outcome === 'string' && column === 'run' && !outcome.includes(prints)
          ? new Error(outcome)
          : outcome;
      cells.set(column, failed instanceof Error ? failed : (performance.now() - began) / 1000);
      if (failed instanceof Error && (column === 'install' || column === 'bundle')) break;
    }
    const [file = '', ...args] = version;
    printed = await consumer.run(file, ...args).catch(() => '?');
  } catch (error) {
    cells.set('install', error instanceof Error ? error : new Error(String(error)));
  } finally {
    consumer.remove();
  }
  return { name, version: /\d+\.\d+\.\d+/.exec(printed)?.[0] ?? '?', cells };
}

function cellsOf({ name, version, cells }: Result): string[] {
  const shown = columns.map((column) => {
    const cell = cells.get(column);
    return cell === undefined ? '–' : cell instanceof Error ? '**no**' : `${cell.toFixed(1)} s`;
  });
  return [name, version, ...shown];
}
