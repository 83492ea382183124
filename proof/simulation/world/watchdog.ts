import type { Rule, Violation } from '../../judge/violation.ts';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';

/** What is checked while a run goes on, by kind. */
export type Check =
  | 'calls that settle within their bound'
  | 'calls with a maxWait'
  | 'closes that settle'
  | 'closed sessions that stay still'
  | 'listeners that saw the last state'
  | 'listeners that learned that the store is back'
  | 'accounts that refresh by themselves'
  | 'seconds without a loop'
  | 'refusals of the API';

/**
 * More in ten seconds than this is a loop: so many calls of the store by one process, and token
 * requests for one account.
 */
const most = { calls: 150, requests: 12 };
const tenSeconds = 10_000;
/** A timer of a hidden page may ring a minute late, and one leads to the next. */
const whileHidden = 300_000;

interface Count {
  since: number;
  count: number;
}

/** Checks promises about time as it passes, where looking back would be too late. */
export class Watchdog {
  readonly checks: Partial<Record<Check, number>> = {};
  readonly findings: Violation[] = [];
  readonly #timeline: Timeline;
  readonly #counts = new Map<string, Count>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  count(check: Check): void {
    this.checks[check] = (this.checks[check] ?? 0) + 1;
  }

  find(rule: Rule, account: string | null, story: string): void {
    this.findings.push({ rule, account, at: this.#timeline.now, story });
  }

  /** `bound` is of the time for which the process runs. Nothing is asked of a process that dies. */
  settles(
    life: Life,
    account: string,
    what: string,
    bound: number,
    call: Promise<unknown>,
    check: Check,
  ): void {
    const began = life.active;
    const since = this.#timeline.now;
    let isOver = false;
    const end = (): void => {
      isOver = true;
      this.count(check);
    };
    call.then(end, end);
    const look = (): void => {
      if (isOver || !life.isAlive) return;
      const left = bound + (life.disturbedAt >= since ? whileHidden : 0) - (life.active - began);
      if (left >= 0) return void this.#timeline.after(left + 1, look);
      this.find(
        'callsEnd',
        account,
        `${what} at ${life.name} has not settled after ${Math.round(life.active - began)} ms`,
      );
    };
    this.#timeline.after(bound + 1, look);
  }

  /** A process asks its store, or sends a token request. */
  asks(what: keyof typeof most, who: string, account: string | null): void {
    const { now } = this.#timeline;
    const key = `${what} ${who}`;
    const count = this.#counts.get(key);
    if (count === undefined || now - count.since > tenSeconds) {
      if (count !== undefined) this.count('seconds without a loop');
      this.#counts.set(key, { since: now, count: 1 });
      return;
    }
    count.count += 1;
    if (count.count !== most[what] + 1) return;
    this.find(
      'noLoop',
      account,
      `${who}: more than ${most[what]} ${what} within ${now - count.since} ms`,
    );
  }
}
