import type { Rules } from '../../src/machine.ts';
import { fingerprint } from './canonical.ts';
import { Ways } from './endless.ts';
import { stepsOf } from './environment.ts';
import { type Invariant, judgeEnd, judgeStep, judgeWorld, type Violation } from './invariants.ts';
import { Numbers, Seen } from './seen.ts';
import { type Habits, library, type Machine, type Setting, type Step, usual } from './setting.ts';
import { rules as usualRules } from './times.ts';
import { spend, type World, withoutCopies } from './world.ts';

export interface Run {
  readonly start: World;
  readonly machine?: Machine;
  readonly habits?: Habits;
  readonly rules?: Rules;
  /** Stops at so many worlds although there are more. */
  readonly most?: number;
  /** The invariants that are judged; all if missing. */
  readonly only?: readonly Invariant[];
}

export interface Found {
  readonly states: number;
  readonly steps: number;
  /** Every world that can be reached was seen. */
  readonly complete: boolean;
  readonly violation: Violation | null;
  /** The shortest way to it. */
  readonly trace: readonly Step[];
  /** Of processor time, so that they do not depend on what the machine does besides. */
  readonly seconds: number;
}

/**
 * Visits every world that can be reached from the start, nearest first, until an invariant breaks.
 */
export function explore(run: Run): Found {
  return new Exploration(run).found();
}

class Exploration {
  readonly #run: Run;
  readonly #setting: Setting;
  readonly #seen = new Seen();
  readonly #ways = new Ways();
  /** For each world the one from which it was first reached, and by which of its steps. */
  readonly #parents = new Numbers();
  readonly #ordinals = new Numbers();
  readonly #mayLose: boolean;
  #told: Step[] = [];
  #next: World[] = [];
  #steps = 0;
  #complete = false;
  #violation: Violation | null = null;
  /** Where it broke, and by which step if it was one. */
  #broken = { world: 0, ordinal: -1 };

  constructor(run: Run) {
    const { machine = library, habits = usual, rules = usualRules } = run;
    this.#run = run;
    this.#mayLose = spend(run.start, 'rollback') !== null || spend(run.start, 'loss') !== null;
    this.#setting = { machine, habits, rules, tell: (step) => this.#told.push(step) };
  }

  found(): Found {
    const started = process.cpuUsage();
    this.#visit();
    const trace = this.#violation === null ? [] : this.#trace();
    const { user, system } = process.cpuUsage(started);
    const seconds = (user + system) / 1_000_000;
    return {
      states: this.#seen.size,
      steps: this.#steps,
      complete: this.#complete,
      violation: this.#violation,
      trace,
      seconds,
    };
  }

  #visit(): void {
    const { start, most = Number.POSITIVE_INFINITY } = this.#run;
    this.#reach(start, 0, -1);
    for (let world = 0; this.#next.length > 0; ) {
      const level = this.#next;
      this.#next = [];
      for (const from of level) {
        this.#expand(from, world);
        world += 1;
        if (this.#violation !== null || this.#seen.size >= most) return;
      }
    }
    this.#complete = true;
    const endless = this.#ways.endless();
    if (endless !== null)
      this.#break(
        { invariant: 'L3', because: 'a run comes back to where it was, and may never end' },
        endless,
        -1,
      );
  }

  #expand(from: World, world: number): void {
    this.#ways.nextWorld();
    const steps = this.#stepsOf(from);
    if (!steps.some(({ sure }) => sure)) this.#judge([judgeEnd(from)], world, -1);
    steps.forEach((step, ordinal) => {
      this.#steps += 1;
      this.#judge(judgeStep(this.#setting, from, step), world, ordinal);
      this.#reach(step.next, world, ordinal);
    });
  }

  #stepsOf(world: World): readonly Step[] {
    this.#told = [];
    stepsOf(this.#setting, world);
    return this.#told;
  }

  /** The world a step leads to, as it is kept. */
  #kept(world: World): World {
    return this.#setting.habits.looksFirst && !this.#mayLose ? withoutCopies(world) : world;
  }

  #reach(reached: World, parent: number, ordinal: number): void {
    const world = this.#kept(reached);
    const known = this.#seen.size;
    const number = this.#seen.add(fingerprint(world, this.#mayLose));
    if (ordinal >= 0) this.#ways.add(number);
    if (number < known) return;
    this.#parents.push(parent);
    this.#ordinals.push(ordinal);
    this.#next.push(world);
    this.#judge(judgeWorld(this.#setting, world), parent, ordinal);
  }

  #judge(verdicts: Iterable<Violation | null>, world: number, ordinal: number): void {
    if (this.#violation !== null) return;
    for (const verdict of verdicts) {
      const counts = verdict !== null && (this.#run.only?.includes(verdict.invariant) ?? true);
      if (counts && this.#violation === null) this.#break(verdict, world, ordinal);
    }
  }

  #break(violation: Violation, world: number, ordinal: number): void {
    this.#violation = violation;
    this.#broken = { world, ordinal };
  }

  /** The steps that led to the violation, found again by taking them. */
  #trace(): readonly Step[] {
    const { world: last, ordinal } = this.#broken;
    const ordinals = ordinal < 0 ? [] : [ordinal];
    for (let at = last; at > 0; at = this.#parents.at(at)) ordinals.unshift(this.#ordinals.at(at));
    let world = this.#run.start;
    return ordinals.flatMap((which) => {
      const step = this.#stepsOf(world)[which];
      if (step === undefined) return [];
      world = this.#kept(step.next);
      return [{ ...step, next: world }];
    });
  }
}
