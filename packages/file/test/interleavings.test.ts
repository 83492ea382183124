import type { SwapResult, TokenStore } from '@act-on-token/core';
import { describe, expect, it } from 'vitest';
import { fileStoreOn } from '../src/file-store.ts';
import { ModelDisk, settled } from './support/model-disk.ts';

// Each record's value is the list of all versions so far, its own included. So whatever anybody
// ever is shown must be a beginning of what stands in the end, and each swap that was answered ok
// must be in it, once.

const key = 'account';
const patience = { timeout: 30_000 };

describe('in every order of the steps of two processes', patience, () => {
  it('one of two swaps of the same record wins', async () => {
    const count = await everyOrder(async (choose) => {
      const disk = new ModelDisk();
      await runAll(disk, () => 0, [write(storeOf(disk, 0), ['a'])]);
      const results = await runAll(disk, choose, [
        attempt(storeOf(disk, 1), ['a'], 'b'),
        attempt(storeOf(disk, 2), ['a'], 'c'),
      ]);
      expect(results.filter((result) => result?.ok)).toHaveLength(1);
      await expectOneHistory(disk, results);
    });
    expect(count).toBeGreaterThan(3_000);
    console.log(`two swaps of one record: ${count} orders of steps`);
  });

  it('a record is readable while it is replaced twice', async () => {
    const count = await everyOrder(async (choose) => {
      const disk = new ModelDisk();
      await runAll(disk, () => 0, [write(storeOf(disk, 0), ['a'])]);
      const reading = storeOf(disk, 1).read(key);
      await runAll(disk, choose, [
        reading,
        write(storeOf(disk, 2), ['b', 'c']),
      ] as Promise<unknown>[]);
      expect(['a', 'a b', 'a b c']).toContain((await reading).record?.value);
    });
    expect(count).toBeGreaterThan(100);
  });
});

it.each([1_000, 2_000, 3_000, 4_000, 5_000])(
  'three processes that write, and may die at any step, agree on one history (seeds from %i)',
  patience,
  async (firstSeed) => {
    for (let seed = firstSeed; seed < firstSeed + 100; seed += 1) {
      const random = randomFrom(seed);
      const disk = new ModelDisk(() => random() < 0.3);
      const dead = new Set<number>();
      const choose = (waiting: readonly number[]) => {
        const [who = 0] = shuffled(waiting, random);
        if (random() < 0.01) dead.add(who);
        return who;
      };
      const works = [1, 2, 3].map((who) =>
        write(storeOf(disk, who), [`${who}.1`, `${who}.2`, `${who}.3`]),
      );
      // Making another account, it may take the folder of this one in the making for left.
      const elsewhere = write(storeOf(disk, 4), ['4.1'], () => {}, 'another account');
      const results = await runAll(disk, choose, [...works, elsewhere], dead);
      await expectOneHistory(disk, results.slice(0, 3).flat());
    }
  },
);

it(
  'a maker of a folder that is taken for dead at any step makes it whole or not at all',
  patience,
  async () => {
    for (let steps = 0; steps < 10; steps += 1) {
      for (let stepsOfOther = 0; stepsOfOther < 25; stepsOfOther += 1) {
        const disk = new ModelDisk(() => true);
        const maker = attempt(storeOf(disk, 1), [], 'a').catch(() => null);
        const other = attempt(storeOf(disk, 2), [], 'b', 'another account').catch(() => null);
        await settled();
        for (let step = 0; step < steps; step += 1) await disk.step(1);
        for (let step = 0; step < stepsOfOther; step += 1) await disk.step(2);
        const [made] = await runAll(disk, (waiting) => Math.min(...waiting), [maker, other]);
        expect((await readOn(disk)).record).toEqual(made?.record ?? null);
        await runAll(disk, () => 0, [write(storeOf(disk, 0), ['next'])]);
      }
    }
  },
);

describe('a writer that sleeps', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'for 100 swaps of others, %i steps into its own, is told the truth',
    async (steps) => {
      const disk = new ModelDisk();
      await runAll(disk, () => 0, [write(storeOf(disk, 0), ['a'])]);
      const sleeper = attempt(storeOf(disk, 1), ['a'], 'late');
      await settled();
      for (let step = 0; step < steps; step += 1) await disk.step(1);
      const others = Array.from({ length: 100 }, (_, i) => `b${i}`);
      await runAll(
        disk,
        (waiting) => Math.max(...waiting),
        [write(storeOf(disk, 2), others)],
        new Set([1]),
      );
      const [result] = await runAll(disk, () => 1, [sleeper]);
      expect(result?.ok).toBe(steps >= 5);
      const { record } = await readOn(disk);
      expect(record?.value.split(' ').filter((version) => version === 'late')).toHaveLength(
        steps >= 5 ? 1 : 0,
      );
      expect(record?.value.split(' ').filter((version) => version !== 'late')).toEqual([
        'a',
        ...others,
      ]);
    },
  );
});

describe(
  'whatever a loss of power leaves, all that was answered is in it, and one can go on',
  patience,
  () => {
    it('after the work of two processes', () =>
      loseAllPower(40, async (disk, onWon) =>
        [1, 2].map((who) => write(storeOf(disk, who), [`${who}.1`, `${who}.2`], onWon)),
      ));

    it('after a swap that was sent again while it was under way', () =>
      loseAllPower(40, async (disk, onWon) => {
        await runAll(disk, () => 0, [write(storeOf(disk, 0), ['a'])]);
        return [1, 2].map((who) =>
          attempt(storeOf(disk, who), ['a'], 'b').then(({ ok }) => ok && onWon('b')),
        );
      }));
  },
);

