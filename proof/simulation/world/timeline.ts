import { settled } from './stillness.ts';

/** Something that is going to happen, unless it is called off. */
export interface Happening {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

/** So many things do not happen in one millisecond, unless one brings about the next for ever. */
const mostAtOnce = 100_000;

/**
 * Simulated time. Nothing happens but what is written down here, one thing after the other;
 * whatever code does in answer to it is over before the next thing happens. So a run depends on
 * what was written down, and on nothing else.
 */
export class Timeline {
  readonly #queue: Happening[] = [];
  #order = 0;
  #now: number;
  #atOnce = 0;

  constructor(start: number) {
    this.#now = start;
  }

  /** True time, in epoch milliseconds; every clock of the simulation is a distortion of it. */
  get now(): number {
    return this.#now;
  }

  after(delay: number, run: () => void): Happening {
    return this.at(this.#now + delay, run);
  }

  /** What is due at the same time happens in the order in which it was written down. */
  at(time: number, run: () => void): Happening {
    const happening: Happening = { at: Math.max(time, this.#now), order: ++this.#order, run };
    push(this.#queue, happening);
    return happening;
  }

  cancel(happening: Happening): void {
    happening.run = null;
  }

  /** Lets time pass until `end`, or until there is nothing more to happen or `isOver` says so. */
  pass(end: number, isOver: () => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        const waiting = settled();
        if (waiting !== null) return void waiting.then(() => setImmediate(step), reject);
        try {
          const next = isOver() ? null : this.#next(end);
          if (next === null) {
            resolve();
            return;
          }
          next();
        } catch (error) {
          reject(error);
          return;
        }
        setImmediate(step); // Rings only when no promise is left that could be settled, whatever settled it.
      };
      setImmediate(step);
    });
  }

  #next(end: number): (() => void) | null {
    for (;;) {
      const first = this.#queue[0];
      if (first === undefined || first.at > end) {
        this.#now = Math.max(this.#now, end);
        return null;
      }
      pop(this.#queue);
      if (first.run === null) continue;
      this.#atOnce = first.at > this.#now ? 0 : this.#atOnce + 1;
      if (this.#atOnce > mostAtOnce)
        throw new Error(`something goes round and round at ${new Date(this.#now).toISOString()}`);
      this.#now = first.at;
      return first.run;
    }
  }
}

const isBefore = (a: Happening, b: Happening): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap: the earliest first. */
function push(heap: Happening[], item: Happening): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Happening;
    if (!isBefore(item, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = item;
}

function pop(heap: Happening[]): void {
  const last = heap.pop() as Happening;
  const { length } = heap;
  if (length === 0) return;
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, heap[child] as Happening)) child += 1;
    const least = heap[child] as Happening;
    if (!isBefore(least, last)) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = last;
}
