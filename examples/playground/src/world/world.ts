import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { type Entry, type Happening, tabNames } from '../model/happening.ts';
import { createDepot, type Depot } from './depot.ts';
import { createTab, type Tab } from './tab.ts';
import { createTime, type Time } from './time.ts';
import { createWire, type Wire } from './wire.ts';

/** How Act-On's token endpoint answers instead of doing its work. */
export type Trouble = 503 | 429;

/** Everything there is: one Act-On, one store, three tabs and the time, all in this page. */
export interface World {
  readonly time: Time;
  readonly startedAt: number;
  readonly emulator: Emulator;
  readonly depot: Depot;
  readonly wire: Wire;
  readonly tabs: readonly [Tab, Tab, Tab];
  /** Oldest first. */
  readonly entries: readonly Entry[];
  readonly trouble: Trouble | null;
  /**
   * Whether Act-On answers a refresh token once more that was spent within the last ten minutes.
   */
  readonly forgives: boolean;
  answerWith(trouble: Trouble | null): void;
  forgive(forgives: boolean): void;
  /** Somebody who shares no store with these tabs signs in as the same user. */
  otherSignsIn(): Promise<void>;
  /** All tabs die. */
  end(): void;
}

/** So many happenings are kept. */
const kept = 200;
const overlapSeconds = 600;

export function createWorld(changed: () => void): World {
  const startedAt = Date.now();
  const time = createTime(startedAt);
  // A seed: the refresh tokens have the same fingerprints each time, so that one can find one's
  // way.
  const emulator = createEmulator({ now: time.now, seed: 'playground' });
  let entries: readonly Entry[] = [];
  let number = 0;
  const log = (happening: Happening): void => {
    number += 1;
    entries = [...entries, { ...happening, number, at: time.now() - startedAt }].slice(-kept);
    changed();
  };
  const depot = createDepot(time, log);
  const wire = createWire(time, emulator.fetch, log);
  const around = { time, emulator, depot, wire, log, changed };
  const [a, b, c] = tabNames.map((name) => createTab(name, around));
  if (a === undefined || b === undefined || c === undefined)
    throw new Error('There are three tabs.');
  let trouble: Trouble | null = null;

  return {
    time,
    startedAt,
    emulator,
    depot,
    wire,
    tabs: [a, b, c],
    get entries() {
      return entries;
    },
    get trouble() {
      return trouble;
    },
    get forgives() {
      return emulator.switches().overlapSeconds > 0;
    },
    answerWith(next) {
      trouble = next;
      emulator.faults.clear();
      if (next === 503)
        emulator.faults.arm({
          route: 'token',
          kind: 'status',
          status: 503,
          times: Number.POSITIVE_INFINITY,
        });
      if (next === 429)
        emulator.faults.arm({
          route: 'token',
          kind: 'too_many_requests',
          retryAfter: 60,
          times: Number.POSITIVE_INFINITY,
        });
      log({
        type: 'world',
        text: next === null ? 'Act-On works again' : `Act-On answers ${next} from now on`,
      });
    },
    forgive(forgives) {
      emulator.configure({ overlapSeconds: forgives ? overlapSeconds : 0 });
      changed();
    },
    async otherSignsIn() {
      const { client, user } = emulator;
      const form = {
        grant_type: 'password',
        client_id: client.id,
        client_secret: client.secret,
        ...user,
      };
      const sent = emulator.fetch('http://localhost/token', {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      const answer = await time.during(sent);
      log({ type: 'other_signed_in', granted: answer.ok });
    },
    end() {
      for (const tab of [a, b, c]) if (!tab.isDead) tab.kill();
    },
  };
}
