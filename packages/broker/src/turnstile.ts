import { Refusal } from './answers.ts';

export interface TurnstileOptions {
  /** How many are let through at the same time. */
  readonly mostUnderWay: number;
  /**
   * How many in a row may come to nothing, and how many in a second after that. Default: any
   * number.
   */
  readonly mostCredits?: number;
  readonly refill?: number;
  /** How many in a second after `slowDown`. */
  readonly slowly?: number;
}

const mostWaiting = 2_000;
/** Nobody looks at an empty page for longer; and what waits here cannot come again meanwhile. */
const longestWait = 3_000;
/**
 * Work that takes longer has no place any more: a worker ended it with its request, most likely.
 */
const longestWork = 30_000;

interface Waiter {
  readonly rank: number;
  /** Until when it waits; one that is still there later was ended by its worker. */
  readonly until: number;
  readonly enter: () => void;
  readonly giveUp: () => void;
}

/**
 * Where strangers wait who come back with codes that they made up. What comes to something costs
 * nothing; of what does not only so many go through in a second. The highest rank goes first, which
 * is the newest: a flood waits for itself, and a person comes after it. Who waits too long is sent
 * away, and the lowest rank when there are too many.
 */
export class Turnstile {
  static #arrivals = 0;
  readonly #now: () => number;
  readonly #options: Required<TurnstileOptions>;
  /** The lowest rank first. */
  readonly #waiting: Waiter[] = [];
  /** When each that is let through counts as over, by what names it. */
  readonly #underWay = new Map<object, number>();
  #credits: number;
  #creditedAt: number;
  #slowUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    now: () => number,
    {
      mostUnderWay,
      mostCredits = Number.POSITIVE_INFINITY,
      refill = 0,
      slowly = refill,
    }: TurnstileOptions,
  ) {
    this.#options = { mostUnderWay, mostCredits, refill, slowly };
    this.#credits = mostCredits;
    this.#now = now;
    this.#creditedAt = now();
  }

  /** A rank above all that were given before; those who are known go before all strangers. */
  static rank(isKnown: boolean): number {
    Turnstile.#arrivals += 1;
    return Turnstile.#arrivals + (isKnown ? 2 ** 50 : 0);
  }

  /**
   * Does the work when its turn comes; `isGood` says whether it came to something. Rejects with a
   * `Refusal` if there are too many others.
   */
  async pass<T>(
    rank: number,
    work: () => Promise<T>,
    isGood: () => boolean = () => true,
  ): Promise<T> {
    const waiter = await this.#enter(rank);
    try {
      return await work();
    } finally {
      this.#underWay.delete(waiter);
      if (isGood()) this.#credits = Math.min(this.#options.mostCredits, this.#credits + 1);
      this.#serve();
    }
  }

  /** From now on they go out one by one, for this long. */
  slowDown(milliseconds: number): void {
    this.#refill();
    this.#slowUntil = this.#now() + milliseconds;
    this.#credits = Math.min(this.#credits, 0);
  }

  #enter(rank: number): Promise<Waiter> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        clearTimeout(timer);
        clearInterval(look);
        this.#remove(waiter);
        reject(crowded());
      };
      const enter = (): void => {
        clearTimeout(timer);
        clearInterval(look);
        resolve(waiter);
      };
      const timer = setTimeout(giveUp, longestWait);
      // Places lapse unseen, and the timer of another request may have ended with it.
      const look = setInterval(() => this.#serve(), 100);
      const waiter: Waiter = { rank, until: performance.now() + longestWait, enter, giveUp };
      this.#waiting.splice(placeOf(this.#waiting, rank), 0, waiter);
      if (this.#waiting.length > mostWaiting) this.#waiting[0]?.giveUp();
      this.#serve();
    });
  }

  #serve(): void {
    const { mostUnderWay } = this.#options;
    this.#refill();
    const now = this.#now();
    for (const [oldest, until] of this.#underWay) {
      if (now < until) break;
      this.#underWay.delete(oldest);
    }
    while (this.#underWay.size < mostUnderWay && this.#credits >= 1) {
      const waiter = this.#waiting.pop();
      if (waiter === undefined) break;
      if (performance.now() > waiter.until) continue;
      this.#underWay.set(waiter, now + longestWork);
      this.#credits -= 1;
      waiter.enter();
    }
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0 && this.#credits < 1)
      this.#timer = setTimeout(
        () => this.#serve(),
        Math.ceil(((1 - this.#credits) * 1_000) / this.#rate()),
      );
  }

  #refill(): void {
    const now = this.#now();
    const earned = (Math.max(0, now - this.#creditedAt) * this.#rate()) / 1_000;
    this.#credits = Math.min(this.#options.mostCredits, this.#credits + earned);
    this.#creditedAt = now;
  }

  #rate(): number {
    return this.#now() < this.#slowUntil ? this.#options.slowly : this.#options.refill;
  }

  #remove(waiter: Waiter): void {
    const at = this.#waiting.indexOf(waiter);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}

/** Before the first that goes earlier: nearly always at the end, or at the front. */
function placeOf(waiting: readonly Waiter[], rank: number): number {
  if ((waiting[0]?.rank ?? 0) > rank) return 0;
  let at = waiting.length;
  while (at > 0 && (waiting[at - 1]?.rank ?? 0) > rank) at -= 1;
  return at;
}

function crowded(): Refusal {
  const message =
    'Very many sign-ins come in at this moment. Load this page again in a few seconds: nothing was spent.';
  return new Refusal(503, 'temporarily_unavailable', message, {}, { 'retry-after': '5' });
}
