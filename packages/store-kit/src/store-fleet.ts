#!/usr/bin/env node
// The command `store-fleet`, and the program of each process that it starts.
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { beMember } from './fleet/member.ts';
import { runFleet } from './fleet/run-fleet.ts';

const help = `store-fleet <module> [--processes 8] [--callers 100] [--rounds 1]

Tries a token store with several processes at once. The module exports
  open(argument)      opens one more handle on the store
  restart(argument)   optional: stops the server and starts it again
  loseAnswer(argument) optional: the answer to the next swap gets lost
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      processes: { type: 'string', default: '8' },
      callers: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '1' },
      argument: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (values.help || file === undefined) {
    console.log(help);
    return values.help ? 0 : 2;
  }
  const results = await runFleet({
    module: pathToFileURL(resolve(file)),
    argument: values.argument,
    processes: Number(values.processes),
    callers: Number(values.callers),
    rounds: Number(values.rounds),
  });
  for (const { trial, fault, milliseconds } of results)
    console.log(`${fault === null ? 'passed' : 'FAILED'}  ${trial} (${milliseconds} ms)`);
  const faults = results.filter(({ fault }) => fault !== null);
  for (const { fault } of faults) console.log(`\n${fault}`);
  return faults.length === 0 ? 0 : 1;
}

const setup = process.env.ACT_ON_TOKEN_FLEET_MEMBER;
if (setup !== undefined) await beMember(JSON.parse(setup));
else process.exitCode = await main();
