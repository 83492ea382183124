import type { Clock } from '@act-on-token/core';
import { currentScope, type RequestScope } from './request-scope.ts';
import type { Happening, Timeline } from './timeline.ts';

/**
 * A computer: its clock is wrong by something and runs a little fast or slow. It outlives the
 * processes on it.
 */
export class Machine {
  readonly name: string;
  /** Ticks too many per tick. */
  readonly drift: number;
  /** How far its wall clock is ahead, in milliseconds. */
  ahead: number;
  lives = 0;

  constructor(name: string, ahead: number, drift: number) {
    this.name = name;
    this.ahead = ahead;
    this.drift = drift;
  }
}

interface Alarm {
  readonly due: number;
  readonly callback: () => void;
  readonly keepsAlive: boolean;
  readonly scope: RequestScope | undefined;
  happening: Happening | null;
}

const aMinute = 60_000;
/** Beyond the request timeout: what a claim lasts. */
const leaseBeyondRequest = 20_000;

/** One process from its start to its end: it runs only what it is handed, when it runs at all. */
export class Life {
  readonly name: string;
  readonly machine: Machine;
  readonly clock: Clock;
  /** Of the endpoint that its program uses. */
  readonly requestTimeout: number;
  readonly #timeline: Timeline;
  readonly #started: number;
  readonly #alarms = new Set<Alarm>();
  #mail: (() => void)[] = [];
  #slept = 0;
  #state: 'runs' | 'stopped' | 'dead' = 'runs';
  #hiddenUntil = 0;
  #stoppedFor = 0;
  #stoppedAt = 0;
  /** When its program was asked to end, and when it had. */
  closingAt: number | null = null;
  closedAt: number | null = null;
  /** Until when it was stopped or hidden last. */
  disturbedAt = 0;

  constructor(timeline: Timeline, machine: Machine, requestTimeout = 10_000) {
    machine.lives += 1;
    this.requestTimeout = requestTimeout;
    this.name = `${machine.name}.${machine.lives}`;
    this.machine = machine;
    this.#timeline = timeline;
    this.#started = timeline.now;
    this.clock = this.#clock();
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get runs(): boolean {
    return this.#state === 'runs';
  }

  /** Something comes in. Who is stopped finds it later, who is dead never. */
  deliver(run: () => void): void {
    if (this.#state === 'runs') run();
    else if (this.#state === 'stopped') this.#mail.push(run);
  }

  get startedAt(): number {
    return this.#started;
  }

  get lease(): number {
    return this.requestTimeout + leaseBeyondRequest;
  }

  /** For how long it has run, in true time: not while it was stopped. */
  get active(): number {
    const stopped = this.#state === 'stopped' ? this.#timeline.now - this.#stoppedAt : 0;
    return this.#timeline.now - this.#started - this.#stoppedFor - stopped;
  }

  /** Timers that would keep a process alive. */
  get pendingTimers(): number {
    return [...this.#alarms].filter(({ keepsAlive }) => keepsAlive).length;
  }

  /**
   * How what it asks for now gets back to it. What belongs to a request that has ended never does.
   */
  wayBack(): (run: () => void) => void {
    const scope = currentScope();
    if (scope === undefined) return (run) => this.deliver(run);
    scope.pending += 1;
    return (run) =>
      this.deliver(() => {
        scope.pending -= 1;
        if (!scope.isOver) run();
      });
  }

  /** A page in a tab that nobody sees: its timers ring once a minute. */
  hide(duration: number): void {
    this.#hiddenUntil = Math.max(this.#hiddenUntil, this.#timeline.now + duration);
    this.disturbedAt = this.#hiddenUntil;
    if (this.#state !== 'runs') return;
    this.#disarm();
    this.#rearm();
  }

  /** A moment of its wall clock told in true time. */
  toTrue(wall: number): number {
    return wall - (this.clock.now() - this.#timeline.now);
  }

  kill(): void {
    this.#state = 'dead';
    this.#disarm();
    this.#alarms.clear();
    this.#mail = [];
  }

  /**
   * Nothing in it runs for `duration` while the world goes on; `asleep`: nor does its monotonic
   * clock. On waking it finds timers that are overdue and what came in meanwhile, in an order that
   * runtimes do not agree on.
   */
  stop(duration: number, asleep: boolean, timersFirst: boolean): void {
    if (this.#state !== 'runs') return;
    this.#state = 'stopped';
    this.#stoppedAt = this.#timeline.now;
    this.disturbedAt = Math.max(this.disturbedAt, this.#timeline.now + duration);
    this.#disarm();
    this.#timeline.after(duration, () => {
      if (this.#state !== 'stopped') return;
      this.#state = 'runs';
      this.#stoppedFor += duration;
      if (asleep) this.#slept += duration;
      if (timersFirst) this.#rearm();
      for (const run of this.#mail.splice(0)) this.#timeline.after(0, () => this.deliver(run));
      if (!timersFirst) this.#rearm();
    });
  }

  #clock(): Clock {
    const { machine } = this;
    return {
      now: () =>
        Math.floor(
          this.#timeline.now + machine.ahead + machine.drift * (this.#timeline.now - this.#started),
        ),
      monotonic: () => this.#monotonic(),
      setTimeout: (callback, delay, keepsAlive) => this.#set(callback, delay, keepsAlive),
      clearTimeout: (handle) => this.#clear(handle as Alarm),
    };
  }

  #monotonic(): number {
    return (this.#timeline.now - this.#started - this.#slept) * (1 + this.machine.drift);
  }

  #set(callback: () => void, delay: number, keepsAlive: boolean): Alarm {
    const scope = currentScope();
    if (scope !== undefined) scope.pending += 1;
    // As runtimes do: no timer takes less than a millisecond.
    const alarm: Alarm = {
      due: this.#monotonic() + Math.max(delay, 1),
      callback,
      scope,
      keepsAlive,
      happening: null,
    };
    if (this.#state === 'dead') return alarm;
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return alarm;
  }

  #clear(alarm: Alarm): void {
    if (this.#alarms.delete(alarm) && alarm.scope !== undefined) alarm.scope.pending -= 1;
    if (alarm.happening !== null) this.#timeline.cancel(alarm.happening);
  }

  /** A timer never rings early by the clock that it was set by. */
  #arm(alarm: Alarm): void {
    const at = alarm.due / (1 + this.machine.drift) + this.#started + this.#slept;
    const isHidden = at < this.#hiddenUntil;
    const time = isHidden ? Math.min(Math.ceil(at / aMinute) * aMinute, this.#hiddenUntil) : at;
    alarm.happening = this.#timeline.at(Math.ceil(time), () => {
      this.#alarms.delete(alarm);
      if (alarm.scope !== undefined) alarm.scope.pending -= 1;
      if (!alarm.scope?.isOver) alarm.callback();
    });
  }

  #disarm(): void {
    for (const { happening } of this.#alarms)
      if (happening !== null) this.#timeline.cancel(happening);
  }

  #rearm(): void {
    for (const alarm of [...this.#alarms].sort((a, b) => a.due - b.due)) this.#arm(alarm);
  }
}
