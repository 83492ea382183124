import { seededLists } from './api/contact-list.ts';
import { createApp } from './app.ts';
import { checkOptions } from './check-options.ts';
import { checkSwitches } from './check-switches.ts';
import { createClock, type EmulatorClock, type ResettableClock } from './clock.ts';
import type { EmulatedActOn } from './emulated-act-on.ts';
import { exchange, type Internals } from './exchange.ts';
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
export interface EmulatorParts {
  readonly emulator: Emulator;
  readonly exchange: (request: Request) => Promise<Response | null>;
}

/**
 * Creates an Act-On that lives in this process and is reached by its `fetch`. It opens no port and
 * starts no timer. Throws a TypeError for an option that Act-On could not have.
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return createParts(options).emulator;
}

export function createParts(options: EmulatorOptions): EmulatorParts {
  checkOptions(options);
  const actOn = createEmulatedActOn(options);
  const begin = (): RecordingLedger => createLedger(actOn, options.ledgerLimit ?? 10_000);
  const internals = {
    actOn,
    app: createApp(actOn),
    ledger: begin(),
    faults: createFaults({
      jump: actOn.clock.advance,
      revoke: (what) => what && revoke(actOn, what),
    }),
    requestIds: createRandom(
      options.seed === undefined ? undefined : `${options.seed} request ids`,
    ),
  };
  const reset = (): void => {
    internals.faults.clear();
    actOn.clock.reset();
    actOn.random.restore(options.state?.random ?? null);
    internals.requestIds.restore(null);
    actOn.state = initialState(options);
    internals.ledger = begin();
  };
  return {
    emulator: createFacade(internals, actOn, reset),
    exchange: (request) => exchange(internals, request),
  };
}

function createFacade(internals: Internals, actOn: ResettableActOn, reset: () => void): Emulator {
  return {
    ...fixtures,
    fetch: createFetch(internals),
    ledger: {
      get entries() {
        return internals.ledger.entries;
      },
      counters: () => internals.ledger.counters(),
    },
    faults: { arm: internals.faults.arm, clear: internals.faults.clear },
    clock: { now: actOn.clock.now, advance: actOn.clock.advance },
    profile: actOn.profile.name,
    switches: () => structuredClone(actOn.switches),
    configure(switches) {
      Object.assign(actOn.switches, checkSwitches({ ...actOn.switches, ...switches }, actOn.users));
    },
    revoke: (what) => revoke(actOn, what),
    exportState: () => exportState(actOn.state, actOn.random.save(), actOn.clock.advanced()),
    reset,
  };
}

type ResettableActOn = EmulatedActOn & { readonly clock: ResettableClock };

function createEmulatedActOn(options: EmulatorOptions): ResettableActOn {
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
