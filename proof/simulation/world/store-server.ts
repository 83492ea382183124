import type { ReadResult, StoredRecord, SwapResult, TokenStore } from '@act-on-token/core';
import { type MemoryStore, memoryStore } from '@act-on-token/memory';
import type { Random } from '../../support/random.ts';
import type { Life } from './life.ts';
import { latency } from './network.ts';
import type { BrokenStore } from './store-contract.ts';
import type { Timeline } from './timeline.ts';

/** How the way between one process and the store is at the moment. */
interface Way {
  slowUntil: number;
  /** So many of the next requests, or of the next answers, get lost. */
  lostRequests: number;
  lostAnswers: number;
  /** Reads go to a replica that is so many milliseconds behind. */
  lagsUntil: number;
  lag: number;
  /** Every other answer is nonsense. */
  confusedUntil: number;
  /** When the store last did not do as it should for this process. */
  troubledAt: number;
  /** The last hint about a record that reached this process, or was lost, by key. */
  readonly hints: Map<string, { readonly at: number; readonly isLost: boolean }>;
}

/** What a store does one way or the other, for a whole simulation. */
export interface StoreTraits {
  /**
   * How far its clock is from true time, in milliseconds; each node of a cluster has one of its
   * own.
   */
  readonly ahead: readonly number[];
  /** Whether it hints at every record once a process reaches it again. */
  readonly hintsOnReturn: boolean;
}

interface Version {
  readonly at: number;
  readonly record: StoredRecord | null;
}

/** How long a replica may be behind, at most. */
export const longestLag = 20_000;

/**
 * The records, on a machine of their own; every process reaches them through a network. They are
 * never lost.
 */
