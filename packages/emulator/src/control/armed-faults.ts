import type { Members } from '../check.ts';
import type { Fault } from '../faults/fault.ts';
import type { ArmedFault, Faults } from '../faults/faults.ts';
import { createGate } from '../faults/gate.ts';

/** A fault that was armed over HTTP. */
export interface NumberedFault {
  view(): unknown;
  /** Waits for `count` requests to meet it. `false`: it was disarmed before. */
  reached(count: number): Promise<boolean>;
  release: ArmedFault['release'];
  disarm(): void;
}

/** The faults that were armed over HTTP, by a number that is never given twice. */
export interface NumberedFaults {
  /** Throws a TypeError for a fault that could not strike. */
  arm(given: Members): NumberedFault;
  /** `'gone'`: it was disarmed. `null`: nothing was ever armed under this number. */
  find(id: string): NumberedFault | 'gone' | null;
  all(): readonly NumberedFault[];
  /** Disarms every fault, also those that were not armed over HTTP. */
  clear(): void;
}

export function createNumberedFaults(faults: Faults): NumberedFaults {
  const byId = new Map<string, NumberedFault>();
  let last = 0;
  const wasArmed = (id: string): boolean => /^[1-9]\d*$/.test(id) && Number(id) <= last;
  return {
    arm(given) {
      const armed = faults.arm(readFault(given));
      last += 1;
      const id = last;
      const numbered = number(armed, id, given, () => byId.delete(String(id)));
      byId.set(String(id), numbered);
      return numbered;
    },
    find: (id) => byId.get(id) ?? (wasArmed(id) ? 'gone' : null),
    all: () => [...byId.values()],
    clear() {
      for (const fault of byId.values()) fault.disarm();
      faults.clear();
    },
  };
}

function number(armed: ArmedFault, id: number, fault: unknown, forget: () => void): NumberedFault {
  const end = createGate();
  return {
    // JSON has no word for infinity; `null` stands for it, here and in `times`.
    view: () => ({ id, left: Number.isFinite(armed.left) ? armed.left : null, fault }),
    reached: (count) =>
      Promise.race([armed.reached(count).then(() => true), end.opened.then(() => false)]),
    release: armed.release,
    disarm() {
      armed.disarm();
      forget();
      end.open();
    },
  };
}

/** What JSON can say of a fault; `arm` checks the rest. */
function readFault(given: Members): Fault {
  return {
    ...given,
    ...(given.times === null && { times: Number.POSITIVE_INFINITY }),
  } as unknown as Fault;
}
