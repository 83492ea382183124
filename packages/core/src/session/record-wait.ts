import { startTimer, type Timer } from '../clock.ts';
import { longestCall } from '../timed-store.ts';
import type { CachedRecord } from './cached-record.ts';
import type { Environment } from './options.ts';
import { SingleFlight } from './single-flight.ts';

const firstPoll = 100;
const longestPoll = 1_000;
/** Longest that one round takes. */
export const longestRound: number = longestPoll + longestCall + 500;

/**
 * Waiting for others: all who wait in one session share one watch and one poll, from 100 ms to 1 s apart. Calls: cached-record.
 * Held by: watching.test.ts and the interleavings.
 */
export class RecordWait {
  readonly #environment: Environment;
  readonly #record: CachedRecord;
  readonly #round: SingleFlight<void>;
  readonly #catchUp: SingleFlight<void>;
  #users = 0;
  #unwatch = (): void => {};
  #poll = firstPoll;
  /** Hints that came, and how many of them a read has answered that began after them. */
  #hints = 0;
  #seen = 0;
  #sleeping: Timer | null = null;
  /** Called when the read that a hint asked for fails. */
  onFailure: (error: unknown) => void = () => {};

  constructor(environment: Environment, record: CachedRecord) {
    this.#environment = environment;
    this.#record = record;
    this.#round = new SingleFlight(environment.clock);
    this.#catchUp = new SingleFlight(environment.clock);
  }

  get inUse(): boolean {
    return this.#users > 0;
  }

  /** Watches the record until the returned function is called. */
  join(): () => void {
    if (this.#users === 0) {
      this.#poll = firstPoll;
      this.#unwatch = this.#record.watch(() => this.#hint());
    }
    this.#users += 1;
    let joined = true;
    return () => {
      if (!joined) return;
      joined = false;
      this.#users -= 1;
      if (this.#users === 0) this.#unwatch();
    };
  }

  /** Resolves once the record may be another one, at the latest at `until` (store time). Rejects if the store is down. */
  next(until: number): Promise<void> {
    return this.#round.run(longestRound, () => this.#wait(until));
  }

  /** The record changed here, so there is nothing to read. */
  wake(): void {
    this.#poll = firstPoll;
    this.#sleeping?.wake();
  }

  async #wait(until: number): Promise<void> {
    const before = this.#record.record;
    if (this.#hints === this.#seen) await this.#sleep(Math.min(this.#poll, Math.max(until - this.#record.now(), 0)));
    this.#poll = Math.min(this.#poll * 2, longestPoll);
    if (this.#record.record === before || this.#hints !== this.#seen) await this.#read();
  }

  async #sleep(delay: number): Promise<void> {
    const timer = startTimer(this.#environment.clock, delay, true);
    this.#sleeping = timer;
    await timer.done;
    if (this.#sleeping === timer) this.#sleeping = null;
  }

  /** Only a read that begins after a hint answers it. */
  async #read(): Promise<void> {
    const hints = this.#hints;
    await this.#record.read();
    this.#seen = hints;
  }

  /** Another process changed the record: whoever waits reads it, and if no one waits it is read for the subscribers. */
  #hint(): void {
    this.#hints += 1;
    this.#sleeping?.wake();
    void this.#catchUp.run(longestRound, () => this.#follow());
  }

  async #follow(): Promise<void> {
    while (this.#hints !== this.#seen && this.#users > 0) {
      if (this.#round.isRunning) await this.#round.run(longestRound, () => Promise.resolve()).catch(() => {});
      else await this.#read().catch((error: unknown) => this.#giveUp(error));
    }
  }

  /** A hint is no reason to fail, but those who listen have to learn later what it was about. */
  #giveUp(error: unknown): void {
    this.#seen = this.#hints;
    this.onFailure(error);
  }
}
