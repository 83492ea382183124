import type { TimerHandle } from '../clock.ts';
import { refreshAheadAt } from '../machine.ts';
import type { Parts } from './parts.ts';
import { nextChangeAt } from './snapshot.ts';
import type { TokenSource } from './token-source.ts';
import { onWake } from './wake.ts';

/** How long after a failed look the store is asked again: from a second to a minute. */
const retry = { first: 1_000, longest: 60_000 } as const;

/**
 * While something listens, or a session refreshes by itself: watches the record, wakes up with the machine, and acts when time
 * changes something. Owns: one timer, which keeps no process alive. Calls: token-source, announcer, and the record's waits. Held by:
 * watching.test.ts.
 */
export class Background {
  readonly #parts: Parts;
  readonly #source: TokenSource;
  #leave: (() => void) | null = null;
  #stopWaking = (): void => {};
  #timer: TimerHandle | null = null;
  /** The pause before the store is asked again, in milliseconds, and when (monotonic) it is over; 0: it answered. */
  #retry = 0;
  #retryAt = 0;

  constructor(parts: Parts, source: TokenSource) {
    this.#parts = parts;
    this.#source = source;
  }

  get isRunning(): boolean {
    return this.#leave !== null;
  }

  start(): void {
    if (this.#leave !== null || this.#parts.closed) return;
    this.#leave = this.#parts.recordWait.join();
    this.#stopWaking = onWake(() => {
      this.#source.forgetPauses();
      this.#parts.requests.checkDeadline();
      this.#look();
    });
    this.#parts.announcer.onFailure = () => this.#lookLater();
    // There was no watch until now.
    this.#look();
  }

  end(): void {
    if (this.#leave === null) return;
    this.#leave();
    this.#leave = null;
    this.#stopWaking();
    this.#parts.announcer.onFailure = () => {};
    this.#disarm();
  }

  /** Sets the timer to the next moment at which a snapshot says something else or a refresh is due. */
  arm(): void {
    if (this.#leave === null) return;
    this.#disarm();
    const { environment, record } = this.#parts;
    const now = record.now();
    const change = nextChangeAt(record.record, environment.rules, now) - now;
    const ahead = environment.autoRefresh
      ? Math.max(refreshAheadAt(record.record, environment.rules) - now, this.#source.aheadPause())
      : Number.POSITIVE_INFINITY;
    // While the store is down there is nothing to be done but to ask it again.
    const next = this.#retry > 0 ? this.#retryAt - environment.clock.monotonic() : ahead;
    const delay = Math.max(Math.min(change, next), 1);
    if (delay === Number.POSITIVE_INFINITY) return;
    this.#timer = environment.clock.setTimeout(() => this.#tick(), delay, false);
  }

  #disarm(): void {
    if (this.#timer !== null) this.#parts.environment.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** A store that is down shows in the snapshot, and so must a store that is back. */
  #look(): void {
    this.#parts.load().then(
      () => {
        this.#retry = 0;
        this.#act();
      },
      () => this.#lookLater(),
    );
  }

  #lookLater(): void {
    if (this.#parts.announcer.snapshot.error?.code !== 'store_unavailable') return;
    const now = this.#parts.environment.clock.monotonic();
    // A failed look comes by twice: as a failure that is announced, and as the end of the look.
    if (this.#retry === 0 || now >= this.#retryAt) {
      this.#retry = Math.min(Math.max(this.#retry * 2, retry.first), retry.longest);
      this.#retryAt = now + this.#retry;
    }
    this.arm();
  }

  #tick(): void {
    if (this.#leave === null) return;
    const { record } = this.#parts;
    const { claim } = record.record;
    const since = claim === null ? -1 : record.now() - claim.until;
    // A claim that should be over: its end may have come without a hint.
    const isOverdue = since >= 0 && record.age > since;
    if (this.#retry > 0 || isOverdue) this.#look();
    else this.#act();
  }

  #act(): void {
    if (this.#leave === null) return;
    const { environment, record, announcer } = this.#parts;
    announcer.announce();
    const isDue = environment.autoRefresh && record.now() >= refreshAheadAt(record.record, environment.rules);
    if (isDue && this.#source.aheadPause() === 0) void this.#source.refreshAhead().then(() => this.arm());
    else this.arm();
  }
}
