#!/usr/bin/env node
import { Interrupted } from './command-error.ts';
import { token } from './commands/token.ts';
import type { Exit } from './exit-codes.ts';
import { explain } from './explain.ts';
import { endBy, interruption } from './interruption.ts';

const signal = interruption();

// Not awaited at the top: then what it loads could not use what this file holds, and one file would
// become three.
run(process.argv.slice(2)).then(
  (exit) => {
    process.exitCode = exit;
  },
  (error: unknown) => {
    if (error instanceof Interrupted) endBy(error);
    else process.exitCode = report(error);
  },
);

/**
 * `act-on-token token` runs before every curl: where there is nothing to parse, the parser
 * is not loaded.
 */
async function run(args: readonly string[]): Promise<Exit> {
  if (args.length === 1 && args[0] === 'token') return token({}, process.env, signal);
  const { runProgram } = await import('./program.ts');
  return runProgram(args, process.env, signal);
}

function report(error: unknown): Exit {
  const { exit, message } = explain(error, Date.now());
  process.stderr.on('error', () => {}); // The reader hung up, so there is no one to report to.
  if (message !== '') process.stderr.write(`act-on-token: ${message}\n`);
  return exit;
}
