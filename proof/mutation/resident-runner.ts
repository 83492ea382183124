import { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import workerThreads, { BroadcastChannel, type Worker } from 'node:worker_threads';
import { createVitest, type Vitest } from 'vitest/node';
import { type Command, channelName, type Played, type Reply } from './resident-messages.ts';

/*
 * A test runner for Stryker that keeps the tests of a part in memory (resident.test.ts). What it
 * takes from Stryker's interface is written down here.
 */

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: string[] | undefined;
  readonly hitLimit?: number;
  readonly mutantActivation: 'runtime' | 'static';
}

type MutantResult =
  | { readonly status: 'killed'; killedBy: string[]; failureMessage: string; nrOfTests: number }
  | { readonly status: 'survived'; nrOfTests: number }
  | { readonly status: 'timeout'; reason?: string }
  | { readonly status: 'error'; errorMessage: string };

/**
 * A worker that goes round without a turn of the event loop has to be ended from outside, and
 * Vitest hands out none of its workers.
 */
const workers = new Set<Worker>();
class Known extends workerThreads.Worker {
  constructor(...given: ConstructorParameters<typeof Worker>) {
    super(...given);
    workers.add(this);
    this.once('exit', () => workers.delete(this));
  }
}
workerThreads.Worker = Known;
syncBuiltinESMExports();

/** Processor time without a sign of life after which a worker counts as one that never ends. */
const longestTurn = 1_500;
/** What each test takes where nothing is changed: a runner that replaces another one reads it. */
const usualFile = 'usual.json';

const endless = new Error('It goes round for ever.');

class ResidentRunner {
  #vitest: Vitest | undefined;
  #channel = new BroadcastChannel(channelName);
  /** The run in which the tests are loaded, until it ends; and with which mutant from the start. */
  #run: Promise<unknown> | null = null;
  #loadedWith: string | null = null;
  #hear: (reply: Reply) => void = () => {};
  #usual: Record<string, number> | undefined;

  constructor() {
    this.#channel.onmessage = ({ data }: { data: unknown }) => this.#hear(data as Reply);
  }

