import { createRandom, type Random } from '../../support/random.ts';
import { type ByteReader, readers } from '../readers/readers.ts';
import { keep, readCorpus } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';

/** A promise that was broken, and the file that shows it. */
export interface Finding {
  readonly file: string;
  readonly promise: string;
}

export interface FuzzFigures {
  readonly executions: number;
  readonly seconds: number;
  /** Inputs that the run began with, and those that it found worth changing further. */
  readonly corpus: number;
  readonly interesting: number;
  readonly parts: number;
  readonly sorts: number;
  readonly findings: readonly Finding[];
}

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /**
   * Keep what is interesting, too: inputs that run a part of core, or lead to a sort of result,
   * that none before did.
   */
  readonly grow: boolean;
}

/** Longer than any input may take to be read, in milliseconds. */
const tooLong = 2_000;
const batch = 128;
/** A run ends after so many findings: they are mostly one. */
const mostFindings = 10;

/**
 * Changes the kept inputs at random, guided by what they make run, until the time is over or too
 * much is wrong.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzFigures> {
  const coverage = new Coverage();
  const seen = new Set<string>();
  const targets = readers.map((reader) => new Target(reader, options.grow, coverage, seen));
  const random = createRandom(options.seed);
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  try {
    for (const target of targets) await target.begin();
    const found = (): number => targets.reduce((sum, target) => sum + target.findings.length, 0);
    while (elapsed() < options.seconds && found() < mostFindings) {
      for (const target of targets) await target.runBatch(random);
    }
    return figuresOf(targets, seen.size, elapsed());
  } finally {
    coverage.close();
  }
}

function figuresOf(targets: readonly Target[], parts: number, seconds: number): FuzzFigures {
  const sum = (count: (target: Target) => number): number =>
    targets.reduce((total, target) => total + count(target), 0);
  return {
    executions: sum((target) => target.executions),
    seconds,
    corpus: sum((target) => target.corpus),
    interesting: sum((target) => target.pool.length - target.corpus),
    parts,
    sorts: sum((target) => target.sorts.size),
    findings: targets.flatMap((target) => target.findings),
  };
}

class Target {
  readonly #reader: ByteReader;
  readonly #grow: boolean;
  readonly #coverage: Coverage;
  /** The parts of core that ran, for whichever reader. */
  readonly #seen: Set<string>;
  readonly pool: Buffer[] = [];
  readonly sorts = new Set<string>();
  readonly findings: Finding[] = [];
  executions = 0;
  corpus = 0;

  constructor(reader: ByteReader, grow: boolean, coverage: Coverage, seen: Set<string>) {
    this.#reader = reader;
    this.#grow = grow;
    this.#coverage = coverage;
    this.#seen = seen;
  }

  /** What is kept is run once, so that only what is new counts. */
  async begin(): Promise<void> {
    for (const { bytes } of readCorpus(this.#reader.name)) {
      this.sorts.add((await this.#run(bytes)) ?? 'finding');
      this.pool.push(bytes);
    }
    this.corpus = this.pool.length;
    this.#coverage.addTo(this.#seen);
  }

  /**
   * The counters are read once per batch; only if something new ran is it looked for one by one.
   */
  async runBatch(random: Random): Promise<void> {
    const known = new Set(this.#seen);
    const inputs = Array.from({ length: batch }, () =>
      mutate(this.#any(random), this.#any(random), random),
    );
    const fresh: Buffer[] = [];
    for (const input of inputs) {
      const sort = await this.#run(input);
      if (sort === null || this.sorts.has(sort)) continue;
      this.sorts.add(sort);
      fresh.push(input);
    }
    if (this.#coverage.addTo(this.#seen)) fresh.push(...(await this.#culprits(inputs, known)));
    for (const input of new Set(fresh)) await this.#keep(input);
  }

  #any(random: Random): Buffer {
    return this.pool[random.below(this.pool.length)] ?? Buffer.alloc(0);
  }

  /** Which of these inputs make something run that is not `known`. */
  async #culprits(inputs: readonly Buffer[], known: Set<string>): Promise<Buffer[]> {
    const culprits: Buffer[] = [];
    for (const input of inputs) {
      await this.#run(input);
      if (this.#coverage.addTo(known)) culprits.push(input);
    }
    return culprits;
  }

  async #keep(input: Buffer): Promise<void> {
    const sort = await this.#run(input);
    if (sort === null) return;
    this.pool.push(input);
    if (this.#grow) keep(this.#reader.name, sort, input);
  }

  /** The sort of result; `null` for a finding, which is written down. */
  async #run(bytes: Buffer): Promise<string | null> {
    this.executions += 1;
    const promise = await brokenPromise(this.#reader, bytes);
    if (promise.broken === null) return promise.sort;
    if (this.findings.every((finding) => finding.promise !== promise.broken)) {
      const small = await smallest(this.#reader, bytes, promise.broken);
      this.findings.push({
        file: keep(this.#reader.name, `finding ${promise.broken}`, small),
        promise: promise.broken,
      });
    }
    return null;
  }
}

/** Runs one input. `broken`: which promise it broke, if any. */
export async function brokenPromise(
  reader: ByteReader,
  bytes: Buffer,
): Promise<{ sort: string; broken: string | null }> {
  const started = performance.now();
  try {
    const sort = await reader.read(bytes);
    const slow = performance.now() - started > tooLong;
    return { sort, broken: slow ? `an input is read within ${tooLong} ms` : null };
  } catch (error) {
    return { sort: '', broken: error instanceof Error ? error.message : String(error) };
  }
}

/** As little of the input as still breaks the same promise. */
async function smallest(reader: ByteReader, bytes: Buffer, promise: string): Promise<Buffer> {
  let small = bytes;
  for (let size = Math.ceil(small.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < small.length; ) {
      const shorter = Buffer.concat([small.subarray(0, at), small.subarray(at + size)]);
      if ((await brokenPromise(reader, shorter)).broken === promise) small = shorter;
      else at += size;
    }
  }
  return small;
}
