import { createHash } from 'node:crypto';
import type { Fault, FaultType } from '../../judge/evidence.ts';
import type { Entry, Line } from '../../judge/history.ts';
import type { Timeline } from './timeline.ts';

/** Everything that happened, in order. Its print is the proof that a seed was replayed. */
export class Log {
  readonly faults: Fault[] = [];
  readonly #timeline: Timeline;
  readonly #lines = new Map<string, Line[]>();
  #hash = createHash('sha256');
  #pending: string[] = [];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** What a process writes down of itself. */
  write(life: string, entry: Entry): void {
    const line = { at: this.#timeline.now, ...entry };
    const lines = this.#lines.get(life);
    if (lines === undefined) this.#lines.set(life, [line]);
    else lines.push(line);
    this.note(life, line);
  }

  linesOf(life: string): readonly Line[] {
    return this.#lines.get(life) ?? [];
  }

  fault(type: FaultType, duration: number, worker: string | null, account: string | null): void {
    const fault = {
      type,
      at: this.#timeline.now,
      until: this.#timeline.now + duration,
      worker,
      account,
    };
    this.faults.push(fault);
    this.note('fault', fault);
  }

  /** Something that counts for the print only. */
  note(who: string, what: unknown): void {
    this.#pending.push(`${this.#timeline.now} ${who} ${JSON.stringify(what)}\n`);
    if (this.#pending.length > 500) this.#flush();
  }

  print(): string {
    this.#flush();
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  #flush(): void {
    this.#hash.update(this.#pending.join(''));
    this.#pending = [];
  }
}
