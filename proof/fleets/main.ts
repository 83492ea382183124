// `npm run fleets`: every store that several processes share, with fleets of processes.
import { parseArgs } from 'node:util';
import { runFleet } from '@act-on-token/store-kit/fleet';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { asMarkdown, writeFigures } from '../../tooling/figures.ts';
import { placeKinds } from './places.ts';

const help = `npm run fleets -- [--times 20] [--processes 8] [--callers 100] [--only name] [--write]

How often in a row each trial is done (but for the counter), how many processes, and callers in each. --write
puts the figures into docs/measured/fleets.md.`;

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    processes: { type: 'string', default: '8' },
    callers: { type: 'string', default: '100' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    console.log(help);
    return 0;
  }
  const rows: string[][] = [];
  let faults = 0;
  for (const { name, isThere, start } of placeKinds) {
    if (values.only !== undefined && values.only !== name) continue;
    if (!isThere) {
      console.log(`${name}: not run, because a program that it needs is not on this machine.`);
      continue;
    }
    const place = await start();
    try {
      const results = await runFleet({
        ...place,
        rounds: Number(values.times),
        processes: Number(values.processes),
        callers: Number(values.callers),
        execArgv: ['--import', `${root}tooling/from-source.ts`],
      });
      for (const { trial, fault, milliseconds } of results) {
        const outcome =
          fault === null ? `passed, ${(milliseconds / 1_000).toFixed(1)} s` : 'failed';
        rows.push([name, trial, outcome]);
        if (fault !== null) faults += 1;
        console.log(`${name}: ${trial}: ${fault ?? outcome}`);
      }
    } finally {
      await place.stop();
    }
  }
  const table = asMarkdown([['store', 'trial', 'outcome'], ...rows]);
  console.log(`\n${table}`);
  if (values.write) writeFigures('fleets', { fleets: table });
  return faults === 0 ? 0 : 1;
}

process.exitCode = await main();
