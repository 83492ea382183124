// npm run runtimes: the suites under each runtime.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../bootstrap/paths.mjs';
import { exceptions } from './exceptions.ts';
import { pageOf } from './page.ts';
import { runtimes, versionOf } from './runtimes.ts';
import { type Outcome, runSuite, slowSuite, suites } from './suites.ts';
import { asText, cellOf, tableOf } from './table.ts';

const options = {
  runtime: { type: 'string', multiple: true },
  suite: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;
const { values: chosen } = parseArgs({ options });
const page = join('docs', 'measured', 'runtimes.md');

if (chosen.help === true) {
  console.log(`npm run runtimes                                   all of it, and writes ${page}
npm run runtimes -- --runtime Deno --suite redis   a part; each may be given more than once

Runtimes: ${runtimes.map(({ name }) => name).join(', ')}. Suites: ${suites.map(({ name }) => name).join(', ')}; and, only if it is named, "${slowSuite.name}".`);
} else process.exitCode = (await runAll()) ? 0 : 1;

async function runAll(): Promise<boolean> {
  const outcomes: Outcome[] = [];
  for (const suite of chosen.suite?.map((name) => named(name, [...suites, slowSuite])) ?? suites) {
    for (const runtime of chosen.runtime?.map((name) => named(name, runtimes)) ?? runtimes) {
      const outcome = await runSuite(suite, runtime);
      outcomes.push(outcome);
      console.log(`${suite.name} under ${runtime.name}: ${cellOf(outcome)}`);
      for (const failure of outcome.failures) console.log(`  ${failure}`);
    }
  }
  console.log(`\n${asText(tableOf(outcomes))}\n`);
  const isWhole = chosen.runtime === undefined && chosen.suite === undefined;
  if (isWhole) for (const each of notMet(outcomes)) console.log(each);
  const hasPassed = outcomes.every(({ failures }) => failures.length === 0) && (!isWhole || notMet(outcomes).length === 0);
  if (isWhole && hasPassed) writeFileSync(join(root, page), await pageOf(outcomes, exceptions, await versions()));
  return hasPassed;
}

/** Exceptions for tests that are not there any more. */
function notMet(outcomes: readonly Outcome[]): string[] {
  return runtimes.flatMap(({ name }) => {
    const wanted = exceptions.filter((each) => each.runtimes.includes(name)).length;
    const met = outcomes.filter(({ runtime }) => runtime === name).reduce((sum, { excepted }) => sum + excepted, 0);
    return met === wanted ? [] : [`tooling/runtimes/exceptions.ts has ${wanted} tests that fail under ${name}; ${met} did.`];
  });
}

function named<Each extends { readonly name: string }>(name: string, all: readonly Each[]): Each {
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no "${name}". There are: ${all.map((each) => each.name).join('; ')}.`);
  return found;
}

async function versions(): Promise<string[]> {
  return Promise.all(runtimes.map(async (runtime) => `${runtime.name.split(' ')[0]} ${await versionOf(runtime)}`));
}
