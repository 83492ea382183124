import { startTimer, type Timer } from '../clock.ts';
import type { Environment } from './options.ts';
import type { Replica } from './replica.ts';

const firstPoll = 100;
const longestPoll = 1_000;

/** Waiting for others: all who wait in one session share one watch and one poll, from 100 ms to 1 s apart. */
export class Waiter {
  readonly #environment: Environment;
  readonly #replica: Replica;
  #users = 0;
  #unwatch = (): void => {};
  #poll = firstPoll;
  #hinted = false;
  #round: Promise<void> | null = null;
  #sleeping: Timer | null = null;
  #reading: Promise<void> | null = null;

  constructor(environment: Environment, replica: Replica) {
    this.#environment = environment;
    this.#replica = replica;
  }

  get inUse(): boolean {
    return this.#users > 0;
  }

  /** Watches the record until the returned function is called. */
  join(): () => void {
    if (this.#users === 0) {
      this.#poll = firstPoll;
      this.#unwatch = this.#replica.watch(() => this.#hint());
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
    this.#round ??= this.#wait(until).finally(() => {
      this.#round = null;
    });
    return this.#round;
  }

  /** The record changed here, so there is nothing to read. */
  wake(): void {
    this.#poll = firstPoll;
    this.#sleeping?.wake();
  }

  async #wait(until: number): Promise<void> {
    const before = this.#replica.record;
    if (!this.#hinted) await this.#sleep(Math.min(this.#poll, Math.max(until - this.#replica.now(), 0)));
    this.#hinted = false;
    this.#poll = Math.min(this.#poll * 2, longestPoll);
    if (this.#replica.record === before) await this.#replica.read();
  }

  async #sleep(delay: number): Promise<void> {
    this.#sleeping = startTimer(this.#environment.clock, delay, true);
    await this.#sleeping.done;
    this.#sleeping = null;
  }

  /** Somebody changed the record: whoever waits reads it, and if nobody waits it is read for the subscribers. */
  #hint(): void {
    this.#hinted = true;
    this.#sleeping?.wake();
    if (this.#round === null)
      this.#reading ??= this.#catchUp().finally(() => {
        this.#reading = null;
      });
  }

  async #catchUp(): Promise<void> {
    while (this.#hinted && this.#round === null && this.#users > 0) {
      this.#hinted = false;
      await this.#replica.read().catch(() => {}); // A hint is no reason to fail; the next one who needs the record will.
    }
  }
}

/** The promise, unless `signal` aborts first: then its reason. Only this wait ends; the work goes on for others. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    const done = (): void => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(done);
  });
}
