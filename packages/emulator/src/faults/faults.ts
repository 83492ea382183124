import type { ReceivedRequest } from '../received-request.ts';
import type { Revocation } from '../revoke.ts';
import { checkFault } from './check-fault.ts';
import { type Fault, isOutcome, type When, whenOf } from './fault.ts';
import { createTrap, type Trap } from './trap.ts';

/** What is going to go wrong. */
export interface Faults {
  /**
   * Arms a fault: it strikes the next matching requests, `times` of them. Faults strike in the
   * order in which they were armed; a CORS preflight meets none. Throws a TypeError for a fault
   * that could not strike or has nothing to do.
   */
  arm(fault: Fault): ArmedFault;
  /** Disarms all faults and lets every held request go on. */
  clear(): void;
}

export interface ArmedFault {
  /** How many requests it will still strike. */
  readonly left: number;
  /**
   * Resolves when `count` requests (1 by default) have met it: a held one when it waits, any other
   * when it was done or its answer decided.
   */
  reached(count?: number): Promise<void>;
  /** Opens a hold, for those that wait and those that come. Does nothing to another fault. */
  release(): void;
  /** Strikes no further request, and releases. */
  disarm(): void;
}

/** What an event does. */
export interface Events {
  jump(ms: number): void;
  /** `null`: the owner of these tokens is unknown. */
  revoke(what: Revocation | null): void;
}

/** What goes wrong with one request. */
export interface Strike {
  readonly all: readonly Fault[];
  /** The one that decides what the client sees. */
  readonly outcome: Fault | null;
  /** Carries out faults that are not outcomes: the request waits, the clock jumps. */
  pass(when: When): Promise<void>;
  /** Says that the outcome was brought about. */
  settle(): void;
}

export interface Armory extends Faults {
  /** Takes the faults that this request meets. */
  strike(received: ReceivedRequest): Strike;
}

export function createFaults(events: Events): Armory {
  const traps = new Set<Trap>();
  return {
    arm(fault) {
      const trap = createTrap(checkFault(fault), events, () => traps.delete(trap));
      traps.add(trap);
      return trap.armed;
    },
    clear() {
      for (const trap of traps) trap.armed.disarm();
    },
    strike: (received) => strike([...traps], received),
  };
}

function strike(traps: readonly Trap[], received: ReceivedRequest): Strike {
  const met = received.method === 'OPTIONS' ? [] : traps.filter((trap) => trap.matches(received));
  const outcome = met.find((trap) => isOutcome(trap.fault)) ?? null;
  const striking = met.filter((trap) => !isOutcome(trap.fault) || trap === outcome);
  for (const trap of striking) trap.take();
  return {
    all: striking.map((trap) => trap.fault),
    outcome: outcome?.fault ?? null,
    async pass(when) {
      for (const trap of striking)
        if (!isOutcome(trap.fault) && whenOf(trap.fault) === when) await trap.act(received);
    },
    settle: () => outcome?.meet(),
  };
}
