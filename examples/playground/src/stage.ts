import type { Counters, LedgerEntry } from '@act-on-token/emulator';
import type { Experiment, Pace } from './experiments/director.ts';
import { type Play, perform } from './experiments/perform.ts';
import type { Entry, TabName } from './model/happening.ts';
import { type RecordFacts, statusOf } from './model/record.ts';
import type { Mishap } from './world/wire.ts';
import { createWorld, type Trouble, type World } from './world/world.ts';

/** How fast the world's time runs by itself: not at all, as ours, or a minute each second. */
export type Rate = 0 | 1 | 60;

/** All that the page shows, at one moment. */
export interface View {
  readonly world: World;
  readonly now: number;
  readonly tabs: readonly TabView[];
  readonly facts: RecordFacts | null;
  readonly status: ReturnType<typeof statusOf>;
  readonly claimant: TabName | null;
  readonly entries: readonly Entry[];
  readonly ledger: readonly LedgerEntry[];
  readonly counters: Counters;
  readonly armed: Mishap | null;
  readonly held: number;
  readonly trouble: Trouble | null;
  readonly forgives: boolean;
  readonly isStoreUp: boolean;
  readonly rate: Rate;
  readonly pace: Pace;
  readonly play: Play | null;
}

export type TabView = Pick<
  World['tabs'][number],
  'name' | 'isDead' | 'waiting' | 'last' | 'events' | 'session'
>;

/** The world of the moment, and what a visitor does to it. */
export interface Stage {
  subscribe(listener: () => void): () => void;
  view(): View;
  /** Does something to the world, and shows what came of it. */
  act(deed: (world: World) => void): void;
  setRate(rate: Rate): void;
  setPace(pace: Pace): void;
  /** Runs an experiment in a fresh world. */
  start(experiment: Experiment): void;
  /** Ends the experiment, and begins anew. */
  restart(): void;
}

/** Real milliseconds: between two renderings, and between two steps of time that runs by itself. */
const rendering = 30;
const beat = 100;

export function createStage(): Stage {
  const listeners = new Set<() => void>();
  let isDue = false;
  const changed = (): void => {
    if (!isDue) setTimeout(publish, rendering);
    isDue = true;
  };
  let world = createWorld(changed);
  let rate: Rate = 1;
  let pace: Pace = 'watch';
  let play: Play | null = null;
  let isPassing = false;

  const take = (): View => viewOf(world, { rate, pace, play });
  let view = take();
  const publish = (): void => {
    isDue = false;
    view = take();
    for (const listener of listeners) listener();
  };
  const begin = (): World => {
    world.end();
    world = createWorld(changed);
    return world;
  };
  const start = (experiment: Experiment): void => {
    const own = begin();
    const show = (next: Play): void => {
      play = next;
      changed();
    };
    void perform(experiment, own, { pace: () => pace, show, isGone: () => world !== own });
  };
  const runBySelf = async (): Promise<void> => {
    if (isPassing || rate === 0 || play?.state === 'running') return;
    isPassing = true;
    await world.time.pass(beat * rate);
    isPassing = false;
    changed();
  };
  setInterval(() => void runBySelf(), beat);
  world.tabs[0].signIn();

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => view,
    act(deed) {
      deed(world);
      publish();
    },
    setRate(next) {
      rate = next;
      publish();
    },
    setPace(next) {
      pace = next;
      publish();
    },
    start,
    restart() {
      play = null;
      begin().tabs[0].signIn();
      publish();
    },
  };
}

function viewOf(world: World, own: Pick<View, 'rate' | 'pace' | 'play'>): View {
  const { depot, wire, emulator, trouble, forgives, entries } = world;
  const now = world.time.now();
  return {
    ...own,
    world,
    now,
    tabs: world.tabs.map(({ name, isDead, waiting, last, events, session }) => ({
      name,
      isDead,
      waiting,
      last,
      events,
      session,
    })),
    facts: depot.facts,
    status: statusOf(depot.facts, now),
    claimant: depot.claimant,
    entries,
    ledger: emulator.ledger.entries,
    counters: emulator.ledger.counters(),
    armed: wire.armed,
    held: wire.held,
    trouble,
    forgives,
    isStoreUp: depot.isUp,
  };
}
