import type { Fault, FaultType } from '../../judge/evidence.ts';
import type { Fleet } from './fleet.ts';
import type { Link } from './link.ts';
import type { StoreServer } from './store-server.ts';
import type { Wire } from './wire.ts';

/** What the nemesis gets its hands on. */
export interface Battlefield {
  readonly fleet: Fleet;
  readonly wire: Wire;
  /** `null` for a store without a server. */
  readonly server: StoreServer | null;
  /** By post; none for a store without a wire. */
  readonly links: readonly Link[];
  /** Whose record lies under this key. */
  accountOf(key: string): string;
  /** The claim that stands in an account's record now; `null`: none, or nobody can read it. */
  claimOf(account: string): Promise<string | null>;
}

/** Where strikes write down what they did, and leave what goes on in the background. */
export class WarDiary {
  readonly faults: Fault[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #disarm: (() => void)[] = [];

  /** Something happened from `at` until now. */
  note(type: FaultType, at: number, worker: string | null, account: string | null): void {
    this.faults.push({ type, at, until: Date.now(), worker, account });
  }

  begin(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** A trap was set. What is handed over takes it away again. */
  set(disarm: () => void): void {
    this.#disarm.push(disarm);
  }

  /** Takes all traps away. Resolves when what began is over. */
  async end(): Promise<void> {
    for (const disarm of this.#disarm) disarm();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
