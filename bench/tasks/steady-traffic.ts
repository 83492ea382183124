// Row 8: callers come in every second, by a clock that is moved by hand, while tokens expire many
// times over and Act-On takes its time.
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { type ManualClock, manualClock } from '../../packages/core/test/support/manual-clock.ts';

export interface SteadyTraffic {
  /** Milliseconds of that clock. */
  readonly longestWait: number;
  readonly refreshes: number;
}

const lifetimes = 20;
const step = 5_000;
/** What Act-On takes for an answer. */
const latency = 800;

export async function measure(): Promise<SteadyTraffic> {
  const clock = manualClock();
  const now = (): number => clock.now();
  const emulator = createEmulator({ now, grantLimit: null });
  const endpoint = actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch: slow(clock, emulator.fetch),
  });
  const session = createSession({
    endpoint,
    account: emulator.user.username,
    store: memoryStore({ now }),
    clock,
  });
  await clock.settle(session.authorize({ type: 'password', ...emulator.user }));
  let longestWait = 0;
  for (const end = clock.now() + lifetimes * 3_600_000; clock.now() < end; ) {
    const asked = clock.now();
    void session.getAccessToken().then(() => {
      longestWait = Math.max(longestWait, clock.now() - asked);
    });
    await clock.advance(step);
  }
  return { longestWait, refreshes: emulator.ledger.counters().grants.refresh_token.granted };
}

const slow =
  (clock: ManualClock, fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    await new Promise<void>((resolve) => clock.setTimeout(resolve, latency, true));
    return fetch(input, init);
  };
