import { refreshAheadAt } from '../machine.ts';
import type { Account } from './account.ts';
import { alarmOf, onWake } from './ahead.ts';
import type { Obtain } from './obtain.ts';
import { nextChangeAt } from './snapshot.ts';

/** While somebody listens, or a session refreshes by itself: watches, wakes up with the machine, and rings when time changes something. */
export class Attendance {
  readonly #account: Account;
  readonly #obtain: Obtain;
  readonly #leave: () => void;
  readonly #sleepOn: () => void;
  readonly #ring = (): void => this.#tick();

  constructor(account: Account, obtain: Obtain) {
    this.#account = account;
    this.#obtain = obtain;
    this.#leave = account.waiter.join();
    this.#sleepOn = onWake(() => {
      obtain.forgetPauses();
      this.#look();
    });
    // Anew, for nobody watched until now.
    this.#look();
  }

  end(): void {
    if (this.#account.attendance !== this) return;
    this.#account.attendance = null;
    this.#leave();
    this.#sleepOn();
    alarmOf(this.#account.environment.clock).clear(this.#ring);
  }

  /** Sets the alarm to the next moment at which a snapshot says something else or a refresh is due. */
  arm(): void {
    const { environment, replica } = this.#account;
    const now = replica.now();
    const change = nextChangeAt(replica.record, environment.rules, now) - now;
    const ahead = Math.max(refreshAheadAt(replica.record, environment.rules) - now, this.#obtain.aheadPause());
    const delay = environment.autoRefresh ? Math.min(change, ahead) : change;
    if (delay < Number.POSITIVE_INFINITY) alarmOf(environment.clock).set(this.#ring, Math.max(delay, 1));
  }

  /** A store that is down shows in the snapshot. */
  #look(): void {
    this.#account.load().then(this.#ring, () => {});
  }

  #tick(): void {
    const { environment, replica, attendance } = this.#account;
    if (attendance !== this) return;
    this.#account.announce();
    const due = environment.autoRefresh && replica.now() >= refreshAheadAt(replica.record, environment.rules);
    if (due) void this.#obtain.refreshAhead().then(() => this.#armIfHere());
    else this.arm();
  }

  #armIfHere(): void {
    if (this.#account.attendance === this) this.arm();
  }
}
