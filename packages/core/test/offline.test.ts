import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOnEndpoint } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const setOnline = (onLine: boolean): void => void vi.stubGlobal('navigator', { onLine });

describe('a device that is offline', () => {
  beforeEach(() => setOnline(true));
  afterEach(() => vi.unstubAllGlobals());

  it('sends and spends nothing, says so, stays signed in, and goes on at once when it is back', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(2 * anHour);
    setOnline(false);
    for (let minute = 0; minute < 30; minute += 1) {
      await expect(clock.settle(session.getAccessToken())).rejects.toThrow(
        'Act-On could not be reached; nothing was spent. Check the network. (this device is offline)',
      );
      await clock.advance(aMinute);
    }
    expect(session.getSnapshot()).toMatchObject({ status: 'expired', reason: 'lapsed', needsGrant: false });
    expect(sent('refresh_token')).toBe(0);
    setOnline(true);
    const before = clock.monotonic();
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(clock.monotonic()).toBe(before);
    expect(sent('refresh_token')).toBe(1);
  });

  it('is served the token that lives, without an attempt to refresh it', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    const events = eventsOf(session);
    const token = await session.getAccessToken();
    setOnline(false);
    await clock.advance(55 * aMinute);
    expect(await clock.settle(session.getAccessToken())).toBe(token);
    await clock.advance(0);
    expect(sent('refresh_token')).toBe(0);
    expect(events).toEqual([]);
  });

  it('is told so when a person signs in, and the attempt is not charged', async () => {
    const { clock, emulator, session, sent } = world();
    const each = session();
    setOnline(false);
    await expect(clock.settle(each.authorize(passwordOf(emulator)))).rejects.toMatchObject({ code: 'not_sent', needsGrant: false });
    expect(sent()).toBe(0);
    expect(each.getSnapshot().grants.used).toBe(0);
    setOnline(true);
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(each.getSnapshot().grants.used).toBe(1);
  });

  it('still reaches an Act-On that runs on it', async () => {
    const { clock, emulator, session } = world();
    const { id, secret } = emulator.client;
    const endpoint = actOnEndpoint({ clientId: id, clientSecret: secret, baseUrl: 'http://127.0.0.1:8400', fetch: emulator.fetch });
    const each = session({ endpoint });
    setOnline(false);
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });
});
