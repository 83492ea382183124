import {
  accountKey,
  actOnEndpoint,
  type Clock,
  createSession,
  type Fetch,
  isActOnTokenError,
  type Session,
  type SessionOptions,
  type Snapshot,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { expect, onTestFinished, vi } from 'vitest';
import { skippableClock } from '../../../examples/quick-start/skippable-clock.ts';
import { type AccountRecord, decodeRecord } from '../../../packages/core/src/record.ts';
import { type LyingServer, lyingServer } from './lying-server.ts';

export const anHour = 3_600_000;

/** Somebody signed in an hour ago over HTTP, from a machine whose time can be moved. */
export interface Scene extends LyingServer {
  readonly session: Session;
  readonly clock: Clock;
  /** Time passes, for timers too. */
  skip(ms: number): void;
  /** The machine sleeps: the wall clock goes on, nothing else does. */
  sleep(ms: number): void;
  another(options?: Partial<SessionOptions>): Session;
  record(): Promise<AccountRecord>;
  /** What `getAccessToken()` of the session gives or fails with. */
  ask(): Promise<unknown>;
  /** The same, with time passing until there is a result: for an answer that never comes. */
  askPatiently(): Promise<unknown>;
}

export async function scene({
  fetch,
  storeAhead = 0,
}: {
  fetch?: Fetch;
  storeAhead?: number;
} = {}): Promise<Scene> {
  const time = skippableClock();
  let slept = 0;
  const clock: Clock = { ...time, now: () => time.now() + slept };
  const server = await lyingServer({ now: () => clock.now() });
  const { client, user } = server.emulator;
  const store = memoryStore({ now: () => clock.now() + storeAhead });
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl: server.url,
    ...(fetch && { fetch }),
  });
  const another: Scene['another'] = (more) => {
    const session = createSession({
      endpoint,
      account: user.username,
      store: store.open(),
      clock,
      ...more,
    });
    onTestFinished(() => void session.close());
    return session;
  };
  const session = another();
  await session.authorize({ type: 'password', ...user });
  time.skip(anHour + 1);
  const ask = (): Promise<unknown> => session.getAccessToken().catch((reason: unknown) => reason);
  return Object.assign(Object.create(server, {}) as LyingServer, {
    session,
    clock,
    skip: (ms: number) => time.skip(ms),
    sleep: (ms: number) => {
      slept += ms;
    },
    another,
    async record() {
      const { record, now } = await store.read(
        accountKey(endpoint.issuer, client.id, user.username),
      );
      return decodeRecord(record?.value ?? 'nothing', now);
    },
    ask,
    async askPatiently() {
      let result: unknown;
      void ask().then((settled) => {
        result = settled;
      });
      await vi.waitFor(
        () => {
          if (result === undefined) time.skip(1_000);
          expect(result).toBeDefined();
        },
        { timeout: 50_000, interval: 20 },
      );
      return result;
    },
  });
}

/** What a session that met a lie must say, and what the store must still hold. */
export interface Told {
  readonly code: string;
  readonly snapshot?: Partial<Snapshot>;
  readonly unanswered: number;
}

/**
 * The refresh meets the lie; what it says, that nothing is lost, and that the truth heals without a
 * sign-in.
 */
export async function tells(
  act: Scene,
  ask: Scene['ask'],
  { code, snapshot = {}, unanswered }: Told,
): Promise<void> {
  const before = await act.record();
  const reason = await ask();
  expect(reason).toMatchObject({ code, needsGrant: false, retryAt: expect.any(Number) });
  const shown = act.session.getSnapshot();
  expect(shown).toMatchObject({ usable: false, needsGrant: false, error: { code }, ...snapshot });
  const { pair, ended } = await act.record();
  expect({ ended, refreshToken: pair?.refreshToken }).toEqual({
    ended: null,
    refreshToken: before.pair?.refreshToken,
  });
  expect(Math.min(pair?.unanswered ?? 0, 1)).toBe(unanswered);
  act.lie(null);
  // A second more: the two clocks of this machine differ by parts of a millisecond.
  act.skip(
    isActOnTokenError(reason) ? Math.max(0, (reason.retryAt ?? 0) - act.clock.now()) + 1_000 : 0,
  );
  expect(await act.ask()).toBeTypeOf('string');
  expect(act.session.getSnapshot()).toMatchObject({
    status: 'authorized',
    usable: true,
    error: null,
  });
  expect(act.emulator.ledger.counters()).toMatchObject({
    replays: 0,
    grants: { password: { sent: 1 }, refresh_token: { granted: 1 } },
  });
}
