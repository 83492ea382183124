import { seededLists } from './api/contact-list.ts';
import { createApp } from './app.ts';
import { checkOptions } from './check-options.ts';
import { checkSwitches } from './check-switches.ts';
import { createClock, type EmulatorClock, type ResettableClock } from './clock.ts';
import { type Backstage, exchange } from './exchange.ts';
import { createFaults, type Faults } from './faults/faults.ts';
import { createFetch, type Fetch } from './in-process-fetch.ts';
import { createLedger, type Ledger, type RecordingLedger } from './ledger/ledger.ts';
import {
  type EmulatorOptions,
  fixtures,
  readClients,
  readProfile,
  readSwitches,
  readUsers,
} from './options.ts';
import { createRandom } from './random.ts';
import { type Revocation, revoke } from './revoke.ts';
import type { ProfileName, Switches } from './settings.ts';
import { type ExportedState, emptyState, exportState, importState, type State } from './state.ts';
import type { World } from './world.ts';

/** A local Act-On. */
export interface Emulator {
  /** A `fetch` that reaches this emulator whatever host the URL names. */
  readonly fetch: Fetch;
  /** What came in and what became of it. */
  readonly ledger: Ledger;
  /** What is going to go wrong. */
  readonly faults: Faults;
  readonly clock: EmulatorClock;
  /** The test client and the test user. */
  readonly client: { readonly id: string; readonly secret: string };
  readonly user: { readonly username: string; readonly password: string };
  readonly profile: ProfileName;
  /** How Act-On behaves now: a copy. */
  switches(): Switches;
  /**
   * Changes how Act-On behaves from now on. Throws a TypeError for a value that it could not have.
   */
  configure(switches: Partial<Switches>): void;
  /**
   * Takes tokens back from outside. Throws an Error for a user, client or token that the emulator
   * does not know.
   */
  revoke(what: Revocation): void;
  /**
   * Everything that Act-On remembers, tokens included, as plain JSON: `createEmulator({ state })`
   * goes on from there.
   */
  exportState(): ExportedState;
  /**
   * Starts again: state, ledger, faults and clock are as they were at first. Requests under way are
   * cut off. Switches stay as they are.
   */
  reset(): void;
}

/** An emulator with the part that a server needs. */
export interface Staged {
  readonly emulator: Emulator;
  readonly exchange: (request: Request) => Promise<Response | null>;
}

/**
 * Creates an Act-On that lives in this process and is reached by its `fetch`. It opens no port and
 * starts no timer. Throws a TypeError for an option that Act-On could not have.
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return createStaged(options).emulator;
}

export function createStaged(options: EmulatorOptions): Staged {
  checkOptions(options);
  const world = createWorld(options);
  const begin = (): RecordingLedger => createLedger(world, options.ledgerLimit ?? 10_000);
  const backstage = {
    world,
    app: createApp(world),
    ledger: begin(),
    faults: createFaults({
      jump: world.clock.advance,
      revoke: (what) => what && revoke(world, what),
    }),
    requestIds: createRandom(
      options.seed === undefined ? undefined : `${options.seed} request ids`,
    ),
  };
  const reset = (): void => {
    backstage.faults.clear();
    world.clock.reset();
    world.random.restore(options.state?.random ?? null);
    backstage.requestIds.restore(null);
    world.state = initialState(options);
    backstage.ledger = begin();
  };
  return {
    emulator: createFacade(backstage, world, reset),
    exchange: (request) => exchange(backstage, request),
  };
}

function createFacade(backstage: Backstage, world: StagedWorld, reset: () => void): Emulator {
  return {
    ...fixtures,
    fetch: createFetch(backstage),
    ledger: {
      get entries() {
        return backstage.ledger.entries;
      },
      counters: () => backstage.ledger.counters(),
    },
    faults: { arm: backstage.faults.arm, clear: backstage.faults.clear },
    clock: { now: world.clock.now, advance: world.clock.advance },
    profile: world.profile.name,
    switches: () => structuredClone(world.switches),
    configure(switches) {
      Object.assign(world.switches, checkSwitches({ ...world.switches, ...switches }, world.users));
    },
    revoke: (what) => revoke(world, what),
    exportState: () => exportState(world.state, world.random.save(), world.clock.advanced()),
    reset,
  };
}

type StagedWorld = World & { readonly clock: ResettableClock };

function createWorld(options: EmulatorOptions): StagedWorld {
  const users = readUsers(options);
  const random = createRandom(options.seed);
  if (options.state) random.restore(options.state.random);
  return {
    profile: readProfile(options),
    switches: readSwitches(options, users),
    clients: readClients(options),
    users,
    lists: options.lists ?? seededLists,
    // Looked up late: a reference kept from the start would be blind to fake timers.
    clock: createClock(options.now ?? (() => Date.now()), options.state?.advanced),
    random,
    state: initialState(options),
  };
}

function initialState(options: EmulatorOptions): State {
  return options.state ? importState(options.state) : emptyState();
}
