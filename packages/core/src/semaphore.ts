import { Bell } from './bell.ts';
import type { Clock } from './clock.ts';

type Release = () => void;

interface Ticket extends Pick<Bell, 'ring'> {
  readonly isWanted: () => boolean;
  readonly longestUse: number;
  release: Release | null;
}

/**
 * Lets so many through at once, in the order in which they came. A place that is not given back in
 * time is taken back: its holder belonged to a request that has ended. Held by: pool.test.ts,
 * many-sessions.test.ts.
 */
export class Semaphore {
  readonly #clock: Clock;
  readonly #places: number;
  /** When (monotonic) each place that is taken lapses. */
  readonly #taken = new Set<{ readonly until: number }>();
  readonly #queue = new Set<Ticket>();

  constructor(places: number, clock: Clock) {
    this.#places = places;
    this.#clock = clock;
  }

  /**
   * Resolves to the function that gives the place back; to `null` after `patience` milliseconds, or
   * if it is no longer wanted.
   */
  async acquire(
    patience: number,
    longestUse: number,
    isWanted: () => boolean,
  ): Promise<Release | null> {
    const bell = new Bell(this.#clock);
    const ticket: Ticket = { isWanted, longestUse, ring: () => bell.ring(), release: null };
    this.#queue.add(ticket);
    const end = this.#clock.monotonic() + patience;
    for (let left = patience; ; left = end - this.#clock.monotonic()) {
      this.#handOn();
      if (ticket.release !== null || left <= 0 || !isWanted()) break;
      await bell.wait(Math.max(1, Math.min(left, this.#nextLapse())));
    }
    this.#queue.delete(ticket);
    return ticket.release;
  }

  /** All who wait look again whether they are still wanted. */
  wake(): void {
    for (const ticket of this.#queue) ticket.ring();
  }

  #handOn(): void {
    const now = this.#clock.monotonic();
    for (const place of this.#taken) if (place.until <= now) this.#taken.delete(place);
    for (const ticket of this.#queue) {
      if (this.#taken.size >= this.#places) return;
      this.#queue.delete(ticket);
      if (ticket.isWanted()) ticket.release = this.#take(now + ticket.longestUse);
      ticket.ring();
    }
  }

  #take(until: number): Release {
    const place = { until };
    this.#taken.add(place);
    return () => {
      if (this.#taken.delete(place)) this.#handOn();
    };
  }

  #nextLapse(): number {
    return Math.min(...[...this.#taken].map(({ until }) => until)) - this.#clock.monotonic();
  }
}
