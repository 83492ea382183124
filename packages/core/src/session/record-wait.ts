import { Bell, Flight } from '../bell.ts';
import { isActOnTokenError } from '../errors.ts';
import { longestCall } from '../timed-store.ts';
import type { Account } from './account.ts';
import type { Announcer } from './announcer.ts';
import type { Wait } from './wait.ts';

const firstPoll = 100;
const longestPoll = 1_000;
/** Longest that a shared read takes, in milliseconds. */
export const longestRead: number = longestCall + 500;

/**
 * Reading the record, and waiting for others to change it: all who do so in one session share one
 * read, one watch and one poll, from 100 ms to 1 s apart. Calls: cached-record, announcer. Held by:
 * watching.test.ts and the interleavings.
 */
export class RecordWait {
  readonly #account: Account;
  readonly #announcer: Announcer;
  /** Rings when the record changed here. */
  readonly #changed: Bell;
  #reading: Flight | null = null;
  #users = 0;
  #unwatch = (): void => {};
  #poll = firstPoll;
  /** When (monotonic) the record is read next, if nothing else happens. */
  #pollAt = Number.NEGATIVE_INFINITY;
  /** Another process changed the record since the last read began. */
  // Stryker disable next-line BooleanLiteral: each read begins by setting it.
  #isHinted = false;

  constructor(account: Account, announcer: Announcer) {
    this.#account = account;
    this.#announcer = announcer;
    this.#changed = new Bell(account.environment.clock);
  }

  get inUse(): boolean {
    return this.#users > 0;
  }

  /** Watches the record until the returned function is called. */
  join(): () => void {
    if (this.#users === 0) {
      this.#unwatch = this.#account.watch(() => this.#hint());
      this.#schedule(firstPoll);
    }
    this.#users += 1;
    let isJoined = true;
    return () => {
      if (!isJoined) return;
      isJoined = false;
      this.#users -= 1;
      if (this.#users === 0) this.#unwatch();
    };
  }

  /** Reads the record; all who ask meanwhile share the read. It fails with `store_unavailable`. */
  look(): Flight {
    if (!this.#reading?.isRunning)
      this.#reading = new Flight(this.#account.environment.clock, longestRead, (flight) =>
        this.#read(flight),
      );
    return this.#reading;
  }

  /** Waits until the record may be another one, at the latest until `until` (store time). */
  async next(wait: Wait, until: number): Promise<void> {
    const account = this.#account;
    const before = account.record;
    const pause = Math.min(
      this.#pollAt - account.environment.clock.monotonic(),
      until - account.now(),
    );
    if (pause > 0) await wait.for(this.#changed, pause);
    if (account.record !== before) return;
    await wait.until(this.look(), longestRead);
  }

  /** The record changed here, so there is nothing to read. */
  wake(): void {
    this.#schedule(firstPoll);
    this.#changed.ring();
  }

  #schedule(poll: number): void {
    this.#poll = poll;
    this.#pollAt = this.#account.environment.clock.monotonic() + poll;
  }

  /** Only a read that begins after a hint answers it. */
  async #read(flight: Flight): Promise<void> {
    try {
      do {
        this.#isHinted = false;
        flight.extend(longestRead);
        await this.#account.read();
      } while (this.#isHinted && this.inUse);
      this.#announcer.storeAnswered();
    } catch (error) {
      if (isActOnTokenError(error, 'store_unavailable'))
        this.#announcer.fail(error, { type: 'store_failed', error });
      throw error;
    } finally {
      this.#schedule(Math.min(this.#poll * 2, longestPoll));
    }
  }

  #hint(): void {
    this.#isHinted = true;
    if (this.inUse) this.look();
  }
}
