import type { Flight } from '../bell.ts';
import { handOutUntil } from '../machine.ts';
import type { AccountRecord } from '../record.ts';
import { CachedRecord, type RecordObserver } from './cached-record.ts';
import type { Environment } from './options.ts';

const never = Number.NEGATIVE_INFINITY;

/**
 * What an idle account keeps: the cached record and the token that it hands out. A process may have
 * very many. Calls: cached-record. Held by: pool.test.ts, token-lifetime.test.ts,
 * clock-set-back.test.ts.
 */
export class Account implements RecordObserver {
  readonly environment: Environment;
  readonly name: string;
  readonly record: CachedRecord;
  /** What goes on, if anything does. It hears of each change of the record. */
  observer: RecordObserver | null = null;
  /**
   * The hot path: the token, until when (this machine's clock) it lives, and until when it is
   * handed out without a second look.
   */
  token: string | undefined = undefined;
  handedOut: Promise<string> | null = null;
  livesUntil: number = never;
  handOutUntil: number = never;
  /**
   * When these times were settled, and until when (monotonic) they are believed: a wall clock may
   * go back, or come back.
   */
  settledAt: number = never;
  believedUntil: number = never;
  /** When the token ends, by the store's time. */
  #expiresAt: number = never;
  /** Aborts when the session is closed. */
  ended: AbortSignal | null = null;
  #isClosed = false;
  #codes: Map<string, Flight> | null = null;

  constructor(environment: Environment, name: string) {
    this.environment = environment;
    this.name = name;
    this.record = new CachedRecord(environment, name, this);
  }

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

  changed(before: AccountRecord, after: AccountRecord, wasLoaded: boolean): void {
    this.settle();
    this.observer?.changed(before, after, wasLoaded);
  }

  pairSettled(isSaved: boolean): void {
    this.observer?.pairSettled(isSaved);
  }

  /**
   * The record changed, or time is to be read again: settles what is handed out, and until when.
   */
  settle(): void {
    const { record, environment } = this;
    // A record that cannot be read says nothing against the token that was read before.
    if (record.fault === null || !record.saved) this.#settleToken();
    const isServed = !this.closed && record.fault === null;
    const drift = record.time.drift() + this.#recheckAfter / 1_000;
    const until = isServed
      ? record.time.toLocal(handOutUntil(record.record, environment.rules)) - drift
      : never;
    this.settledAt = environment.clock.now();
    this.believedUntil = environment.clock.monotonic() + this.#recheckAfter;
    this.handOutUntil = Math.min(until, this.settledAt + this.#recheckAfter);
    this.livesUntil = record.time.toLocal(this.#expiresAt) - drift;
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
    const isBelieved = now >= this.settledAt && now < this.settledAt + this.#recheckAfter;
    if (!isBelieved || this.environment.clock.monotonic() >= this.believedUntil) this.settle();
  }

  /** The token that can be handed out as it is, without a second look. */
  valid(): Promise<string> | null {
    const { clock } = this.environment;
    const now = clock.now();
    const isValid =
      now < this.handOutUntil && now >= this.settledAt && clock.monotonic() < this.believedUntil;
    return isValid ? this.handedOut : null;
  }

  /** The token while it lives. */
  live(): string | undefined {
    this.settleAgain();
    return this.environment.clock.now() < this.livesUntil ? this.token : undefined;
  }

  #settleToken(): void {
    const { pair } = this.record.record;
    const token = pair?.accessToken ?? undefined;
    if (token !== this.token) this.handedOut = token === undefined ? null : Promise.resolve(token);
    this.token = token;
    this.#expiresAt = pair?.expiresAt ?? never;
  }
}
