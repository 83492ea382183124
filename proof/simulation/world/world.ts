import type { Look } from '../../judge/evidence.ts';
import type { RecordView } from '../../judge/history.ts';
import type { Random } from '../../support/random.ts';
import type { ActOnServer } from './act-on-server.ts';
import type { Life } from './life.ts';
import type { Log } from './log.ts';
import type { StoreServer } from './store-server.ts';
import type { Timeline } from './timeline.ts';
import type { Watchdog } from './watchdog.ts';
import type { Wire } from './wire.ts';

/** One Act-On user. */
export interface User {
  readonly name: string;
  password: string;
  /** What the programs' configuration says; a person changes it some time after the password. */
  configured: string;
  /** A person is on the way to sign in. */
  isPersonComing: boolean;
  /** Another installation signs in as this user, until then. */
  competitorUntil: number;
  lastView: RecordView | null;
  /** When the record changed last. */
  changedAt: number;
}

/** All that takes part in a simulation. Each source of chance is drawn from in one place only. */
export interface World {
  readonly timeline: Timeline;
  readonly log: Log;
  readonly store: StoreServer;
  readonly server: ActOnServer;
  readonly wire: Wire;
  readonly watchdog: Watchdog;
  /** The endpoints' timeouts that programs choose from; mostly all choose the same. */
  readonly requestTimeouts: readonly [number, ...number[]];
  readonly users: readonly User[];
  readonly random: Readonly<Record<'callers' | 'nemesis' | 'people' | 'programs', Random>>;
  readonly looks: Look[];
  /** How many of them saw a pair that does not work, and nothing that says so. */
  losses: number;
  /** When faults end: from then on everybody asks every few minutes. */
  readonly quietFrom: number;
  /** Why processes died of themselves, by life. */
  readonly crashes: Map<string, unknown>;
  /** Somebody was told that a person must sign in. */
  onNeed: (user: User) => void;
}

export const keyOf = (user: User): string => JSON.stringify(['act-on', 'test-client', user.name]);

/** What an error of a program means for the process that it reached. */
export function crash(world: World, life: Life, error: unknown): void {
  if (!world.crashes.has(life.name)) world.crashes.set(life.name, error);
}
