import { actOnEndpoint, createSession, isActOnTokenError, type Session } from '@act-on-token/core';
import type { Emulator } from '@act-on-token/emulator';
import type { Happening, TabName } from '../model/happening.ts';
import { fingerprint } from '../model/record.ts';
import { eventWords, isNews } from '../model/words.ts';
import type { Depot, Life } from './depot.ts';
import type { Time } from './time.ts';
import type { Wire } from './wire.ts';

/** What all tabs of a world have in common. */
export interface Surroundings {
  readonly time: Time;
  readonly emulator: Emulator;
  readonly depot: Depot;
  readonly wire: Wire;
  log(happening: Happening): void;
  /** Something shows differently now. */
  changed(): void;
}

/**
 * A tab: a session with a store handle, a wire and a clock of its own, all of which die with it.
 */
export interface Tab {
  readonly name: TabName;
  readonly isDead: boolean;
  readonly session: Session;
  /** Calls that wait for their token. */
  readonly waiting: number;
  /** What the last call got: the fingerprint of a token, or the code of a refusal. */
  readonly last: string | null;
  /** What its session told, newest first. */
  readonly events: readonly string[];
  ask(): void;
  signIn(): void;
  signOut(): void;
  kill(): void;
  open(): void;
}

/** How many of its events a tab shows. */
const shown = 3;

interface Visit {
  readonly life: Life;
  readonly session: Session;
  waiting: number;
  last: string | null;
  events: readonly string[];
}

export function createTab(name: TabName, around: Surroundings): Tab {
  let visit = begin(name, around);

  /** Runs a call of the session and shows what came of it, unless the tab died over it. */
  const call = async (own: Visit, work: (session: Session) => Promise<string>): Promise<void> => {
    own.waiting += 1;
    own.last = await work(own.session).catch((error: unknown) => {
      const code = isActOnTokenError(error) ? error.code : 'an error';
      if (!own.life.isDead) around.log({ type: 'refused', tab: name, code });
      return code;
    });
    own.waiting -= 1;
    around.changed();
  };
  const get = async (session: Session): Promise<string> => {
    around.log({ type: 'asked', tab: name });
    const print = fingerprint(await session.getAccessToken());
    around.log({ type: 'served', tab: name, print });
    return print;
  };
  const { user } = around.emulator;

  return {
    name,
    get isDead() {
      return visit.life.isDead;
    },
    get session() {
      return visit.session;
    },
    get waiting() {
      return visit.life.isDead ? 0 : visit.waiting;
    },
    get last() {
      return visit.last;
    },
    get events() {
      return visit.events;
    },
    ask: () => void call(visit, get),
    signIn: () =>
      void call(visit, (session) =>
        session.authorize({ type: 'password', ...user }).then(() => 'signed in'),
      ),
    signOut: () => void call(visit, (session) => session.signOut().then(() => 'signed out')),
    kill() {
      visit.life.isDead = true;
      // Takes the listeners off this page. Nothing else reaches anybody: its store, its wire and
      // its clock are dead.
      void visit.session.close();
      around.log({ type: 'killed', tab: name });
    },
    open() {
      visit = begin(name, around);
      around.log({ type: 'opened', tab: name });
    },
  };
}

function begin(name: TabName, { emulator, depot, wire, time, log, changed }: Surroundings): Visit {
  const life: Life = { tab: name, isDead: false };
  const { id: clientId, secret: clientSecret } = emulator.client;
  const session = createSession({
    endpoint: actOnEndpoint({
      clientId,
      clientSecret,
      // On this machine: in this very page.
      baseUrl: 'http://localhost',
      fetch: wire.fetchFor(life),
      // The secret is the emulator's, and opens nothing.
      dangerouslyAllowBrowser: true,
    }),
    account: emulator.user.username,
    store: depot.handleFor(life),
    clock: time.clockOf(life),
  });
  const visit: Visit = { life, session, waiting: 0, last: null, events: [] };
  session.on((event) => {
    if (life.isDead) return;
    const text = eventWords(event);
    visit.events = [text, ...visit.events].slice(0, shown);
    if (isNews(event)) log({ type: 'told', tab: name, text });
  });
  // As a page does that shows its session: it watches the record from the start.
  session.subscribe(changed);
  return visit;
}
