import { AsyncLocalStorage } from 'node:async_hooks';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { threadCpuUsage } from 'node:process';
import { fileURLToPath } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import {
  describe,
  inject,
  it,
  type RunnerTask,
  type RunnerTestCase,
  type RunnerTestSuite,
  TestRunner,
  vi,
} from 'vitest';
import { part } from './parts.ts';
import { type Command, channelName, type Played, type Reply } from './resident-messages.ts';

/*
 * Loads all tests of a part once, and then runs those it is asked for, with the mutant it is asked
 * for, as often as it is asked. Loading them for each mutant would take longer than running them.
 */

/** What the mutated code and Stryker share. */
interface Stryker {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, object> };
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const scope = globalThis as { __stryker__?: Stryker };
scope.__stryker__ ??= {};
const stryker = scope.__stryker__;
stryker.activeMutant = inject('staticMutant') ?? undefined;

// What a test left behind, such as a loop that never ends, must not go on in the next one: neither
// timers nor turns of the event loop call back into a run that is over.
const runs = new AsyncLocalStorage<object>();
let current: object | undefined;
for (const name of ['setImmediate', 'setTimeout', 'setInterval'] as const) {
  const original = globalThis[name] as (...args: unknown[]) => unknown;
  const wrapped = (callback: (...args: unknown[]) => void, ...rest: unknown[]): unknown => {
    const run = runs.getStore();
    return original(
      (...args: unknown[]) =>
        run === undefined || run === current ? callback(...args) : undefined,
      ...rest,
    );
  };
  Object.assign(wrapped, original);
  Object.defineProperty(globalThis, name, { value: wrapped, writable: true, configurable: true });
}

const files = [...new Set(part.tests.flatMap((test) => globSync(test, { cwd: root }).sort()))];
for (const file of files) describe(file, async () => void (await import(join(root, file))));

it('serves', { timeout: 0 }, async ({ task }) => {
  const tests = new Map(testsIn(task.file.tasks).map((test) => [idOf(test), test]));
  const isOut = (id: string): boolean => (part.leftOut ?? []).some((name) => id.includes(name));
  for (const id of tests.keys()) if (id === 'serves' || isOut(id)) tests.delete(id);
  const channel = new BroadcastChannel(channelName);
  const reply = (message: Reply): void => channel.postMessage(message);
  const pulse = setInterval(() => reply({ type: 'alive' }), 100);
  await new Promise<void>((resolve) => {
    channel.onmessage = async ({ data }: { data: unknown }) => {
      const command = data as Command;
      if (command.type === 'end') {
        clearInterval(pulse);
        for (const suite of begun) for (const end of endsOf(suite)) await attempt(end);
        channel.close();
        resolve();
      } else if (command.type === 'play') reply({ type: 'played', ...(await play(command)) });
    };
    reply({ type: 'ready' });
  });

  async function play(command: Extract<Command, { type: 'play' }>): Promise<Played> {
    const { mutant, ids, hitLimit, usual } = command;
    const played: Played['tests'] = [];
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.hitLimit = hitLimit;
    for (const [id, test] of tests) {
      if (ids !== undefined && !ids.includes(id)) continue;
      await begin(test);
      stryker.activeMutant = mutant;
      if (mutant === undefined) stryker.currentTestId = id;
      const [from, usedBefore] = [performance.now(), used()];
      const result = await run(test, usual?.[id]);
      const took = performance.now() - from;
      played.push({ id, file: fileOf(test), took, used: used() - usedBefore, ...result });
      if (result.failure !== undefined && command.bail) break;
    }
    stryker.activeMutant = undefined;
    const { hitCount, mutantCoverage } = stryker;
    return { tests: played, hitCount, coverage: command.bail ? undefined : mutantCoverage };
  }
});

/** Suites whose set-up has run: once, and without a mutant. */
const begun = new Set<RunnerTestSuite>();

async function begin(test: RunnerTestCase): Promise<void> {
  for (const suite of suitesOf(test)) {
    if (begun.has(suite)) continue;
    begun.add(suite);
    for (const hook of TestRunner.getSuiteHooks(suite).beforeAll ?? [])
      await (hook as unknown as (suite: RunnerTestSuite) => unknown)(suite);
  }
}

function endsOf(suite: RunnerTestSuite): (() => unknown)[] {
  const hooks = TestRunner.getSuiteHooks(suite).afterAll ?? [];
  return hooks.map((hook) => () => (hook as unknown as (suite: RunnerTestSuite) => unknown)(suite));
}

/** From the outermost on. */
function suitesOf(test: RunnerTestCase): RunnerTestSuite[] {
  const suites: RunnerTestSuite[] = [];
  for (let suite = test.suite; suite !== undefined; suite = suite.suite) suites.unshift(suite);
  return suites;
}

async function attempt(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? 'failed';
  }
}

/** With the hooks around it. Whatever it changed of the platform is put back. */
async function run(
  test: RunnerTestCase,
  usual = Number.POSITIVE_INFINITY,
): Promise<{ failure?: string; isLate?: true }> {
  const own = {};
  current = own;
  const { late, stop } = lateness(usual);
  try {
    return await Promise.race([late, runs.run(own, () => outcomeOf(test))]);
  } finally {
    stop();
    current = undefined;
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  }
}

async function outcomeOf(test: RunnerTestCase): Promise<{ failure?: string }> {
  const suites = suitesOf(test);
  const hooksOf = (name: 'beforeEach' | 'afterEach') =>
    suites
      .flatMap((suite) => TestRunner.getSuiteHooks(suite)[name] ?? [])
      .map((hook) => () => (hook as (...args: unknown[]) => unknown)(test.context, test.suite));
  const steps = [...hooksOf('beforeEach'), TestRunner.getTestFn(test)];
  let failure: unknown;
  for (const step of steps) failure ??= await attempt(step);
  for (const step of hooksOf('afterEach').reverse()) failure = (await attempt(step)) ?? failure;
  if (failure === undefined) return {};
  return { failure: String(failure instanceof Error ? failure.message : failure) || 'failed' };
}

/** Processor time of this worker, in milliseconds. */
function used(): number {
  const { user, system } = threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * A test that never ends either turns round, which takes processor time, or waits. `usual`: the
 * processor time that it takes where nothing is changed, in milliseconds.
 */
function lateness(usual: number): {
  late: Promise<{ failure: string; isLate: true }>;
  stop(): void;
} {
  const [began, usedBefore] = [performance.now(), used()];
  let timer: ReturnType<typeof setInterval> | undefined;
  const late = new Promise<{ failure: string; isLate: true }>((resolve) => {
    timer = setInterval(() => {
      const isLate =
        used() - usedBefore > 500 + 8 * usual || performance.now() - began > 6_000 + 100 * usual;
      if (isLate) resolve({ failure: 'It did not end.', isLate });
    }, 50);
  });
  return { late, stop: () => clearInterval(timer) };
}

function testsIn(tasks: readonly RunnerTask[]): RunnerTestCase[] {
  return tasks.flatMap((task) => (task.type === 'test' ? [task] : testsIn(task.tasks)));
}

const idOf = (test: RunnerTestCase): string =>
  [...suitesOf(test), test].map(({ name }) => name).join(' > ');

const fileOf = (test: RunnerTestCase): string => suitesOf(test)[0]?.name ?? '';