export class StoreServer {
  /** Called when a swap was carried out. */
  onWrite: (key: string, next: StoredRecord, life: Life) => void = () => {};
  /** Called when it can be reached again, after so long. */
  onReturn: (outage: number) => void = () => {};
  /** Called before anything that a process asks of it. */
  onCall: (life: Life, key: string) => void = () => {};
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #traits: StoreTraits;
  readonly #broken: BrokenStore | null;
  readonly #memory: MemoryStore;
  readonly #ways = new Map<string, Way>();
  readonly #history = new Map<string, Version[]>();
  readonly #watches = new Set<{
    readonly life: Life;
    readonly key: string;
    readonly tell: () => void;
  }>();
  readonly #lostFields = new Map<string, number>();
  readonly #nodes = new Map<string, number>();
  #setBack = 0;
  #leap = 0;
  #downUntil = 0;
  #isSilent = false;

  constructor(timeline: Timeline, random: Random, traits: StoreTraits, broken: BrokenStore | null) {
    this.#timeline = timeline;
    this.#random = random;
    this.#traits = traits;
    this.#broken = broken;
    this.#memory = memoryStore({ now: () => Math.floor(timeline.now) + this.#leap });
  }

  /** `isSilent`: nobody refuses connections either. */
  goDown(duration: number, isSilent: boolean): void {
    this.#downUntil = Math.max(this.#downUntil, this.#timeline.now + duration);
    this.#isSilent = isSilent;
    this.#timeline.at(this.#downUntil, () => this.#comeBack(duration));
  }

  /** Its clock is set back, on all of its nodes. */
  setBack(by: number): void {
    this.#setBack += by;
  }

  /** For one call its clock is so far ahead. */
  leap(by: number): void {
    this.#leap = by;
  }

  get readsLag(): boolean {
    return this.#broken === 'lagging';
  }

  /** Until then the record under this key lacks the field that says which version it is. */
  loseField(key: string, until: number): void {
    this.#lostFields.set(key, until);
  }

  wayOf(life: string): Way {
    const found = this.#ways.get(life);
    if (found !== undefined) return found;
    const way: Way = {
      ...{
        slowUntil: 0,
        lostRequests: 0,
        lostAnswers: 0,
        lagsUntil: 0,
        lag: 0,
        confusedUntil: 0,
        troubledAt: 0,
      },
      hints: new Map(),
    };
    this.#ways.set(life, way);
    return way;
  }

  /**
   * Whether everything that this process asked about a key since then was answered as it should be.
   */
  servedSince(life: string, since: number, key: string): boolean {
    const way = this.wayOf(life);
    const lostField = this.#lostFields.get(key) ?? 0;
    if (this.#broken !== null) return false;
    return (
      Math.max(
        way.troubledAt,
        way.slowUntil,
        way.lagsUntil,
        way.confusedUntil,
        this.#downUntil,
        lostField,
      ) < since
    );
  }

  /** The record as it lies there, past the network. */
  look(key: string): Promise<ReadResult> {
    return this.#memory.read(key);
  }

  handleOf(life: Life): TokenStore {
    const handle = this.#memory.open();
    return {
      reach: 'network',
      read: (key) =>
        this.#call(life, key, async () => this.#read(life, key, await handle.read(key))),
      swap: (key, expected, next) =>
        this.#call(life, key, () => this.#swap(life, handle, key, expected, next)),
      watch: (key, onChange) => this.#watch(life, handle, key, onChange),
      close: () => handle.close(),
    };
  }

  #read(life: Life, key: string, { record, now }: ReadResult): ReadResult {
    const way = this.wayOf(life.name);
    if (this.#isFieldLost(key)) return { record: null, now };
    const isLagging = this.#broken === 'lagging' || this.#timeline.now < way.lagsUntil;
    if (!isLagging) return { record, now };
    const lag = this.#broken === 'lagging' ? this.#random.below(longestLag) : way.lag;
    return { record: this.#asOf(key, this.#timeline.now - lag), now };
  }

  #asOf(key: string, time: number): StoredRecord | null {
    const history = this.#history.get(key) ?? [];
    for (let index = history.length - 1; index >= 0; index -= 1) {
      const version = history[index];
      if (version !== undefined && version.at <= time) return version.record;
    }
    return null;
  }

  async #swap(
    life: Life,
    handle: MemoryStore,
    key: string,
    expected: string | null,
    next: StoredRecord,
  ): Promise<SwapResult> {
    const before = (await handle.read(key)).record;
    if (this.#isFieldLost(key))
      return { ok: false, record: null, now: (await handle.read(key)).now };
    const wins = this.#broken === 'last-writer-wins' ? (before?.version ?? null) : expected;
    const answer = await handle.swap(key, wins, next);
    if (!answer.ok || before?.version === next.version) return answer;
    if (this.#broken === 'losing' && this.#random.below(100) === 0)
      await this.#lose(handle, key, before, next);
    else this.#wrote(life, key, next);
    return answer;
  }

  /** What was acknowledged is gone, as after the fail-over to a replica that had not got it yet. */
  async #lose(
    handle: MemoryStore,
    key: string,
    before: StoredRecord | null,
    next: StoredRecord,
  ): Promise<void> {
    if (before !== null) await handle.swap(key, next.version, before);
  }

  #wrote(life: Life, key: string, next: StoredRecord): void {
    const history = this.#history.get(key) ?? [];
    this.#history.set(key, history);
    history.push({ at: this.#timeline.now, record: { version: next.version, value: next.value } });
    while (history[1] !== undefined && history[1].at < this.#timeline.now - 2 * longestLag)
      history.shift();
    this.onWrite(key, next, life);
  }

  #call<Answer extends ReadResult>(
    life: Life,
    key: string,
    carryOut: () => Promise<Answer>,
  ): Promise<Answer> {
    this.onCall(life, key);
    return new Promise((resolve, reject) => {
      const deliver = life.wayBack();
      const way = this.wayOf(life.name);
      const fail = (): void =>
        void this.#timeline.after(this.#delay(way), () => deliver(() => reject(broken())));
      const trouble = (): void => {
        way.troubledAt = this.#timeline.now;
      };
      if (take(way, 'lostRequests')) {
        trouble();
        if (this.#random.below(2) > 0) fail();
        return;
      }
      this.#timeline.after(this.#delay(way), async () => {
        if (this.#isDown()) {
          trouble();
          return this.#isSilent ? undefined : fail();
        }
        const isConfused = this.#timeline.now < way.confusedUntil && this.#random.below(2) > 0;
        const answer = isConfused
          ? await this.#nonsense(key, carryOut)
          : this.#byItsClock(key, await carryOut());
        this.#leap = 0;
        if (take(way, 'lostAnswers')) {
          trouble();
          return this.#random.below(2) > 0 ? fail() : undefined;
        }
        this.#timeline.after(this.#delay(way), () => {
          if (!this.#isDown()) deliver(() => resolve(answer));
          else if (!this.#isSilent) deliver(() => reject(broken()));
          if (this.#isDown()) trouble();
        });
      });
    });
  }

  /** The answers of an adapter with a defect, or of a proxy that has one. */
  async #nonsense<Answer extends ReadResult>(
    key: string,
    carryOut: () => Promise<Answer>,
  ): Promise<Answer> {
    const { record, now } = this.#byItsClock(key, await this.#memory.read(key));
    const isDone = this.#random.below(2) > 0;
    const done = isDone ? this.#byItsClock(key, await carryOut()) : { ok: false, record, now };
    const answers: readonly [unknown, ...unknown[]] = [
      { ok: false, record, now },
      { ok: false, record, now },
      undefined,
      null,
      { ...done, now: undefined },
      { ...done, now: 'soon' },
      { ok: true, record: { version: 5 }, now },
      { ok: 'yes', record: undefined, now },
      { record: { version: record?.version, value: undefined }, now },
      {},
    ];
    return this.#random.pick(answers) as Answer;
  }

  #byItsClock<Answer extends ReadResult>(key: string, answer: Answer): Answer {
    const { ahead } = this.#traits;
    const node = this.#nodeOf(key);
    const now = answer.now + (ahead[node] ?? 0) - this.#setBack;
    return ahead.length === 1 ? { ...answer, now } : { ...answer, now, clock: `node ${node}` };
  }

  /** On which node a record is depends on its key. */
  #nodeOf(key: string): number {
    const node = this.#nodes.get(key) ?? this.#nodes.size % this.#traits.ahead.length;
    this.#nodes.set(key, node);
    return node;
  }

  #watch(life: Life, handle: MemoryStore, key: string, onChange: () => void): () => void {
    const watch = { life, key, tell: () => this.#hint(life, key, onChange) };
    const stop = handle.watch(key, watch.tell);
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      stop();
    };
  }

  /** One in eight never comes, one in sixteen comes late, and one in sixteen twice. */
  #hint(life: Life, key: string, onChange: () => void): void {
    const die = this.#random.below(16);
    const isLost = this.#isDown() || die < 2;
    const { hints } = this.wayOf(life.name);
    hints.set(key, { at: this.#timeline.now, isLost });
    if (isLost) return;
    const ring = (delay: number): void =>
      void this.#timeline.after(delay, () => life.deliver(onChange));
    ring(this.#delay(this.wayOf(life.name)) + (die === 2 ? this.#random.below(45_000) : 0));
    if (die === 3) ring(this.#random.below(5_000));
  }

  #comeBack(outage: number): void {
    if (this.#isDown()) return;
    this.onReturn(outage);
    if (!this.#traits.hintsOnReturn) return;
    for (const { life, tell } of [...this.#watches]) if (life.isAlive) tell();
  }

  #isDown(): boolean {
    return this.#timeline.now < this.#downUntil;
  }

  #isFieldLost(key: string): boolean {
    return this.#timeline.now < (this.#lostFields.get(key) ?? 0);
  }

  #delay({ slowUntil }: Way): number {
    return this.#timeline.now < slowUntil ? this.#random.between(50, 2_800) : latency(this.#random);
  }
}

function take(way: Way, what: 'lostRequests' | 'lostAnswers'): boolean {
  if (way[what] === 0) return false;
  way[what] -= 1;
  return true;
}

function broken(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}
