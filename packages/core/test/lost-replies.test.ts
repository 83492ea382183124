import { describe, expect, it } from 'vitest';
import { anHour, eventsOf, world } from './support/world.ts';

const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

describe('a refresh whose request got lost', () => {
  it('is sent again once the lease is over, alone, and heals', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn();
    const events = eventsOf(session);
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    const started = clock.monotonic();
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(clock.monotonic() - started).toBe(30_000);
    expect(sent('refresh_token')).toBe(2);
    expect(emulator.ledger.counters()).toMatchObject({
      replays: 0,
      concurrentTokenRequests: { peak: 1 },
    });
    expect(typesOf(events)).toEqual([
      'unknown',
      'refresh_failed',
      'refreshed',
      'suspect',
      'probed',
    ]);
    expect(session.getSnapshot()).toMatchObject({ status: 'authorized', error: null });
  });
});

describe('a refresh whose reply got lost', () => {
  it('heals by its probe where the server forgives a token that is sent again', async () => {
    const { clock, emulator, signedIn, sent } = world({ overlapSeconds: 60 });
    const session = await signedIn();
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(emulator.ledger.counters().replays).toBe(1);
    expect(sent()).toBe(3);
  });

  it('ends in a sign-in where it does not, and only on that verdict', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn({ credentials: () => emulator.user });
    const events = eventsOf(session);
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(typesOf(events)).toEqual([
      'unknown',
      'refresh_failed',
      'probed',
      'refresh_failed',
      'grant_sent',
      'signed_in',
    ]);
    expect(sent('password')).toBe(2);
    expect(session.getSnapshot()).toMatchObject({ status: 'authorized', error: null });
  });

  it('is reported to a person where no one else can sign in', async () => {
    const { clock, emulator, signedIn } = world();
    const session = await signedIn();
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await expect(clock.settle(session.getAccessToken())).rejects.toMatchObject({
      code: 'session_expired',
      needsGrant: true,
    });
    expect(session.getSnapshot()).toMatchObject({
      status: 'expired',
      reason: 'unknown',
      needsGrant: true,
    });
  });

  it('keeps no one waiting while the access token lives', async () => {
    const { clock, emulator, signedIn } = world({ overlapSeconds: 120 });
    const session = await signedIn();
    await clock.advance(anHour - 480_000);
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    const started = clock.monotonic();
    await clock.settle(session.getAccessToken());
    await clock.advance(0);
    await clock.settle(session.getAccessToken());
    expect(clock.monotonic()).toBe(started);
    await clock.advance(61_000);
    await session.getAccessToken();
    await clock.advance(0);
    expect(session.getSnapshot()).toMatchObject({
      status: 'authorized',
      error: null,
      needsGrant: false,
    });
    expect(emulator.ledger.counters().replays).toBe(1);
  });

  it('waits for a person if the session is asked to stop there', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn({ onUnknown: 'stop', credentials: () => emulator.user });
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    await expect(clock.settle(session.getAccessToken())).rejects.toMatchObject({
      code: 'outcome_unknown',
      needsGrant: true,
    });
    expect(session.getSnapshot()).toMatchObject({ needsGrant: true });
    expect(sent()).toBe(2);
  });

  it('is looked into by another process when the one that sent it died', async () => {
    const { clock, emulator, signedIn, session, sent } = world({ overlapSeconds: 60 });
    const dying = await signedIn();
    const survivor = session();
    await clock.settle(survivor.ready());
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const never = dying.getAccessToken();
    await hold.reached();
    const started = clock.monotonic();
    const token = survivor.getAccessToken();
    await clock.settle(token);
    expect(clock.monotonic() - started).toBeLessThanOrEqual(31_000);
    expect(sent('refresh_token')).toBe(2);
    hold.release();
    expect(await clock.settle(never)).toBe(await token);
  });
});

describe('an answer that hands out only half of what it should', () => {
  it('saves a refresh token that comes without an access token, and asks again a minute later', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'bad_body', body: { access_token: undefined } });
    const refused = await clock.settle(session.getAccessToken().catch((error: unknown) => error));
    expect(refused).toMatchObject({ code: 'outcome_unknown', retryAt: clock.now() + 60_000 });
    await clock.advance(60_000);
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(2);
    expect(emulator.ledger.counters().replays).toBe(0);
  });

  it('keeps the old refresh token when none comes back, as RFC 6749 §6 allows', async () => {
    const { clock, signedIn, sent } = world({ rotate: false });
    const session = await signedIn();
    for (let hour = 0; hour < 3; hour += 1) {
      await clock.advance(anHour + 1);
      expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    }
    expect(sent('refresh_token')).toBe(3);
    expect(sent('password')).toBe(1);
  });

  it.each([
    ['expires_in as text', { expires_in: '3600' }, anHour],
    ['no expires_in', { expires_in: undefined }, anHour],
    ['a negative expires_in', { expires_in: -1 }, 300_000],
    ['milliseconds', { expires_in: 3_600_000 }, anHour],
  ])('lives with %s', async (_, body, lifetime) => {
    const { clock, emulator, session } = world();
    emulator.faults.arm({ route: 'token', kind: 'bad_body', body });
    const each = session();
    await clock.settle(each.authorize({ type: 'password', ...emulator.user }));
    expect(each.getSnapshot()).toMatchObject({
      status: 'authorized',
      expiresAt: clock.now() + lifetime,
    });
  });
});

describe('a token whose life is over when it arrives', () => {
  it('is not refreshed in a circle', async () => {
    const { clock, signedIn, sent } = world({ advertisedExpiresIn: 0.001 });
    const session = await signedIn();
    await clock.advance(10_000);
    for (let call = 0; call < 10; call += 1)
      await clock.settle(session.getAccessToken().catch(() => {}));
    expect(sent('refresh_token')).toBeLessThanOrEqual(10);
    const before = sent('refresh_token');
    await clock.advance(60_000);
    for (let call = 0; call < 10; call += 1)
      await clock.settle(session.getAccessToken().catch(() => {}));
    expect(sent('refresh_token') - before).toBeLessThanOrEqual(10);
  });
});
