import { refreshAheadAt } from '../machine.ts';
import type { Parts } from './parts.ts';
import { nextChangeAt } from './snapshot.ts';
import type { TokenSource } from './token-source.ts';
import { onWake } from './wake.ts';

/** How long after a failed look the store is asked again, in milliseconds. */
const retry = { first: 1_000, longest: 60_000 } as const;

/**
 * While someone listens, or a session refreshes by itself: watches the record, wakes up with the
 * machine, and acts when time changes something. Its timers keep no process alive. Calls:
 * token-source, announcer, record-wait. Held by: watching.test.ts.
 */
export class Background {
  readonly #parts: Parts;
  readonly #source: TokenSource;
  #end: (() => void) | null = null;

  constructor(parts: Parts, source: TokenSource) {
    this.#parts = parts;
    this.#source = source;
  }

  get isRunning(): boolean {
    return this.#end !== null;
  }

  start(): void {
    if (this.isRunning || this.#parts.account.closed) return;
    const leave = this.#parts.recordWait.join();
    const stopWaking = onWake(() => {
      this.#source.forgetPauses();
      this.#parts.recordWait.look();
      this.wake();
    });
    this.#end = () => {
      leave();
      stopWaking();
    };
    // There was no watch until now.
    this.#parts.recordWait.look();
    void this.#run(this.#end);
  }

  end(): void {
    this.#end?.();
    this.#end = null;
    this.wake();
  }

  /** The record changed: something else may be due next. */
  wake(): void {
    this.#parts.announcer.news.ring();
  }

  async #run(end: () => void): Promise<void> {
    const { account } = this.#parts;
    const { clock, rules, autoRefresh } = account.environment;
    let pause = 0;
    let lookAt = Number.POSITIVE_INFINITY;
    let checked = '';
    await null; // A listener is not called before subscribe() has returned.
    while (this.#end === end) {
      // A store that is down shows in the snapshot, and so must a store that is back: it is asked
      // again after a growing pause.
      if (!this.#parts.announcer.isStoreDown) [pause, lookAt] = [0, Number.POSITIVE_INFINITY];
      else if (pause === 0 || clock.monotonic() >= lookAt) {
        if (pause > 0) this.#parts.recordWait.look();
        pause = Math.min(Math.max(pause * 2, retry.first), retry.longest);
        lookAt = clock.monotonic() + pause;
      }
      const now = account.now();
      const { claim } = account.record;
      // A claim that should be over: its end may have come without a hint.
      if (claim !== null && claim.id !== checked && claim.until <= now) {
        checked = claim.id;
        if (clock.monotonic() - account.asOf > now - claim.until) this.#parts.recordWait.look();
      }
      this.#parts.announcer.announce();
      const dueIn = autoRefresh
        ? refreshAheadAt(account.record, rules) - now
        : Number.POSITIVE_INFINITY;
      const isDue = dueIn <= 0 && this.#source.aheadPause() === 0;
      const refreshing = isDue ? this.#source.refreshAhead() : null;
      // Nothing can be sent: perhaps another process has done it, and the hint was lost.
      if (isDue && refreshing === null) this.#parts.recordWait.look();
      const ahead = Math.max(dueIn, this.#source.aheadPause());
      const change = nextChangeAt(account.record, rules, now) - now;
      const delay = Math.min(change, pause > 0 ? lookAt - clock.monotonic() : ahead);
      if (refreshing !== null) await refreshing.settled();
      else await this.#parts.announcer.news.wait(Math.max(delay, 1), [], false);
    }
  }
}
