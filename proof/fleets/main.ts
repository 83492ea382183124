// `npm run fleets`: every store that several processes share, with fleets of processes, again and
// again.
import { parseArgs } from 'node:util';
import { runFleet } from '@act-on-token/store-kit/fleet';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { asMarkdown, writeFigures } from '../../tooling/figures.ts';
import { placeKinds } from './places.ts';

const help = `npm run fleets -- [--times 20] [--processes 8] [--callers 100] [--only name] [--write]

How often each trial runs in a row, with how many processes, and callers in each. --write puts the
figures into docs/measured/fleets.md.`;

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
  const times = Number(values.times);
  const rows: string[][] = [];
  let faults = 0;
  for (const { name, isThere, start } of placeKinds) {
    if (values.only !== undefined && values.only !== name) continue;
    if (!isThere) {
      console.log(`${name}: not run, because a program that it needs is not on this machine.`);
      continue;
    }
    const place = await start();
    const passed = new Map<string, number>();
    try {
      for (let i = 1; i <= times; i += 1) {
        const results = await runFleet({
          ...place,
          processes: Number(values.processes),
          callers: Number(values.callers),
          execArgv: ['--import', `${root}tooling/from-source.ts`],
        });
        for (const { trial, fault } of results) {
          passed.set(trial, (passed.get(trial) ?? 0) + (fault === null ? 1 : 0));
          if (fault === null) continue;
          faults += 1;
          console.log(`${name}, run ${i}: ${trial}: ${fault}`);
        }
      }
    } finally {
      await place.stop();
    }
    for (const [trial, count] of passed) rows.push([name, trial, `${count} of ${times}`]);
    console.log(`${name}: ${[...passed].map(([trial, count]) => `${trial}: ${count}`).join('; ')}`);
  }
  const table = asMarkdown([['store', 'trial', 'passed'], ...rows]);
  console.log(`\n${table}`);
  if (values.write) writeFigures('fleets', { fleets: table });
  return faults === 0 ? 0 : 1;
}

process.exitCode = await main();
