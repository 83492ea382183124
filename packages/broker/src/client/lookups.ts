import { ActOnTokenError, type Clock } from '@act-on-token/core';
import type { Gateway } from './gateway.ts';
import { lapsed } from './snapshots.ts';
import type { Standing } from './standing.ts';
import { Tabs } from './tabs.ts';
import { onWake } from './wake.ts';

/** After a failure: from two seconds, doubled each time, to a minute. */
const firstRetry = 2_000;
const longestRetry = 60_000;
/** What was looked up just now need not be asked for again because a component mounts. */
const freshFor = 2_000;

/** Keeps a page's knowledge up to date: asks the broker when there is a reason to, one question at a time. */
export class Lookups {
  readonly #gateway: Gateway;
  readonly #standing: Standing;
  readonly #clock: Clock;
  readonly #tabs: Tabs;
  #flight: Promise<void> | null = null;
  /** Whether other tabs are to hear if the answer is news. */
  #tell = false;
  /** Something happened while a question was under way, so its answer may be old news; whether others are to hear of the next one. */
  #again: { readonly tell: boolean } | null = null;
  /** Counts what this page did itself, so that an answer to an earlier question is not believed. */
  #epoch = 0;
  #failures = 0;
  #succeededAt = Number.NEGATIVE_INFINITY;
  #timer: unknown = null;
  #stop: (() => void) | null = null;

  constructor(gateway: Gateway, standing: Standing, clock: Clock) {
    this.#gateway = gateway;
    this.#standing = standing;
    this.#clock = clock;
    this.#tabs = new Tabs(() => `act-on-broker ${gateway.base().pathname}`);
  }

  /** Asks the broker; all who ask meanwhile share the question. */
  look(): Promise<void> {
    return this.#begin(true);
  }

  /** Something may have changed. Whoever only hints does not care how the question ends. */
  hint(): void {
    this.#askAgain(true);
  }

  /** This page changed something itself. Other tabs hear of it. */
  changed(): void {
    this.#epoch += 1;
    this.#tabs.tell(this.#standing.print);
    this.hint();
  }

  /** While somebody listens: wake up with the page, hear other tabs, and ring when time changes something. */
  start(): void {
    if (this.#stop !== null) return;
    const stops = [
      // Several of these events come together: the question that one of them began serves all.
      onWake(() => {
        if (this.#flight === null) this.hint();
      }),
      this.#tabs.listen((print) => {
        // What one hears is not told on, or two tabs that disagree would talk for ever.
        if (print !== this.#standing.print) this.#askAgain(false);
      }),
    ];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
    if (this.#flight === null && this.#clock.monotonic() - this.#succeededAt > freshFor) this.hint();
    this.arm();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
    this.#disarm();
  }

  #begin(tell: boolean): Promise<void> {
    this.#tell ||= tell;
    this.#flight ??= this.#look().finally(() => this.#landed());
    return this.#flight;
  }

  #landed(): void {
    const again = this.#again;
    this.#flight = null;
    this.#again = null;
    this.#tell = false;
    if (again !== null) this.#askAgain(again.tell);
  }

  #askAgain(tell: boolean): void {
    if (this.#flight === null) this.#begin(tell).catch(() => {});
    else this.#again = { tell: tell || this.#again?.tell === true };
  }

  async #look(): Promise<void> {
    const asked = this.#clock.now();
    const epoch = this.#epoch;
    const before = this.#standing.print;
    try {
      const answer = await this.#gateway.session();
      this.#failures = 0;
      this.#succeededAt = this.#clock.monotonic();
      if (epoch !== this.#epoch) return;
      this.#standing.adopt(answer, asked);
      if (this.#tell && this.#standing.print !== before) this.#tabs.tell(this.#standing.print);
    } catch (error) {
      this.#failures += 1;
      if (error instanceof ActOnTokenError) this.#standing.fail(error);
      throw error;
    } finally {
      this.arm();
    }
  }

  /** The next moment at which a snapshot says something else, or at which it makes sense to ask again. */
  arm(): void {
    this.#disarm();
    if (this.#stop === null) return;
    const now = this.#clock.now();
    const { status, expiresAt, grants } = this.#standing.snapshot;
    const lapse = status === 'authorized' || status === 'refreshing' ? expiresAt : null;
    const delay = Math.min(delayUntil(lapse, now), delayUntil(grants.nextAt, now), this.#retryDelay(now));
    if (delay < Number.POSITIVE_INFINITY) this.#timer = this.#clock.setTimeout(() => this.#ring(), delay, false);
  }

  #retryDelay(now: number): number {
    if (this.#failures === 0) return Number.POSITIVE_INFINITY;
    const backoff = Math.min(firstRetry * 2 ** (this.#failures - 1), longestRetry);
    return Math.max(backoff, (this.#standing.snapshot.error?.retryAt ?? now) - now);
  }

  #ring(): void {
    const { snapshot } = this.#standing;
    const isOver = snapshot.expiresAt !== null && snapshot.status !== 'expired' && snapshot.expiresAt <= this.#clock.now();
    if (isOver) this.#standing.show(lapsed(snapshot));
    // Somebody else may have refreshed it, or the grants' window may have moved on.
    this.hint();
  }

  #disarm(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** What should be over by now, but is not yet by the broker's clock, is looked at again in a second. */
function delayUntil(at: number | null, now: number): number {
  if (at === null) return Number.POSITIVE_INFINITY;
  return at > now ? at - now : 1_000;
}
