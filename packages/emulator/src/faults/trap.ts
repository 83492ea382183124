import type { Arrival } from '../arrival.ts';
import type { Revocation } from '../revoke.ts';
import type { Fault, FaultedRequest } from './fault.ts';
import type { ArmedFault, Events } from './faults.ts';
import { createGate, createTurnstile } from './gate.ts';

/** An armed fault from the inside. */
export interface Trap {
  readonly fault: Fault;
  readonly armed: ArmedFault;
  matches(arrival: Arrival): boolean;
  /** Uses up one of its times. */
  take(): void;
  /**
   * Does to a request on its way what a fault says that is not an outcome: it waits, or something
   * happens.
   */
  act(arrival: Arrival): Promise<void>;
  /** Counts a request that has met it. */
  meet(): void;
}

export function createTrap(fault: Fault, events: Events, forget: () => void): Trap {
  const gate = createGate();
  const arrivals = createTurnstile();
  let left = fault.times ?? 1;
  const retire = (): void => {
    // A hold is remembered until it is opened, so that `clear` finds the requests that wait in it.
    if (left === 0 && (fault.kind !== 'hold' || gate.isOpen())) forget();
  };
  const release = (): void => {
    gate.open();
    retire();
  };
  const armed: ArmedFault = {
    get left() {
      return left;
    },
    reached: (count = 1) => arrivals.reached(count),
    release,
    disarm() {
      left = 0;
      release();
    },
  };
  return {
    fault,
    armed,
    matches: (arrival) => left > 0 && doesMatch(fault, arrival),
    take() {
      left -= 1;
      retire();
    },
    async act(arrival) {
      if (fault.kind === 'clock_jump') events.jump(fault.ms);
      if (fault.kind === 'revoke') events.revoke(fault.what ?? ownerOf(arrival));
      arrivals.pass();
      if (fault.kind === 'hold') await gate.opened;
      if (fault.kind === 'delay') await sleep(fault.ms);
    },
    meet: arrivals.pass,
  };
}

function doesMatch({ route, grantType, match = {} }: Fault, arrival: Arrival): boolean {
  if (route !== arrival.route) return false;
  if (grantType !== undefined && grantType !== arrival.grantType) return false;
  const request = requestOf(arrival);
  if (typeof match === 'function') return match(request);
  const names = Object.keys(request) as (keyof FaultedRequest)[];
  return names.every((name) => match[name] === undefined || match[name] === request[name]);
}

function requestOf({ method, url, grantType, client, user }: Arrival): FaultedRequest {
  return { method, path: url.pathname, grantType, client, user };
}

/** `null` for a stranger, who has no tokens. */
function ownerOf({ client, user }: Arrival): Revocation | null {
  return client !== null && user !== null ? { client, user } : null;
}

// `setTimeout` is looked up late: a reference kept from the start would be blind to fake timers.
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    globalThis.setTimeout(resolve, ms);
  });
}
