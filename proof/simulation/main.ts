// `npm run simulate`: plays seeds, and prints what the judge says. Exit code 1 if a rule was
// broken.
import { readFileSync, writeFileSync } from 'node:fs';
import { withFigures } from '../../tooling/figures.ts';
import { help, readOptions, type SimulationOptions, wholeCommandOf } from './options.ts';
import { takeOut } from './without.ts';

const page = new URL('../../docs/measured/simulation.md', import.meta.url);

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(help);
  else process.exitCode = await start(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function controls({ seconds, write }: SimulationOptions): Promise<number> {
  const { controlTable, runControls } = await import('./controls.ts');
  const all = await runControls(Number.isFinite(seconds) ? seconds : 60, (line) =>
    console.log(line),
  );
  if (write) writeFigures('controls', controlTable(all));
  return all.every(({ seconds: after }) => after !== null) ? 0 : 1;
}

function writeFigures(name: string, figures: string): void {
  writeFileSync(page, withFigures(readFileSync(page, 'utf8'), name, figures));
}

/** The library is loaded only now, perhaps without a safeguard. */
async function start(options: SimulationOptions): Promise<number> {
  if (options.controls) return controls(options);
  if (options.without !== null) takeOut(options.without);
  const { playSeeds } = await import('./play-seeds.ts');
  const { lines, complaints } = await playSeeds(options);
  console.log([...complaints, ...lines].join('\n'));
  if (options.write) {
    writeFigures(
      'run',
      [`    ${wholeCommandOf(options)}`, '', ...lines.map((line) => `    ${line}`)].join('\n'),
    );
  }
  return complaints.length > 0 ? 1 : 0;
}
