// `npm run simulate`: plays seeds, and prints what the judge says. Exit code 1 if a rule was broken.
import { writeFileSync } from 'node:fs';
import { help, readOptions, type SimulationOptions } from './options.ts';
import { takeOut } from './without.ts';

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(help);
  else process.exitCode = await start(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** The library is loaded only now, perhaps without a safeguard. */
async function start(options: SimulationOptions): Promise<number> {
  if (options.without !== null) takeOut(options.without);
  const { playSeeds } = await import('./play-seeds.ts');
  const { lines, complaints } = await playSeeds(options);
  console.log([...complaints, ...lines].join('\n'));
  if (options.write) {
    const { page } = await import('./page.ts');
    writeFileSync(new URL('../../docs/measured/simulation.md', import.meta.url), page(options, lines));
  }
  return complaints.length > 0 ? 1 : 0;
}
