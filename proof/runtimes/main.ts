// npm run runtimes: the suites under each runtime.
import { parseArgs } from 'node:util';
import { asText, writeFigures } from '../../tooling/figures.ts';
import { isWindowsThere, windowsNode } from '../windows/wine.ts';
import { browserFigures, browsers, rememberBrowser, runInBrowser } from './browsers.ts';
import { exceptions } from './exceptions.ts';
import { figuresOf } from './figures.ts';
import { readResults, remember } from './results.ts';
import { runtimes, versionOf } from './runtimes.ts';
import { type Outcome, runSuite, type Suite, slowSuite, suites } from './suites.ts';
import { cellOf, tableOf } from './table.ts';
import { runInWindows, windowsSuites } from './windows.ts';
import { runInWorkerd, workerdSuites } from './workerd/run.ts';
import { findWorkerd } from './workerd/serve.ts';

const options = {
  runtime: { type: 'string', multiple: true },
  suite: { type: 'string', multiple: true },
  browsers: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;
const { values: chosen } = parseArgs({ options });
const all = [...runtimes, { name: 'workerd' }, { name: 'Windows' }];
const page = 'docs/measured/runtimes.md';
/** The command is built, and tested under the Node that a user has; see `packages/cli/test`. */
const onlyInWindows: Suite = { name: 'cli', filters: [] };

if (chosen.help === true) {
  console.log(`npm run runtimes                                   all of it
npm run runtimes -- --runtime Deno --suite redis   a part; each may be given more than once
npm run runtimes -- --browsers                     the browsers alone

What passes stands in ${page} afterwards; what fails is blank there until it passes.

Runtimes: ${all.map(({ name }) => name).join(', ')}. Suites: ${suites.map(({ name }) => name).join(', ')}; and, only if it is named, "${slowSuite.name}".`);
} else process.exitCode = (await runAll()) ? 0 : 1;

async function runAll(): Promise<boolean> {
  const isPart = chosen.runtime !== undefined || chosen.suite !== undefined;
  const inBrowsers = isPart ? true : await runBrowsers();
  if (chosen.browsers === true) {
    writeFigures('runtimes', figuresOf(readResults(), exceptions));
    return inBrowsers;
  }
  const outcomes: Outcome[] = [];
  for (const { suite, runtime, run } of chosenCells()) {
    const outcome = await run();
    outcomes.push(outcome);
    if (suite !== slowSuite.name)
      remember(
        outcome,
        runtime.name === 'Windows' ? windowsNode.version : await versionOf(runtime),
      );
    console.log(`${suite} under ${runtime.name}: ${cellOf(outcome)}`);
    for (const failure of outcome.failures) console.log(`  ${failure}`);
  }
  console.log(`\n${asText(tableOf(outcomes))}\n`);
  const unmet = isPart ? [] : notMet(outcomes);
  for (const each of unmet) console.log(each);
  writeFigures('runtimes', figuresOf(readResults(), exceptions));
  return (
    inBrowsers && unmet.length === 0 && outcomes.every(({ failures }) => failures.length === 0)
  );
}

async function runBrowsers(): Promise<boolean> {
  let isFine = true;
  for (const browser of browsers) {
    const outcome = await runInBrowser(browser);
    rememberBrowser(outcome);
    for (const failure of outcome.failures) console.log(`${browser}: ${failure}`);
    isFine &&= outcome.failures.length === 0;
  }
  console.log(browserFigures());
  return isFine;
}

interface Cell {
  readonly suite: string;
  readonly runtime: { readonly name: Outcome['runtime']; readonly file: string };
  run(): Promise<Outcome>;
}

function chosenCells(): Cell[] {
  const chosenSuites = chosen.suite?.map((name) =>
    named(name, [...suites, slowSuite, onlyInWindows]),
  ) ?? [...suites, onlyInWindows];
  const names: readonly string[] =
    chosen.runtime?.map((name) => named(name, all).name) ?? all.map(({ name }) => name);
  return chosenSuites.flatMap((suite) => [
    ...runtimes
      .filter(({ name }) => names.includes(name) && suite !== onlyInWindows)
      .map((runtime) => ({ suite: suite.name, runtime, run: () => runSuite(suite, runtime) })),
    ...(names.includes('workerd') && workerdSuites.includes(suite.name)
      ? workerdCells(suite.name)
      : []),
    ...(names.includes('Windows') && windowsSuites.includes(suite.name)
      ? windowsCells(suite.name)
      : []),
  ]);
}

function windowsCells(suite: string): Cell[] {
  if (!isWindowsThere) console.log(`${suite} under Windows: there is no Wine on this machine.`);
  return isWindowsThere
    ? [{ suite, runtime: { name: 'Windows', file: '' }, run: () => runInWindows(suite) }]
    : [];
}

function workerdCells(suite: string): Cell[] {
  const workerd = findWorkerd();
  if (workerd === null)
    console.log(`${suite} under workerd: there is no binary of workerd for this machine.`);
  return workerd === null
    ? []
    : [
        {
          suite,
          runtime: { name: 'workerd', ...workerd },
          run: () => runInWorkerd(workerd, suite),
        },
      ];
}

/** Exceptions for tests that are not there any more. */
function notMet(outcomes: readonly Outcome[]): string[] {
  return runtimes.flatMap(({ name }) => {
    const wanted = exceptions.filter((each) => each.runtimes.includes(name)).length;
    const met = outcomes
      .filter(({ runtime }) => runtime === name)
      .reduce((sum, { excepted }) => sum + excepted, 0);
    return met === wanted
      ? []
      : [`proof/runtimes/exceptions.ts has ${wanted} tests that fail under ${name}; ${met} did.`];
  });
}

function named<Each extends { readonly name: string }>(name: string, all: readonly Each[]): Each {
  const found = all.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(
      `There is no "${name}". There are: ${all.map((each) => each.name).join('; ')}.`,
    );
  return found;
}
