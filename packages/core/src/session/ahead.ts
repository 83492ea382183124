import type { Clock, TimerHandle } from '../clock.ts';

/** Calls sessions back at moments that they name, all with one timer, which keeps no process alive. */
export class Alarm {
  readonly #clock: Clock;
  /** By moment (monotonic ms); a session that named another moment since has a newer entry in `#due`. */
  readonly #queue: Entry[] = [];
  readonly #due = new Map<() => void, number>();
  #timer: TimerHandle | null = null;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rings once, `delay` milliseconds from now, instead of when it was to ring before. */
  set(ring: () => void, delay: number): void {
    const at = this.#clock.monotonic() + delay;
    this.#due.set(ring, at);
    if (this.#queue.length > 2 * this.#due.size + 16) this.#forgetStale();
    this.#push({ at, ring });
    this.#arm();
  }

  clear(ring: () => void): void {
    this.#due.delete(ring);
    if (this.#due.size === 0) this.#disarm();
  }

  #arm(): void {
    const next = this.#queue[0];
    if (next === undefined || next.at >= this.#timerAt) return;
    this.#disarm();
    this.#timerAt = next.at;
    this.#timer = this.#clock.setTimeout(() => this.#fire(), next.at - this.#clock.monotonic(), false);
  }

  #disarm(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    this.#disarm();
    const now = this.#clock.monotonic();
    for (let next = this.#queue[0]; next !== undefined && next.at <= now; next = this.#queue[0]) {
      this.#pop();
      if (this.#due.get(next.ring) !== next.at) continue;
      this.#due.delete(next.ring);
      next.ring();
    }
    this.#arm();
  }

  #forgetStale(): void {
    const live = this.#queue.filter(({ at, ring }) => this.#due.get(ring) === at);
    this.#queue.length = 0;
    for (const entry of live) this.#push(entry);
  }

  /** A binary heap: the earliest first, whatever the number of accounts. */
  #push(entry: Entry): void {
    const queue = this.#queue;
    let at = queue.push(entry) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && before(queue, at, parent); parent = (at - 1) >> 1) {
      exchange(queue, at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const queue = this.#queue;
    exchange(queue, 0, queue.length - 1);
    queue.pop();
    for (let at = 0; ; ) {
      const child = 2 * at + 1;
      const least = before(queue, child + 1, child) ? child + 1 : child;
      if (!before(queue, least, at)) return;
      exchange(queue, at, least);
      at = least;
    }
  }
}

type Entry = { readonly at: number; readonly ring: () => void };

function before(queue: readonly Entry[], a: number, b: number): boolean {
  const [left, right] = [queue[a], queue[b]];
  return left !== undefined && right !== undefined && left.at < right.at;
}

function exchange(queue: Entry[], a: number, b: number): void {
  const [left, right] = [queue[a], queue[b]];
  if (left === undefined || right === undefined) return;
  queue[a] = right;
  queue[b] = left;
}

const alarms = new WeakMap<Clock, Alarm>();

/** The one alarm of this clock. */
export function alarmOf(clock: Clock): Alarm {
  const alarm = alarms.get(clock) ?? new Alarm(clock);
  alarms.set(clock, alarm);
  return alarm;
}

/**
 * Calls back when the machine or the page comes back to life: timers ran late then, and others may have moved the record.
 * Returns what stops it. Where a runtime has none of these events nothing happens; no promise rests on them.
 */
export function onWake(wake: () => void): () => void {
  const target = globalThis as Partial<EventTarget> & { document?: EventTarget & { visibilityState?: string } };
  const visible = (): void => {
    if (target.document?.visibilityState === 'visible') wake();
  };
  const stops = [
    listen(target, 'online', wake),
    listen(target.document, 'visibilitychange', visible),
    listen(target.document, 'resume', wake),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function listen(target: Partial<EventTarget> | undefined, type: string, listener: () => void): () => void {
  target?.addEventListener?.(type, listener);
  return () => target?.removeEventListener?.(type, listener);
}
