import { ActOnTokenError, type Clock } from '@act-on-token/core';
import type { Gateway } from './gateway.ts';
import { lapsed } from './snapshots.ts';
import type { Standing } from './standing.ts';
import { Tabs } from './tabs.ts';
import { onWake } from './wake.ts';

/** After a failure: from two seconds, doubled each time, to a minute. */
const firstRetry = 2_000;
const longestRetry = 60_000;
/** Somebody refreshes or signs in, which is soon over, and nobody tells. */
const settling = 2_000;
/** What was looked up just now need not be asked for again because a component mounts. */
const freshFor = 2_000;

/**
 * Keeps a page's knowledge up to date: asks the broker when there is a reason to, one question at a
 * time.
 */
export class Lookups {
  readonly #gateway: Gateway;
  readonly #standing: Standing;
  readonly #clock: Clock;
  readonly #tabs: Tabs;
  #flight: Promise<void> | null = null;
  /** Something happened while a question was under way: its answer may be old news. */
  #again = false;
  /** What all tabs know: the last announced digest, by this one or another. */
  #told = '';
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
    this.#flight ??= this.#look().finally(() => {
      this.#flight = null;
      if (this.#again) this.hint();
    });
    return this.#flight;
  }

  /**
   * What this page shows proved wrong: asks a question of its own, and waits for what comes of it.
   * Never rejects.
   */
  async lookAgain(): Promise<void> {
    await this.#flight?.catch(() => {});
    await this.look().catch(() => {});
  }

  /** Something may have changed. A caller that only hints does not wait for the answer. */
  hint(): void {
    this.#again = this.#flight !== null;
    if (!this.#again) this.look().catch(() => {});
  }

  /** This page changed something itself. Other tabs hear of it. */
  changed(): void {
    this.#epoch += 1;
    this.#tell();
    this.hint();
  }

  /**
   * While someone listens: wake up with the page, hear other tabs, and ring when time changes
   * something.
   */
  start(): void {
    if (this.#stop !== null) return;
    const stops = [
      // Several of these events come together: the question that one of them began serves all.
      onWake(() => {
        if (this.#flight === null) this.hint();
      }),
      this.#tabs.listen((print) => {
        this.#told = print;
        if (print !== this.#standing.print) this.hint();
      }),
    ];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
    if (this.#flight === null && this.#clock.monotonic() - this.#succeededAt > freshFor)
      this.hint();
    this.arm();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
    this.#disarm();
  }

  #tell(): void {
    this.#told = this.#standing.print;
    this.#tabs.announce(this.#told);
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
      // Only news is told on: two tabs that are about different accounts would else talk for ever.
      if (this.#standing.print !== before && this.#standing.print !== this.#told) this.#tell();
    } catch (error) {
      this.#failures += 1;
      if (error instanceof ActOnTokenError) this.#standing.fail(error);
      throw error;
    } finally {
      this.arm();
    }
  }

  /**
   * The next moment at which a snapshot says something else, or at which it makes sense to ask
   * again.
   */
  arm(): void {
    this.#disarm();
    if (this.#stop === null) return;
    const now = this.#clock.now();
    const { status, expiresAt, grants, signingIn } = this.#standing.snapshot;
    const lapse = status === 'authorized' ? expiresAt : null;
    const settled = status === 'refreshing' || signingIn ? now + settling : null;
    const delay = Math.min(
      ...[lapse, grants.nextAt, settled].map((at) => delayUntil(at, now)),
      this.#retryDelay(now),
    );
    if (delay < Number.POSITIVE_INFINITY)
      this.#timer = this.#clock.setTimeout(() => this.#ring(), delay, false);
  }

  #retryDelay(now: number): number {
    if (this.#failures === 0) return Number.POSITIVE_INFINITY;
    const backoff = Math.min(firstRetry * 2 ** (this.#failures - 1), longestRetry);
    return Math.max(backoff, (this.#standing.snapshot.error?.retryAt ?? now) - now);
  }

  #ring(): void {
    const { snapshot } = this.#standing;
    const isOver = snapshot.status === 'authorized' && snapshot.expiresAt <= this.#clock.now();
    if (isOver) this.#standing.show(lapsed(snapshot));
    // Somebody else may have refreshed it, or the grants' window may have moved on.
    this.hint();
  }

  #disarm(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/**
 * What should be over by now, but is not yet by the broker's clock, is looked at again in a second.
 */
function delayUntil(at: number | null, now: number): number {
  if (at === null) return Number.POSITIVE_INFINITY;
  return at > now ? at - now : 1_000;
}
