import { type Clock, startTimer, type Timer } from '../clock.ts';

/** How much too late a timer rings in a process that was suspended, and how long it may take to read what came meanwhile, in milliseconds. */
const longSleep = 1_000;
const aMoment = 250;

/** The end of a request's time. Its timer may ring late, in a page that is hidden say, so whatever else wakes the page looks too. */
export class Deadline {
  readonly #clock: Clock;
  readonly #delay: number;
  readonly #wall: number;
  readonly #monotonic: number;
  readonly #timer: Timer;
  /** Resolves when the time is over; never after {@link cancel}. */
  readonly over: Promise<void>;

  constructor(clock: Clock, delay: number) {
    this.#clock = clock;
    this.#delay = delay;
    this.#wall = clock.now();
    this.#monotonic = clock.monotonic();
    this.#timer = startTimer(clock, delay, true);
    this.over = this.#timer.done.then(() => this.#readOn());
  }

  check(): void {
    if (this.#passed > this.#delay) this.#timer.wake();
  }

  cancel(): void {
    this.#timer.cancel();
  }

  get #passed(): number {
    return Math.max(this.#clock.now() - this.#wall, this.#clock.monotonic() - this.#monotonic);
  }

  /** A timer that rings long after its time woke up together with this process: an answer may have come that is still unread. */
  #readOn(): Promise<void> | undefined {
    return this.#passed > this.#delay + longSleep ? startTimer(this.#clock, aMoment, true).done : undefined;
  }
}
