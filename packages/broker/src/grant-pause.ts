import { ActOnTokenError, type Outcome } from '@act-on-token/core';
import type { Settings } from './settings.ts';
import { type SharedValue, sharedValue } from './shared-value.ts';

/** Until when Act-On takes no codes of this client, by the store's clock. */
interface Pause {
  readonly until: number;
  /** Codes that somebody made up brought it about: people are tried all the same, one by one. */
  readonly isFlood: boolean;
}

/**
 * Where Act-On does not say how long, and at most: it may have meant one of its users alone, and
 * all are held up.
 */
const usual = 60_000;
/** So many codes that Act-On did not take within an hour are not people's own mistakes any more. */
const aFlood = 5;
const anHour = 3_600_000;

/**
 * Remembers that Act-On asked for fewer grants (429): in the store, so that all servers leave it
 * alone. While codes are being made up this would lock all users out, so then it only slows down.
 */
export class GrantPause {
  readonly #settings: Settings;
  readonly #shared: SharedValue<Pause>;
  /** What was read or written last, by this server's clock. */
  #known: Pause = { until: 0, isFlood: false };
  /** When the last few codes were not taken. */
  readonly #refusals: number[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#shared = sharedValue(settings, 'pause', 'codes', decode);
  }

  /** Throws `rate_limited` if this server knows by itself that no code may be sent. */
  check(): void {
    const { until, isFlood } = this.#known;
    if (until > this.#settings.now() && !isFlood) throw limited(until);
  }

  /** How long codes are to go out one by one, in milliseconds. */
  get left(): number {
    return Math.max(0, this.#known.until - this.#settings.now());
  }

  /** Looks into the store, and throws as `check` does. Resolves with `left`. */
  async look(): Promise<number> {
    const { value, now } = await this.#shared.read();
    this.#know(value, now);
    this.check();
    return this.left;
  }

  /**
   * What came of a code. Nothing is written unless Act-On asked for a pause that is not known yet,
   * or granted in spite of one.
   */
  async learn(outcome: Outcome): Promise<void> {
    if (outcome.type === 'granted') return this.#end();
    const isRate = outcome.type === 'not_processed' && outcome.reason === 'rate';
    if (outcome.type !== 'rejected' && !isRate) return;
    const now = this.#settings.now();
    this.#refusals.push(now);
    if (this.#refusals.length > aFlood) this.#refusals.shift();
    if (outcome.type === 'rejected') return;
    const isFlood = this.#refusals.length === aFlood && now - (this.#refusals[0] ?? 0) < anHour;
    await this.#begin(Math.min(outcome.retryAfter ?? usual, usual), isFlood);
  }

  async #begin(length: number, isFlood: boolean): Promise<void> {
    const { now } = this.#settings;
    if (this.#known.until > now() && (this.#known.isFlood || !isFlood)) return;
    // What the store does not take this server knows at least.
    this.#known = { until: now() + length, isFlood };
    await this.#shared
      .change((value, at) =>
        value.until > at && value.isFlood >= isFlood ? null : { until: at + length, isFlood },
      )
      .catch(() => {});
  }

  async #end(): Promise<void> {
    if (this.#known.until <= this.#settings.now()) return;
    this.#known = { ...this.#known, until: 0 };
    await this.#shared
      .change((value, at) => (value.until > at ? { ...value, until: 0 } : null))
      .catch(() => {});
  }

  #know({ until, isFlood }: Pause, now: number): void {
    this.#known = { until: this.#settings.now() + (until - now), isFlood };
  }
}

function limited(until: number): ActOnTokenError {
  return new ActOnTokenError(
    'rate_limited',
    'Act-On is rate limiting this client (HTTP 429). Wait until "retryAt".',
    { retryAt: until },
  );
}

function decode(stored: unknown): Pause {
  const { until, isFlood } = Object(stored) as Record<string, unknown>;
  return typeof until === 'number'
    ? { until, isFlood: isFlood === true }
    : { until: 0, isFlood: false };
}
