// npm run network: every way in which a connection fails, under every runtime.
import { parseArgs } from 'node:util';
import { today, writeFigures } from '../../tooling/figures.ts';
import { runtimes, versionOf } from '../runtimes/runtimes.ts';
import { type Column, figuresOf } from './figures.ts';
import { faultOf, isUntold, measure, patience } from './measure.ts';
import { rows } from './rows.ts';

const page = 'docs/measured/network.md';
const { values: chosen } = parseArgs({
  options: { runtime: { type: 'string', multiple: true }, help: { type: 'boolean' } },
});

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
    console.log(
      `${runtime.name}: ${cells.length} failures, ${untold} of them unsent without a proof`,
    );
  }
  for (const fault of faults) console.error(fault);
  if (names === undefined && faults.length === 0)
    writeFigures('network', { failures: figuresOf(columns, today()) });
  return faults.length === 0;
}
