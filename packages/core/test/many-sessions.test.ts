import { describe, expect, it } from 'vitest';
import { isActOnTokenError, type Session } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no refusal',
    (error) => error,
  );

describe('many sessions over one store', () => {
  it('send one refresh when 1,000 of them find the account expired at once', async () => {
    const { clock, signedIn, session, sent, emulator } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    const sessions = Array.from({ length: 1_000 }, () => session());
    const tokens = await clock.settle(Promise.all(sessions.map((each) => each.getAccessToken())));
    expect(new Set(tokens).size).toBe(1);
    expect(sent('refresh_token')).toBe(1);
    expect(emulator.ledger.counters().concurrentTokenRequests.peak).toBe(1);
  });

  it('send one password grant when ten of them start cold with credentials', async () => {
    const { clock, emulator, session, sent } = world();
    const sessions = Array.from({ length: 10 }, () =>
      session({ credentials: () => emulator.user }),
    );
    const tokens = await clock.settle(Promise.all(sessions.map((each) => each.getAccessToken())));
    expect(new Set(tokens).size).toBe(1);
    expect(sent()).toBe(1);
  });

  it('send one password grant when the password is wrong, and never try it again unattended', async () => {
    const { clock, emulator, session, sent } = world();
    const wrong = { username: emulator.user.username, password: 'wrong' };
    const sessions = Array.from({ length: 10 }, () => session({ credentials: () => wrong }));
    const refusals = await clock.settle(
      Promise.all(sessions.map((each) => refusalOf(each.getAccessToken()))),
    );
    expect(refusals.every((refusal) => isActOnTokenError(refusal, 'grant_rejected'))).toBe(true);
    await clock.advance(anHour);
    await clock.settle(refusalOf(session({ credentials: () => wrong }).getAccessToken()));
    expect(sent()).toBe(1);
  });

  it('try new credentials once the refused ones were changed', async () => {
    const { clock, emulator, session, sent } = world();
    let credentials = { username: emulator.user.username, password: 'wrong' };
    const each = session({ credentials: () => credentials });
    await clock.settle(refusalOf(each.getAccessToken()));
    credentials = { ...emulator.user };
    await clock.advance(2_000);
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    expect(sent('password')).toBe(2);
  });

  it('refuse a sixth grant within an hour, say when it will be possible, and keep that promise', async () => {
    const { clock, emulator, session, sent } = world();
    const person = session();
    const events = eventsOf(person);
    for (let grant = 0; grant < 5; grant += 1)
      await clock.settle(person.authorize(passwordOf(emulator)));
    const refusal = await clock.settle(refusalOf(session().authorize(passwordOf(emulator))));
    expect(isActOnTokenError(refusal, 'grant_budget')).toBe(true);
    const { retryAt } = refusal as { retryAt: number };
    expect(sent('password')).toBe(5);
    expect(retryAt).toBeGreaterThan(clock.now() + anHour - aMinute);
    expect(person.getSnapshot().grants).toEqual({ used: 5, limit: 5, nextAt: retryAt });
    await clock.advance(retryAt - clock.now());
    await clock.settle(session().authorize(passwordOf(emulator)));
    expect(sent('password')).toBe(6);
    expect(emulator.ledger.entries.every(({ status }) => status === 200)).toBe(true);
    expect(events.filter(({ type }) => type === 'grant_sent')).toHaveLength(5);
  });

  it('keep one grant for a person: unattended sign-ins stop at four', async () => {
    const { clock, emulator, session, sent } = world();
    const server = session({ credentials: () => emulator.user });
    for (let round = 0; round < 6; round += 1) {
      await clock.settle(refusalOf(server.getAccessToken()));
      emulator.revoke({ user: emulator.user.username });
      await clock.advance(2 * aMinute);
      const token = server.currentAccessToken();
      await clock.settle(
        refusalOf(server.getAccessToken(token === undefined ? {} : { rejected: token })),
      );
    }
    expect(sent('password')).toBeLessThanOrEqual(4);
  });

  it('stop signing in when another installation keeps killing their tokens', async () => {
    const { clock, emulator, session, sent } = world({ grantLimit: null });
    const ours = session({ credentials: () => emulator.user });
    const theirs = session({
      credentials: () => emulator.user,
      account: 'another name for the same user',
    });
    let refusal: unknown;
    for (
      let round = 0;
      round < 4 && !isActOnTokenError(refusal, 'credential_conflict');
      round += 1
    ) {
      refusal = await use(ours);
      await use(theirs);
      await clock.advance(5 * aMinute);
    }
    expect(isActOnTokenError(refusal, 'credential_conflict')).toBe(true);
    expect(sent('password')).toBeLessThanOrEqual(6);

    async function use(each: Session): Promise<unknown> {
      const token = await clock.settle(each.getAccessToken().catch((error: unknown) => error));
      if (typeof token !== 'string') return token;
      return clock.settle(
        each.getAccessToken({ minValidity: 59 * aMinute }).catch((error: unknown) => error),
      );
    }
  });
});

describe('an endpoint that answers 503 for ten minutes', () => {
  it('costs no grant, is asked every half minute at most, and is used again at its first good answer', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn({ credentials: () => emulator.user });
    await clock.advance(anHour + 1);
    const outage = emulator.faults.arm({
      route: 'token',
      kind: 'status',
      status: 503,
      times: Number.POSITIVE_INFINITY,
    });
    const started = clock.now();
    let refusal: unknown;
    while (clock.now() < started + 10 * aMinute) {
      refusal = await clock.settle(refusalOf(session.getAccessToken()));
      await clock.advance(5_000);
    }
    expect(isActOnTokenError(refusal, 'outcome_unknown')).toBe(true);
    const duringOutage = sent('refresh_token');
    outage.disarm();
    await clock.advance((refusal as { retryAt: number }).retryAt - clock.now());
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(duringOutage + 1);
    expect(duringOutage).toBeLessThanOrEqual(26);
    expect(sent('password')).toBe(1);
    expect(session.getSnapshot()).toMatchObject({ status: 'authorized', error: null });
  });
});
