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
  const module = pathToFileURL(resolve(file));
  const fault = await faultOf(module);
  if (fault !== null) {
    console.error(`store-fleet: ${fault}`);
    return 2;
  }
  const results = await runFleet({
    module,
    argument: values.argument,
    processes: Number(values.processes),
    callers: Number(values.callers),
    rounds: Number(values.rounds),
  });
  for (const { trial, fault, milliseconds } of results)
    console.log(
      fault === null
        ? `passed  ${trial} (${milliseconds} ms)`
        : `FAILED  ${trial} (${milliseconds} ms)\n        ${fault.replaceAll('\n', '\n        ')}`,
    );
  return results.every(({ fault }) => fault === null) ? 0 : 1;
}

/** What is wrong with the module, as a sentence; `null`: nothing. */
async function faultOf(module: URL): Promise<string | null> {
  try {
    const { open } = await import(module.href);
    if (typeof open === 'function') return null;
  } catch (error) {
    return `${module.pathname} could not be imported: ${error instanceof Error ? error.message : error}`;
  }
  return `${module.pathname} must export the function open(), which opens one more handle on the store.`;
}

const setup = process.env.ACT_ON_TOKEN_FLEET_MEMBER;
if (setup !== undefined) await beMember(JSON.parse(setup));
else {
  const code = await main();
  // What the module opened when it was imported must not keep this process alive.
  process.stdout.write('', () => process.exit(code));
}
