import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { type ManualClock, startOfTime } from './support/manual-clock.ts';
import { aMinute, anHour, world } from './support/world.ts';

/** Act-On and the store are elsewhere: their clocks go on as they did. */
async function here() {
  const steady = (clock: ManualClock): number => startOfTime + clock.monotonic();
  const { clock, signedIn, sent } = world({ now: () => steady(clock) });
  const session = await signedIn({ store: memoryStore({ now: () => steady(clock) }) });
  return { clock, sent, session, token: await session.getAccessToken() };
}

describe("this machine's clock is set back", () => {
  it.each([61 * aMinute, 13 * aMinute, 2 * aMinute])(
    'by %i ms, and no token is handed out after its end',
    async (back) => {
      const { clock, sent, session, token } = await here();
      await clock.advance(20 * aMinute);
      expect(await session.getAccessToken()).toBe(token);
      clock.jump(-back);
      await clock.advance(40 * aMinute + 1);
      expect(session.currentAccessToken()).toBeUndefined();
      expect(await clock.settle(session.getAccessToken())).not.toBe(token);
      expect(sent('refresh_token')).toBe(1);
    },
  );

  it('while no one asks, to the very moment at which the token was new', async () => {
    const { clock, session, token } = await here();
    await clock.advance(59 * aMinute);
    clock.jump(-59 * aMinute); // Everything looks as it did when the token was new.
    expect(await clock.settle(session.getAccessToken())).toBe(token);
    await clock.advance(aMinute);
    expect(session.currentAccessToken()).not.toBe(token);
    expect(await clock.settle(session.getAccessToken())).not.toBe(token);
  });

  it('which costs nothing: the current token is still served without I/O', async () => {
    const { clock, sent, session, token } = await here();
    clock.jump(-10 * anHour);
    for (let i = 0; i < 10; i += 1) {
      await clock.advance(aMinute);
      expect(session.currentAccessToken()).toBe(token);
      expect(await session.getAccessToken()).toBe(token);
    }
    expect(sent('refresh_token')).toBe(0);
  });
});
