import { createEmulator, type Emulator, type EmulatorOptions } from '@act-on-token/emulator';
import { type MemoryStore, memoryStore } from '@act-on-token/memory';
import {
  actOnEndpoint,
  type Credentials,
  createSession,
  type Session,
  type SessionEvent,
  type SessionOptions,
} from '../../src/index.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

/**
 * An Act-On, a store and a clock of their own, and sessions in them that behave like so many
 * processes.
 */
export interface World {
  readonly clock: ManualClock;
  readonly emulator: Emulator;
  readonly store: MemoryStore;
  /** A session as another process would have it: its own handle on the store. */
  session(options?: Partial<SessionOptions>): Session;
  /** A session that is signed in. */
  signedIn(options?: Partial<SessionOptions>): Promise<Session>;
  /** Token requests that came in: all, or of one kind. */
  sent(kind?: 'password' | 'refresh_token' | 'authorization_code'): number;
}

export const aMinute = 60_000;
export const anHour = 3_600_000;

export function world(options: EmulatorOptions = {}): World {
  const clock = manualClock();
  const emulator = createEmulator({ now: () => clock.now(), ...options });
  const store = memoryStore({ now: () => clock.now() });
  const endpoint = actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch: emulator.fetch,
  });
  const session: World['session'] = (more) =>
    createSession({
      endpoint,
      account: emulator.user.username,
      store: store.open(),
      clock,
      ...more,
    });
  return {
    clock,
    emulator,
    store,
    session,
    async signedIn(more) {
      const created = session(more);
      await clock.settle(created.authorize(passwordOf(emulator)));
      return created;
    },
    sent(kind) {
      const { grants } = emulator.ledger.counters();
      return kind === undefined
        ? Object.values(grants).reduce((sum, grant) => sum + grant.sent, 0)
        : grants[kind].sent;
    },
  };
}

export const passwordOf = ({ user }: Emulator): { type: 'password' } & Credentials => ({
  type: 'password',
  ...user,
});

/** Everything that the session tells from now on. */
export function eventsOf(session: Session): SessionEvent[] {
  const events: SessionEvent[] = [];
  session.on((event) => events.push(event));
  return events;
}
