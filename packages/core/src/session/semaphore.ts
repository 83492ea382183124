import { type Clock, startTimer, type Timer } from '../clock.ts';
import { endsWithRequests, glance } from './single-flight.ts';

type Release = () => void;

interface Waiter {
  readonly isWanted: () => boolean;
  readonly longestUse: number;
  readonly timer: Timer;
  release: Release | null;
}

/**
 * Lets so many through at once, in the order in which they came. A place that is not given back in time is taken back: its holder
 * belonged to a request that has ended.
 */
export class Semaphore {
  readonly #clock: Clock;
  readonly #places: number;
  /** When (monotonic) each place that is taken lapses. */
  readonly #taken = new Set<{ readonly until: number }>();
  readonly #queue = new Set<Waiter>();

  constructor(places: number, clock: Clock) {
    this.#places = places;
    this.#clock = clock;
  }

  /** Resolves to the function that gives the place back; to `null` if there was none within `patience`, or it is no longer wanted. */
  async acquire(patience: number, longestUse: number, isWanted: () => boolean): Promise<Release | null> {
    const end = this.#clock.monotonic() + patience;
    while (isWanted()) {
      this.#reclaim();
      if (this.#taken.size < this.#places) return this.#take(longestUse);
      const left = end - this.#clock.monotonic();
      if (left <= 0) return null;
      const release = await this.#queueUp(Math.min(left, this.#nextLapse()), longestUse, isWanted);
      if (release !== null) return release;
    }
    return null;
  }

  /** All who wait look again whether they are still wanted. */
  wake(): void {
    for (const { timer } of this.#queue) timer.wake();
  }

  async #queueUp(delay: number, longestUse: number, isWanted: () => boolean): Promise<Release | null> {
    const timer = startTimer(this.#clock, Math.max(delay, 1), true);
    const waiter: Waiter = { isWanted, longestUse, timer, release: null };
    this.#queue.add(waiter);
    if (endsWithRequests()) {
      timer.cancel();
      for (const end = this.#clock.monotonic() + delay; waiter.release === null && isWanted(); ) {
        if (this.#clock.monotonic() >= end) break;
        await startTimer(this.#clock, glance, true).done;
      }
    } else await timer.done;
    this.#queue.delete(waiter);
    return waiter.release;
  }

  #take(longestUse: number): Release {
    const place = { until: this.#clock.monotonic() + longestUse };
    this.#taken.add(place);
    return () => {
      if (this.#taken.delete(place)) this.#handOn();
    };
  }

  /** To the first who still wants it. */
  #handOn(): void {
    for (const waiter of this.#queue) {
      this.#queue.delete(waiter);
      if (waiter.isWanted()) waiter.release = this.#take(waiter.longestUse);
      waiter.timer.wake();
      if (waiter.release !== null) return;
    }
  }

  #nextLapse(): number {
    return Math.min(...[...this.#taken].map(({ until }) => until)) - this.#clock.monotonic();
  }

  #reclaim(): void {
    const now = this.#clock.monotonic();
    for (const place of this.#taken) if (place.until <= now) this.#taken.delete(place);
  }
}