/** Looks after each step at every disk that would be found if it were the last. */
async function loseAllPower(
  seeds: number,
  begin: (disk: ModelDisk, onWon: (version: string) => void) => Promise<Promise<unknown>[]>,
): Promise<void> {
  let count = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const [disk, random] = [new ModelDisk(), randomFrom(seed)];
    const answered: string[] = [];
    const works = await begin(disk, (version) => answered.push(version));
    await settled();
    for (let who = 0; disk.waiting.length > 0; await disk.step(who)) {
      for (const tree of disk.treesAfterPowerLoss()) {
        count += 1;
        await expectUsable(tree, answered);
      }
      // Long runs of one of them while the other sleeps are where it gets difficult.
      if (!disk.waiting.includes(who) || random() < 0.2) [who = 0] = shuffled(disk.waiting, random);
    }
    for (const tree of disk.treesAfterPowerLoss()) await expectUsable(tree, answered);
    await Promise.all(works);
  }
  console.log(`a loss of power: ${count} disks that it may leave`);
}

async function expectUsable(tree: ModelDisk['tree'], answered: readonly string[]): Promise<void> {
  const disk = new ModelDisk();
  for (const [path, text] of tree) disk.tree.set(path, text);
  const before = (await readOn(disk)).record?.value.split(' ') ?? [];
  expect(before).toEqual(expect.arrayContaining([...answered]));
  await runAll(disk, () => 0, [write(storeOf(disk, 0), ['next'])]);
  expect((await readOn(disk)).record?.value).toBe([...before, 'next'].join(' '));
}

function storeOf(disk: ModelDisk, who: number): TokenStore {
  return fileStoreOn(disk.for(who), { directory: '/records' });
}

/** One swap that expects this history and adds a version to it. */
function attempt(
  store: TokenStore,
  history: readonly string[],
  version: string,
  account = key,
): Promise<SwapResult> {
  return store.swap(account, history.at(-1) ?? null, {
    version,
    value: [...history, version].join(' '),
  });
}

/** Adds these versions one by one, each to what stands; all answers. */
async function write(
  store: TokenStore,
  versions: readonly string[],
  onWon = (_: string): void => {},
  account = key,
): Promise<SwapResult[]> {
  const results: SwapResult[] = [];
  let { record } = await store.read(account);
  for (const version of versions) {
    for (let isWon = false; !isWon; ) {
      const result = await attempt(store, record?.value.split(' ') ?? [], version, account).catch(
        () => null,
      );
      if (result === null) continue; // Like a session that got no answer, it sends the same swap again.
      [record, isWon] = [result.record, result.ok];
      results.push(result);
    }
    onWon(version);
  }
  return results;
}

/** Runs these step by step until all have ended that did not die; those have no result. */
async function runAll<Result>(
  disk: ModelDisk,
  choose: (waiting: readonly number[]) => number,
  works: readonly Promise<Result>[],
  dead: ReadonlySet<number> = new Set(),
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = works.map(() => undefined);
  const all = works.map(async (work, i) => {
    results[i] = await work;
  });
  await settled();
  for (;;) {
    const waiting = disk.waiting.filter((who) => !dead.has(who));
    if (waiting.length === 0) break;
    const who = choose(waiting);
    if (!dead.has(who)) await disk.step(who);
  }
  if (dead.size === 0) await Promise.all(all);
  return results;
}

/** Runs once for each way to decide all choices; resolves with how many there were. */
async function everyOrder(
  run: (choose: (waiting: readonly number[]) => number) => Promise<void>,
): Promise<number> {
  let taken: { index: number; readonly count: number }[] = [];
  for (let runs = 1; ; runs += 1) {
    let depth = 0;
    await run((waiting) => {
      const choice = taken[depth] ?? { index: 0, count: waiting.length };
      taken[depth] = choice;
      depth += 1;
      return waiting[choice.index] ?? 0;
    });
    taken = taken.slice(0, depth);
    while (taken.length > 0 && (taken.at(-1)?.index ?? 0) + 1 === taken.at(-1)?.count) taken.pop();
    const last = taken.at(-1);
    if (last === undefined) return runs;
    last.index += 1;
  }
}

async function readOn(disk: ModelDisk) {
  const [result] = await runAll(
    disk,
    (waiting) => Math.max(...waiting),
    [storeOf(disk, 99).read(key)],
    allBut99,
  );
  return result ?? { record: null, now: 0 };
}

const allBut99: ReadonlySet<number> = new Set(Array.from({ length: 99 }, (_, who) => who));

async function expectOneHistory(
  disk: ModelDisk,
  results: readonly (SwapResult | undefined)[],
): Promise<void> {
  const final = (await readOn(disk)).record?.value.split(' ') ?? [];
  expect(new Set(final).size).toBe(final.length);
  for (const result of results) {
    const shown = result?.record?.value.split(' ') ?? [];
    expect(final.slice(0, shown.length)).toEqual(shown);
  }
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
