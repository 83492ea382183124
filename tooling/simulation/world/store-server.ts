import type { ReadResult, StoredRecord, TokenStore } from '@act-on-token/core';
import { type MemoryStore, memoryStore } from '@act-on-token/memory';
import type { Random } from '../../chaos/random.ts';
import type { Life } from './life.ts';
import { latency } from './network.ts';
import type { Timeline } from './timeline.ts';

/** How the way between one process and the store is at the moment. */
interface Way {
  slowUntil: number;
  /** So many of the next requests, or of the next answers, get lost. */
  lostRequests: number;
  lostAnswers: number;
}

/** The records, on a machine of their own; every process reaches them through a network. They are never lost. */
export class StoreServer {
  /** Called when a swap was carried out. */
  onWrite: (key: string, next: StoredRecord, life: Life) => void = () => {};
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #memory: MemoryStore;
  readonly #ways = new Map<string, Way>();
  #downUntil = 0;
  #isSilent = false;

  /** `ahead`: how far its clock is from true time, in milliseconds. */
  constructor(timeline: Timeline, random: Random, ahead: number) {
    this.#timeline = timeline;
    this.#random = random;
    this.#memory = memoryStore({ now: () => Math.floor(timeline.now + ahead) });
  }

  /** `isSilent`: nobody refuses connections either. */
  goDown(duration: number, isSilent: boolean): void {
    this.#downUntil = Math.max(this.#downUntil, this.#timeline.now + duration);
    this.#isSilent = isSilent;
  }

  wayOf(life: string): Way {
    const way = this.#ways.get(life) ?? { slowUntil: 0, lostRequests: 0, lostAnswers: 0 };
    this.#ways.set(life, way);
    return way;
  }

  /** The record as it lies there, past the network. */
  look(key: string): Promise<ReadResult> {
    return this.#memory.read(key);
  }

  handleOf(life: Life): TokenStore {
    const handle = this.#memory.open();
    return {
      reach: 'network',
      read: (key) => this.#call(life, () => handle.read(key)),
      swap: (key, expected, next) =>
        this.#call(life, async () => {
          const before = (await handle.read(key)).record?.version;
          const answer = await handle.swap(key, expected, next);
          if (answer.ok && before !== next.version) this.onWrite(key, next, life);
          return answer;
        }),
      watch: (key, onChange) => handle.watch(key, () => this.#hint(life, onChange)),
      close: () => handle.close(),
    };
  }

  #call<Answer>(life: Life, carryOut: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const way = this.wayOf(life.name);
      const fail = (): void => void this.#timeline.after(this.#delay(way), () => life.deliver(() => reject(broken())));
      if (take(way, 'lostRequests')) return this.#random.below(2) > 0 ? fail() : undefined;
      this.#timeline.after(this.#delay(way), async () => {
        if (this.#isDown()) return this.#isSilent ? undefined : fail();
        const answer = await carryOut();
        if (take(way, 'lostAnswers')) return this.#random.below(2) > 0 ? fail() : undefined;
        this.#timeline.after(this.#delay(way), () => {
          if (!this.#isDown()) life.deliver(() => resolve(answer));
          else if (!this.#isSilent) life.deliver(() => reject(broken()));
        });
      });
    });
  }

  /** One in eight never comes. */
  #hint(life: Life, onChange: () => void): void {
    if (this.#isDown() || this.#random.below(8) === 0) return;
    this.#timeline.after(this.#delay(this.wayOf(life.name)), () => life.deliver(onChange));
  }

  #isDown(): boolean {
    return this.#timeline.now < this.#downUntil;
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
