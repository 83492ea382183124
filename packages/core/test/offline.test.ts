import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOnEndpoint } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const setOnline = (onLine: boolean): void => void vi.stubGlobal('navigator', { onLine });

describe('a device that is offline', () => {
  beforeEach(() => setOnline(true));
  afterEach(() => vi.unstubAllGlobals());

  it('is believed for half a minute: nothing is sent, and a call goes on at once when the device is back', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(2 * anHour);
    setOnline(false);
    for (let second = 0; second < 30; second += 5) {
      await expect(clock.settle(session.getAccessToken())).rejects.toMatchObject({
        code: 'not_sent',
        needsGrant: false,
      });
      await clock.advance(5_000 - 1);
    }
    expect(session.getSnapshot()).toMatchObject({
      status: 'expired',
      reason: 'lapsed',
      needsGrant: false,
    });
    expect(sent('refresh_token')).toBe(0);
    setOnline(true);
    const before = clock.monotonic();
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(clock.monotonic()).toBe(before);
    expect(sent('refresh_token')).toBe(1);
  });

  it('is not believed for longer, because behind some VPNs and adapters the hint is wrong', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(2 * anHour);
    setOnline(false);
    const refusal = await clock.settle(
      session.getAccessToken().catch((error: { retryAt: number; message: string }) => error),
    );
    expect(refusal).toMatchObject({
      message: expect.stringContaining('says that it is offline'),
      retryAt: clock.now() + 30_000,
    });
    await clock.advance(30_000);
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
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

  it('ends no autoRefresh: it goes on when the device is back, though no one says so', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn({ autoRefresh: true, refreshAhead: 10 * aMinute });
    await clock.advance(40 * aMinute);
    setOnline(false);
    await clock.advance(11 * aMinute + 20_000);
    setOnline(true);
    await clock.advance(5 * aMinute);
    expect(sent('refresh_token')).toBe(1);
    await clock.settle(session.close());
  });

  it('never keeps a person from signing in', async () => {
    const { clock, emulator, session, sent } = world();
    const each = session();
    setOnline(false);
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(sent('password')).toBe(1);
    expect(each.getSnapshot()).toMatchObject({ status: 'authorized', usable: true });
  });

  it('still reaches an Act-On that runs on it', async () => {
    const { clock, emulator, session, sent } = world();
    const { id, secret } = emulator.client;
    const endpoint = actOnEndpoint({
      clientId: id,
      clientSecret: secret,
      baseUrl: 'http://127.0.0.1:8400',
      fetch: emulator.fetch,
    });
    const each = session({ endpoint });
    setOnline(false);
    await clock.settle(each.authorize(passwordOf(emulator)));
    await clock.advance(anHour + 1);
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(1);
  });
});

describe('a device that is offline when a refresh by timer is due', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('takes the pair that another process brought, although its store gives no hints', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    setOnline(true);
    const { clock, session, signedIn, store, sent } = world();
    const blind = { ...store.open(), watch: () => () => {} };
    const waiting = await signedIn({ store: blind, autoRefresh: true });
    const old = waiting.currentAccessToken();
    await clock.advance(30 * aMinute);
    const token = await clock.settle(session().getAccessToken({ minValidity: 40 * aMinute }));
    setOnline(false);
    await clock.advance(20 * aMinute - 2_000);
    expect(waiting.currentAccessToken()).toBe(old);
    await clock.advance(4_000);
    expect(waiting.currentAccessToken()).toBe(token);
    expect(sent('refresh_token')).toBe(1);
    await waiting.close();
  });
});
