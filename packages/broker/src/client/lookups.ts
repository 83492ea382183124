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
/** For one answer from which nothing has happened since. */
const mostTries = 4;

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
  /** The question under way began in this very turn of the event loop: nothing has happened since. */
  #isNew = false;
  /** The question after the one that is under way. */
  #next: Promise<void> | null = null;
  /** Something happened while a question was under way: its answer may be old news. */
  #again = false;
  /** What all tabs know: the last announced digest, by this one or another. */
  #told = '';
  /** Counts sign-outs, so that the answer to an earlier question is not believed. */
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

  /** The question that is under way, or a new one. */
  look(): Promise<void> {
    if (this.#flight !== null) return this.#flight;
    this.#isNew = true;
    queueMicrotask(() => {
      this.#isNew = false;
    });
    this.#flight = this.#look().finally(() => {
      this.#flight = null;
      if (this.#again) this.hint();
    });
    return this.#flight;
  }

  /**
   * A question that begins now or later: the answer to one that began earlier may not know what the
   * caller has seen. All who ask while one is under way share the next.
   */
  ask(): Promise<void> {
    if (this.#flight === null || this.#isNew) return this.look();
    this.#next ??= this.#flight
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.look();
      });
    return this.#next;
  }

  /**
   * What this page shows proved wrong: asks a question of its own, and waits for what comes of it.
   * Never rejects.
   */
  async lookAgain(): Promise<void> {
    await this.ask().catch(() => {});
  }

  /** Something may have changed. A caller that only hints does not wait for the answer. */
  hint(): void {
    this.#again = this.#flight !== null;
    if (!this.#again) this.look().catch(() => {});
  }

  /** This page signed the browser out of the account. Other tabs hear of it. */
  left(id: string | null): void {
    this.#epoch += 1;
    if (id !== null) this.#standing.left(id);
    this.#tell(id ?? undefined);
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
      this.#tabs.listen((print, left) => {
        this.#told = print;
        if (left !== null) {
          // Nor is the answer believed that is on its way from before.
          this.#epoch += 1;
          this.#standing.left(left);
        }
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

  #tell(left?: string): void {
    this.#told = this.#standing.print;
    this.#tabs.announce(this.#told, left);
  }

  async #look(): Promise<void> {
    const before = this.#standing.print;
    try {
      for (let tries = 1; ; tries += 1) {
        const asked = this.#clock.now();
        const epoch = this.#epoch;
        const answer = await this.#gateway.session();
        this.#failures = 0;
        this.#succeededAt = this.#clock.monotonic();
        // A sign-out came meanwhile: the answer may be from before.
        if (epoch !== this.#epoch && tries < mostTries) continue;
        this.#standing.adopt(answer, asked);
        break;
      }
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
