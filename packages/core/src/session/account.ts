import type { Flight } from '../bell.ts';
import { handOutUntil } from '../machine.ts';
import type { AccountRecord, Pair } from '../record.ts';
import { CachedRecord, type RecordObserver } from './cached-record.ts';

const never = Number.NEGATIVE_INFINITY;

/**
 * What an idle account keeps: the cached record and the token that it hands out. A process may have
 * very many. Calls: cached-record. Held by: pool.test.ts, token-lifetime.test.ts,
 * clock-set-back.test.ts.
 */
export class Account extends CachedRecord {
  /** What goes on, if anything does. It hears of each change of the record. */
  observer: RecordObserver | null = null;
  /** Its access token is handed out as long as it lives, whatever becomes of the record. */
  #pair: Pair | null = null;
  /**
   * The hot path: the token, and until when (this machine's clock) it is handed out without a
   * second look.
   */
  #handedOut: Promise<string> | null = null;
  #handOutUntil: number = never;
  /**
   * When these times were settled, and until when (monotonic) they are believed: a wall clock may
   * go back, or come back.
   */
  #settledAt: number = never;
  #believedUntil: number = never;
  #isClosed = false;
  #codes: Map<string, Flight> | null = null;

  get closed(): boolean {
    return this.#isClosed || this.environment.shared.closed;
  }

  /**
   * The codes and refresh tokens that people brought, each with what came of it: it is sent once,
   * however often a page is loaded.
   */
  get codes(): Map<string, Flight> {
    this.#codes ??= new Map();
    return this.#codes;
  }

  close(): void {
    this.#isClosed = true;
    this.settle();
  }

  override changed(before: AccountRecord, after: AccountRecord, wasLoaded: boolean): void {
    this.settle();
    this.observer?.changed(before, after, wasLoaded);
  }

  override pairSettled(isSaved: boolean): void {
    this.observer?.pairSettled(isSaved);
  }

  /**
   * The record changed, or time is to be read again: settles what is handed out, and until when.
   */
  settle(): void {
    const { record, environment } = this;
    // A record that cannot be read says nothing against the token that was read before.
    if (this.fault === null || !this.saved) this.#settleToken();
    const isServed = !this.closed && this.fault === null;
    const until = isServed ? this.#toLocal(handOutUntil(record, environment.rules)) : never;
    this.#settledAt = environment.clock.now();
    this.#believedUntil = environment.clock.monotonic() + this.#recheckAfter;
    this.#handOutUntil = Math.min(until, this.#settledAt + this.#recheckAfter);
  }

  /** Store time as this machine's, less by what its clock may drift until it is looked at again. */
  #toLocal(at: number): number {
    return this.time.toLocal(at) - this.time.drift() - this.#recheckAfter / 1_000;
  }

  /** How long this machine's clock is believed before the store's is asked what time it is. */
  get #recheckAfter(): number {
    return Math.max(1_000, Math.min(this.environment.rules.minValidity, 30_000));
  }

  /**
   * Unless these times still hold: a clock that was set back, or is about to be, must not make a
   * token live longer.
   */
  settleAgain(): void {
    const now = this.environment.clock.now();
    // Stryker disable next-line EqualityOperator,ArithmeticOperator: to settle once more changes nothing.
    const isBelieved = now >= this.#settledAt && now < this.#settledAt + this.#recheckAfter;
    if (!isBelieved || this.environment.clock.monotonic() >= this.#believedUntil) this.settle();
  }

  /** The token that can be handed out as it is, without a second look. */
  valid(): Promise<string> | null {
    const { clock } = this.environment;
    const now = clock.now();
    const isValid =
      now < this.#handOutUntil && now >= this.#settledAt && clock.monotonic() < this.#believedUntil;
    return isValid ? this.#handedOut : null;
  }

  /** The token while it lives. */
  live(): string | undefined {
    const { accessToken = null, expiresAt = never } = this.#pair ?? {};
    const lives = this.environment.clock.now() < this.#toLocal(expiresAt);
    return lives && accessToken !== null ? accessToken : undefined;
  }

  #settleToken(): void {
    const { pair } = this.record;
    const token = pair?.accessToken ?? null;
    if (token !== (this.#pair?.accessToken ?? null))
      this.#handedOut = token === null ? null : Promise.resolve(token);
    this.#pair = pair;
  }
}