  capabilities(): { reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    process.env.NODE_ENV = 'test';
    this.#vitest = await createVitest('test', {
      config: 'proof/mutation/vitest.config.ts',
      watch: false,
      onConsoleLog: () => false,
    });
  }

  async dryRun(): Promise<object> {
    const { tests, coverage } = await this.#play({ bail: false });
    const usual = Object.fromEntries(tests.map(({ id, used }) => [id, used]));
    writeFileSync(usualFile, JSON.stringify(usual));
    const results = tests.map(({ id, file, took, failure }) => ({
      id,
      name: id,
      fileName: join(process.cwd(), file),
      timeSpentMs: took,
      ...(failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure }),
    }));
    return { status: 'complete', tests: results, mutantCoverage: coverage };
  }

  async mutantRun(options: MutantRun): Promise<MutantResult> {
    this.#usual ??= JSON.parse(readFileSync(usualFile, 'utf8')) as Record<string, number>;
    const isStatic = options.mutantActivation === 'static';
    const first = await this.#mutant(options, isStatic);
    // What only one test reached may be what a process does once: then any test may depend on it.
    const isOnce = first.status === 'survived' && options.testFilter?.length === 1;
    return isOnce
      ? this.#judged({ ...options, testFilter: undefined }, true)
      : this.#judged(options, isStatic, first);
  }

  async #judged(
    options: MutantRun,
    isStatic: boolean,
    played?: MutantResult,
  ): Promise<MutantResult> {
    const result = played ?? (await this.#mutant(options, isStatic));
    if (isStatic || result.status === 'survived' || result.status === 'error') {
      if (isStatic) await this.#end();
      return result;
    }
    if (result.status === 'timeout') {
      await this.#end();
      return result;
    }
    // What fails without the mutant, too, was broken by one before it.
    const check = await this.#play({ bail: true, ids: result.killedBy });
    if (check.tests.every(({ failure }) => failure === undefined)) return result;
    await this.#end();
    return this.#mutant(options, isStatic);
  }

  async dispose(): Promise<void> {
    await this.#end();
    this.#channel.close();
    await this.#vitest?.close();
  }

  async #mutant(options: MutantRun, isStatic: boolean): Promise<MutantResult> {
    const mutant = options.activeMutant.id;
    let played: Played;
    try {
      played = await this.#play({
        bail: true,
        mutant,
        ids: options.testFilter,
        hitLimit: options.hitLimit,
        staticMutant: isStatic ? mutant : null,
      });
    } catch (error) {
      if (error === endless) return { status: 'timeout', reason: 'It goes round for ever.' };
      return { status: 'error', errorMessage: String(error) };
    }
    const { tests, hitCount = 0 } = played;
    if (options.hitLimit !== undefined && hitCount > options.hitLimit)
      return { status: 'timeout', reason: 'It was reached too often.' };
    const failed = tests.find(({ failure }) => failure !== undefined);
    if (failed?.isLate) return { status: 'timeout', reason: failed.id };
    return failed === undefined
      ? { status: 'survived', nrOfTests: tests.length }
      : {
          status: 'killed',
          killedBy: [failed.id],
          failureMessage: failed.failure ?? '',
          nrOfTests: tests.length,
        };
  }

  async #play({
    bail,
    mutant,
    ids,
    hitLimit,
    staticMutant = null,
  }: {
    bail: boolean;
    mutant?: string;
    ids?: readonly string[] | undefined;
    hitLimit?: number | undefined;
    staticMutant?: string | null;
  }): Promise<Played> {
    if (this.#run !== null && this.#loadedWith !== staticMutant) await this.#end();
    if (this.#run === null) await this.#load(staticMutant);
    let alive = process.cpuUsage();
    const answer = new Promise<Played>((resolve, reject) => {
      this.#hear = (reply) => {
        alive = process.cpuUsage();
        if (reply.type === 'played') resolve(reply);
      };
      this.#run?.then(() => reject(new Error('The worker ended.')), reject);
    });
    let kill: (() => void) | undefined;
    const killed = new Promise<never>((_, reject) => {
      kill = () => reject(endless);
    });
    const watch = setInterval(() => {
      const { user, system } = process.cpuUsage(alive);
      if ((user + system) / 1_000 > longestTurn) kill?.();
    }, 100);
    this.#say({ type: 'play', mutant, ids, hitLimit, usual: bail ? this.#usual : undefined, bail });
    try {
      return await Promise.race([answer, killed]);
    } catch (error) {
      if (error === endless) await this.#kill();
      throw error;
    } finally {
      clearInterval(watch);
    }
  }

  async #kill(): Promise<void> {
    await Promise.all([...workers].map((worker) => worker.terminate()));
    await this.#run?.catch(() => {});
    this.#run = null;
  }

  /** Loads all tests, into a worker of their own. */
  async #load(staticMutant: string | null): Promise<void> {
    const vitest = this.#vitest;
    if (vitest === undefined) throw new Error('The runner was not started.');
    vitest.provide('staticMutant', staticMutant);
    vitest.state.filesMap.clear();
    const ready = new Promise<void>((resolve) => {
      this.#hear = (reply) => reply.type === 'ready' && resolve();
    });
    const run = vitest.start();
    this.#loadedWith = staticMutant;
    const failed = run.then(() => Promise.reject(new Error('The tests could not be loaded.')));
    failed.catch(() => {});
    this.#run = run.finally(() => {
      this.#run = null;
    });
    this.#run.catch(() => {});
    await Promise.race([ready, failed]);
  }

  async #end(): Promise<void> {
    this.#say({ type: 'end' });
    await this.#run?.catch(() => {});
    this.#run = null;
  }

  #say(command: Command): void {
    this.#channel.postMessage(command);
  }
}

function create(): ResidentRunner {
  return new ResidentRunner();
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'resident', factory: create }];
