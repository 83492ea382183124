// npm run network: every way in which a connection fails, under every runtime.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { runtimes, versionOf } from '../runtimes/runtimes.ts';
import { faultOf, isUntold, measure, patience } from './measure.ts';
import { type Column, withTable } from './page.ts';
import { rows } from './rows.ts';

const page = join('docs', 'measured', 'network.md');
const { values: chosen } = parseArgs({ options: { runtime: { type: 'string', multiple: true }, help: { type: 'boolean' } } });

if (chosen.help === true) {
  console.log(`npm run network                      every failure under every runtime; writes the table in ${page}
npm run network -- --runtime Deno    under some only; writes nothing

Runtimes: ${runtimes.map(({ name }) => name).join(', ')}. A run takes a quarter of a minute for each.
Exit code 1: a request was called unsent that a server had read, or a row did not happen as it says.`);
} else process.exitCode = (await run(chosen.runtime)) ? 0 : 1;

async function run(names: readonly string[] | undefined): Promise<boolean> {
  const unknown = names?.find((name) => runtimes.every((runtime) => runtime.name !== name));
  if (unknown !== undefined) throw new Error(`There is no runtime "${unknown}".`);
  const columns: Column[] = [];
  const faults: string[] = [];
  for (const runtime of runtimes.filter(({ name }) => names?.includes(name) ?? true)) {
    const cells = await measure(runtime, rows, patience);
    columns.push({ runtime: runtime.name, version: await versionOf(runtime), cells });
    for (const cell of cells) {
      const fault = faultOf(cell);
      if (fault !== null) faults.push(`${runtime.name}, ${cell.row.name}: ${fault}`);
    }
    const untold = cells.filter(isUntold).length;
    console.log(`${runtime.name}: ${cells.length} failures, ${untold} of them unsent without a proof`);
  }
  for (const fault of faults) console.error(fault);
  const file = join(root, page);
  const day = new Date().toISOString().slice(0, 10);
  if (names === undefined && faults.length === 0) writeFileSync(file, withTable(readFileSync(file, 'utf8'), columns, day));
  return faults.length === 0;
}
