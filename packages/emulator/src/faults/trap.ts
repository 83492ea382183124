import type { ReceivedRequest } from '../received-request.ts';
import type { Revocation } from '../revoke.ts';
import type { Fault, FaultedRequest } from './fault.ts';
import type { ArmedFault, Events } from './faults.ts';
import { createGate, createTurnstile } from './gate.ts';

/** An armed fault from the inside. */
export interface Trap {
  readonly fault: Fault;
  readonly armed: ArmedFault;
  matches(received: ReceivedRequest): boolean;
  /** Uses up one of its times. */
  take(): void;
  /**
   * Does to a request on its way what a fault says that is not an outcome: it waits, or something
   * happens.
   */
  act(received: ReceivedRequest): Promise<void>;
  /** Counts a request that has met it. */
  meet(): void;
}

export function createTrap(fault: Fault, events: Events, forget: () => void): Trap {
  const gate = createGate();
  const requests = createTurnstile();
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
    reached: (count = 1) => requests.reached(count),
    release,
    disarm() {
      left = 0;
      release();
    },
  };
  return {
    fault,
    armed,
    matches: (received) => left > 0 && doesMatch(fault, received),
    take() {
      left -= 1;
      retire();
    },
    async act(received) {
      if (fault.kind === 'clock_jump') events.jump(fault.ms);
      if (fault.kind === 'revoke') events.revoke(fault.what ?? ownerOf(received));
      requests.pass();
      if (fault.kind === 'hold') await gate.opened;
      if (fault.kind === 'delay') await sleep(fault.ms);
    },
    meet: requests.pass,
  };
}

function doesMatch({ route, grantType, match = {} }: Fault, received: ReceivedRequest): boolean {
  if (route !== received.route) return false;
  if (grantType !== undefined && grantType !== received.grantType) return false;
  const request = requestOf(received);
  if (typeof match === 'function') return match(request);
  const names = Object.keys(request) as (keyof FaultedRequest)[];
  return names.every((name) => match[name] === undefined || match[name] === request[name]);
}

function requestOf({ method, url, grantType, client, user }: ReceivedRequest): FaultedRequest {
  return { method, path: url.pathname, grantType, client, user };
}

/** `null` for a stranger, who has no tokens. */
function ownerOf({ client, user }: ReceivedRequest): Revocation | null {
  return client !== null && user !== null ? { client, user } : null;
}

// `setTimeout` is looked up late: a reference kept from the start would be blind to fake timers.
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    globalThis.setTimeout(resolve, ms);
  });
}
