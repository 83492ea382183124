import { describe, expect, it } from 'vitest';
import { accountKey, actOnEndpoint, authorizationUrl, readCallback } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const redirectUri = 'https://app.example.test/callback';

describe('signing in with a password', () => {
  it('is told as an event, shows while it goes on, and ends authorized', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    const events = eventsOf(each);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const done = each.authorize(passwordOf(emulator));
    expect(each.getSnapshot().signingIn).toBe(true);
    await hold.reached();
    hold.release();
    await clock.settle(done);
    expect(each.getSnapshot()).toMatchObject({
      status: 'authorized',
      signingIn: false,
      usable: true,
      needsGrant: false,
      scope: 'offline-access',
    });
    expect(events).toEqual([
      { type: 'grant_sent', used: 1, limit: 5 },
      { type: 'signed_in', lineage: 1 },
    ]);
  });

  it('leaves the pair and the other callers alone when the password is wrong', async () => {
    const { clock, emulator, signedIn } = world();
    const session = await signedIn();
    const token = await session.getAccessToken();
    const typo = session.authorize({ ...passwordOf(emulator), password: 'wrong' });
    await expect(clock.settle(typo)).rejects.toMatchObject({
      code: 'grant_rejected',
      needsGrant: true,
    });
    expect(await session.getAccessToken()).toBe(token);
    expect(session.getSnapshot()).toMatchObject({
      status: 'authorized',
      error: null,
      grants: { used: 2 },
    });
  });

  it('adopts the pair of somebody who signed in while it waited, and sends nothing', async () => {
    const { clock, emulator, session, sent } = world();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const [one, two] = [session(), session()];
    const both = Promise.all([
      one.authorize(passwordOf(emulator)),
      two.authorize(passwordOf(emulator)),
    ]);
    await hold.reached();
    hold.release();
    await clock.settle(both);
    expect(sent('password')).toBe(1);
    expect(await one.getAccessToken()).toBe(await two.getAccessToken());
  });

  it('does not start once its signal was aborted, and costs nothing then', async () => {
    const { clock, emulator, session, sent } = world();
    const refused = session().authorize(passwordOf(emulator), {
      signal: AbortSignal.abort(new Error('changed my mind')),
    });
    await expect(clock.settle(refused)).rejects.toThrow('changed my mind');
    await clock.advance(0);
    expect(sent()).toBe(0);
  });

  it('refunds what was charged when Act-On refused the client or was not reached', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    emulator.faults.arm({ route: 'token', kind: 'status', status: 401, body: 'json' });
    await expect(clock.settle(each.authorize(passwordOf(emulator)))).rejects.toMatchObject({
      code: 'client_rejected',
    });
    expect(each.getSnapshot().grants.used).toBe(0);
  });

  it('says when it may go on after a 429, for grants only', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(50 * aMinute);
    emulator.faults.arm({
      route: 'token',
      kind: 'too_many_requests',
      grantType: 'password',
      retryAfter: 120,
    });
    const refused = await clock.settle(
      session.authorize(passwordOf(emulator)).catch((error: unknown) => error),
    );
    expect(refused).toMatchObject({ code: 'rate_limited', retryAt: clock.now() + 120_000 });
    await expect(clock.settle(session.authorize(passwordOf(emulator)))).rejects.toMatchObject({
      code: 'rate_limited',
    });
    expect(sent('password')).toBe(2);
    await clock.settle(session.getAccessToken({ minValidity: 30 * aMinute }));
    expect(sent('refresh_token')).toBe(1);
  });

  it('that got no answer leaves the old pair in use, but verifies it early: the grant may have killed it', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(10 * aMinute);
    const events = eventsOf(session);
    emulator.faults.arm({ route: 'token', kind: 'drop_after', grantType: 'password' });
    await expect(clock.settle(session.authorize(passwordOf(emulator)))).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(session.getSnapshot()).toMatchObject({ usable: true });
    expect(events.map(({ type }) => type)).toContain('suspect');
    await clock.advance(aMinute);
    await session.getAccessToken();
    await clock.advance(0);
    expect(sent('refresh_token')).toBe(1);
    expect(session.getSnapshot()).toMatchObject({
      status: 'authorized',
      usable: true,
      needsGrant: true,
    });
  });
});

describe('signing in with an authorization code', () => {
  const codeWorld = () =>
    world({ redirectUris: [redirectUri], autoConsent: 'marketer@example.test', pkce: 'enforce' });

  async function codeFor({ emulator }: ReturnType<typeof world>) {
    const request = await authorizationUrl({ clientId: emulator.client.id, redirectUri });
    const answer = await emulator.fetch(request.url, { redirect: 'manual' });
    return readCallback(answer.headers.get('location') ?? '', request);
  }

  it('goes from the URL over the redirect to an authorized session, with PKCE', async () => {
    const act = codeWorld();
    const session = act.session({ account: 'workspace 7' });
    await act.clock.settle(session.authorize(await codeFor(act)));
    expect(session.getSnapshot().status).toBe('authorized');
    expect(act.sent('authorization_code')).toBe(1);
    expect(act.emulator.ledger.counters().secretsInUrl).toBe(0);
  });

  it('sends a code once, however often the page that brought it is loaded', async () => {
    const act = codeWorld();
    const session = act.session();
    const grant = await codeFor(act);
    await act.clock.settle(
      Promise.all([session.authorize(grant), session.authorize({ ...grant })]),
    );
    await act.clock.settle(session.authorize(grant));
    expect(act.sent('authorization_code')).toBe(1);
  });

  it('never sends a code again after an answer got lost', async () => {
    const act = codeWorld();
    const session = act.session();
    const grant = await codeFor(act);
    act.emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await expect(act.clock.settle(session.authorize(grant))).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    await expect(act.clock.settle(session.authorize(grant))).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(act.sent('authorization_code')).toBe(1);
  });

  it('lets a code that was not sent be tried again', async () => {
    const act = codeWorld();
    const grant = await codeFor(act);
    const down = act.store.open();
    const session = act.session({
      store: { ...down, read: () => Promise.reject(new Error('down')) },
    });
    await expect(act.clock.settle(session.authorize(grant))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    const other = act.session();
    await act.clock.settle(other.authorize(grant));
    expect(other.getSnapshot().usable).toBe(true);
  });
});

describe('bringing a pair that one already holds', () => {
  it('is possible when all grants of the hour are used', async () => {
    const { clock, emulator, session, sent } = world();
    const each = session();
    for (let grant = 0; grant < 5; grant += 1)
      await clock.settle(each.authorize(passwordOf(emulator)));
    const refused = each.authorize({ type: 'refresh_token', refreshToken: 'no such token' });
    await expect(clock.settle(refused)).rejects.toMatchObject({ code: 'grant_rejected' });
    expect(sent('refresh_token')).toBe(1);
  });

  it('refreshes it and costs no grant', async () => {
    const { clock, emulator, session, sent } = world();
    const form = new URLSearchParams({
      grant_type: 'password',
      client_id: emulator.client.id,
      client_secret: emulator.client.secret,
      ...emulator.user,
    });
    const { refresh_token } = await emulator
      .fetch('https://api.actonsoftware.com/token', { method: 'POST', body: form })
      .then((r) => r.json());
    const each = session();
    await clock.settle(each.authorize({ type: 'refresh_token', refreshToken: refresh_token }));
    expect(each.getSnapshot()).toMatchObject({ status: 'authorized', grants: { used: 0 } });
    expect(sent('refresh_token')).toBe(1);
  });

  it('keeps a token whose outcome is unknown, and probes it', async () => {
    const { clock, emulator, session, sent } = world();
    const form = {
      grant_type: 'password',
      client_id: emulator.client.id,
      client_secret: emulator.client.secret,
      ...emulator.user,
    };
    const { refresh_token } = await emulator
      .fetch('https://api.actonsoftware.com/token', {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      .then((r) => r.json());
    const each = session();
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    const lost = each.authorize({ type: 'refresh_token', refreshToken: refresh_token });
    await expect(clock.settle(lost)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await clock.advance(2 * aMinute);
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(2);
  });

  it('leaves a good pair alone when the token is refused', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    const refused = session.authorize({ type: 'refresh_token', refreshToken: 'no such token' });
    await expect(clock.settle(refused)).rejects.toMatchObject({ code: 'grant_rejected' });
    await clock.advance(anHour + 1);
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
  });
});

describe('signing out', () => {
  it('reaches every session, and lasts until somebody signs in', async () => {
    const { clock, emulator, signedIn, session, sent } = world();
    const one = await signedIn();
    const two = session({ credentials: () => emulator.user });
    await clock.settle(two.ready());
    let heard = 0;
    two.subscribe(() => (heard += 1));
    await clock.settle(one.signOut());
    await clock.advance(0);
    expect(heard).toBeGreaterThan(0);
    expect(two.getSnapshot()).toMatchObject({ status: 'idle', needsGrant: true });
    await expect(clock.settle(two.getAccessToken())).rejects.toMatchObject({ code: 'signed_out' });
    expect(sent()).toBe(1);
    await clock.settle(one.authorize(passwordOf(emulator)));
    await clock.advance(0);
    expect(two.getSnapshot().status).toBe('authorized');
  });

  it('keeps the grants that were used', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    await clock.settle(session.signOut());
    expect(session.getSnapshot().grants.used).toBe(1);
  });

  it('is not undone by a refresh that was under way, and that one says that its pair was dropped', async () => {
    const { clock, emulator, signedIn, session } = world();
    const one = await signedIn();
    const two = session();
    await clock.settle(two.ready());
    await clock.advance(anHour + 1);
    const events = eventsOf(one);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const waiting = one.getAccessToken().catch((error: unknown) => error);
    await hold.reached();
    await clock.settle(two.signOut());
    hold.release();
    expect(await clock.settle(waiting)).toMatchObject({ code: 'signed_out' });
    expect(events.map(({ type }) => type)).toEqual(['signed_out', 'superseded']);
    expect(one.getSnapshot().status).toBe('idle');
  });

  it('of an account that nobody signed in to keeps unattended sign-ins away all the same', async () => {
    const { clock, emulator, session, sent } = world();
    await clock.settle(session().signOut());
    const server = session({ credentials: () => emulator.user });
    await expect(clock.settle(server.getAccessToken())).rejects.toMatchObject({
      code: 'signed_out',
    });
    expect(sent()).toBe(0);
  });
});

describe('what a person brought', () => {
  const refusalOf = (call: Promise<unknown>): Promise<{ code: string; message: string }> =>
    call.then(
      () => ({ code: 'no refusal', message: '' }),
      (error) => error,
    );

  it('is not tried again by a program that has the same, if Act-On refused it', async () => {
    const { clock, emulator, session, sent } = world();
    const wrong = { ...emulator.user, password: 'wrong' };
    const person = session();
    const { code } = await clock.settle(
      refusalOf(person.authorize({ type: 'password', ...wrong })),
    );
    const unattended = session({ credentials: () => wrong });
    const refusal = await clock.settle(refusalOf(unattended.getAccessToken()));
    expect([code, refusal.code, sent('password')]).toEqual(['grant_rejected', 'grant_rejected', 1]);
  });

  it('is a refresh token, and each of them is one of its own', async () => {
    const { clock, emulator, session, signedIn, sent } = world();
    const from = await signedIn({ account: 'elsewhere@example.test' });
    await clock.settle(from.getAccessToken());
    const importing = session();
    for (const refreshToken of ['not a token', 'no token either'])
      expect(
        await clock.settle(refusalOf(importing.authorize({ type: 'refresh_token', refreshToken }))),
      ).toMatchObject({ code: 'grant_rejected' });
    expect(sent('refresh_token')).toBe(2);
    expect(emulator.ledger.counters().grants.password.sent).toBe(1);
  });

  it('is waited for no longer than its signal says, while what was sent goes on', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const controller = new AbortController();
    const done = refusalOf(each.authorize(passwordOf(emulator), { signal: controller.signal }));
    await hold.reached();
    const reason = Object.assign(new Error('left'), { code: 'left' });
    controller.abort(reason);
    expect(await clock.settle(done)).toBe(reason);
    hold.release();
    await clock.advance(1_000);
    expect(each.currentAccessToken()).toBeTypeOf('string');
  });

  it('is over after a sign-out, and a second sign-out writes nothing', async () => {
    const { clock, session, signedIn, store } = world();
    const each = await signedIn();
    await clock.settle(each.signOut());
    let swaps = 0;
    const open = store.open();
    const swap: typeof open.swap = (...all) => {
      swaps += 1;
      return open.swap(...all);
    };
    await clock.settle(session({ store: { ...open, swap } }).signOut());
    expect(swaps).toBe(0);
  });
});

describe('a sign-in', () => {
  type Refusal = { code: string; message: string; retryAt: number | null };
  const refusalOf = (call: Promise<unknown>): Promise<Refusal> =>
    call.then(
      () => ({ code: 'no refusal', message: '', retryAt: null }),
      (error) => error,
    );
  const answering = (
    { emulator, session }: ReturnType<typeof world>,
    answer: () => Promise<Response> | null,
  ) => {
    const { client, fetch } = emulator;
    return session({
      endpoint: actOnEndpoint({
        clientId: client.id,
        clientSecret: client.secret,
        fetch: (...all) => answer() ?? fetch(...all),
      }),
    });
  };

  it('beyond the hourly limit is refused, with the time of the next, and nothing is sent', async () => {
    const { clock, emulator, session, sent } = world();
    const each = session();
    const events = eventsOf(each);
    const wrong = () =>
      clock.settle(refusalOf(each.authorize({ ...passwordOf(emulator), password: 'no' })));
    for (let times = 1; times <= 5; times += 1)
      expect(await wrong()).toMatchObject({ code: 'grant_rejected', retryAt: null });
    const { code, retryAt, message } = await wrong();
    expect([code, sent('password')]).toEqual(['grant_budget', 5]);
    expect(retryAt).toBeGreaterThan(clock.now() + 59 * aMinute);
    expect(message).toContain(new Date(retryAt ?? 0).toISOString());
    expect(events.filter(({ type }) => type === 'grant_budget')).toEqual([
      { type: 'grant_budget', nextAt: retryAt },
    ]);
  });

  it('that a server puts off is refused with the time that the server named, also the next one', async () => {
    const place = world();
    const { clock, emulator } = place;
    const headers = { 'retry-after': '30' };
    const each = answering(place, () =>
      Promise.resolve(new Response('', { status: 429, headers })),
    );
    const began = clock.now();
    for (let times = 1; times <= 2; times += 1) {
      const refusal = await clock.settle(refusalOf(each.authorize(passwordOf(emulator))));
      expect(refusal.code).toBe('rate_limited');
      expect(Math.abs((refusal.retryAt ?? 0) - began - 30_000)).toBeLessThan(2_000);
    }
    expect(eventsOf(each)).toEqual([]);
  });

  it('into which a sign-out came is refused for that', async () => {
    const { clock, emulator, session } = world();
    const [person, other] = [session(), session()];
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const done = refusalOf(person.authorize(passwordOf(emulator)));
    await hold.reached();
    await clock.settle(other.signOut());
    hold.release();
    expect(await clock.settle(done)).toMatchObject({
      code: 'signed_out',
      message: expect.stringContaining('(a sign-out came meanwhile)'),
    });
  });

  it('waits for one that another process began, and then has its pair', async () => {
    const { clock, emulator, session, sent } = world();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const [one, two] = [session(), session()];
    const first = one.authorize(passwordOf(emulator));
    await hold.reached();
    const second = two.authorize(passwordOf(emulator));
    await clock.advance(3_000);
    hold.release();
    await clock.settle(Promise.all([first, second]));
    expect(sent('password')).toBe(1);
    expect(await two.getAccessToken()).toBe(await one.getAccessToken());
  });

  it('of which the person left while it waited sends nothing', async () => {
    const { clock, emulator, session, sent } = world();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const [one, two] = [session(), session()];
    const first = refusalOf(one.authorize({ ...passwordOf(emulator), password: 'wrong' }));
    await hold.reached();
    const controller = new AbortController();
    const second = refusalOf(two.authorize(passwordOf(emulator), { signal: controller.signal }));
    await clock.advance(1_000);
    controller.abort(Object.assign(new Error('left'), { code: 'left' }));
    hold.release();
    expect((await clock.settle(first)).code).toBe('grant_rejected');
    expect((await clock.settle(second)).code).toBe('left');
    await clock.advance(10 * aMinute);
    expect(sent('password')).toBe(1);
  });

  it('that is no grant is refused before the store or Act-On hear of it', async () => {
    const { clock, session, sent, store } = world();
    let reads = 0;
    const open = store.open();
    const read: typeof open.read = (key) => {
      reads += 1;
      return open.read(key);
    };
    const each = session({ store: { ...open, read } });
    for (const grant of [
      { type: 'password', username: '', password: 'a' },
      { type: 'refresh_token', refreshToken: '' },
      { type: 'other' },
    ])
      expect(await clock.settle(refusalOf(each.authorize(grant as never)))).toMatchObject({
        code: 'configuration',
      });
    expect([reads, sent(), each.getSnapshot().signingIn]).toEqual([0, 0, false]);
  });
});

describe('the refresh token that the record has', () => {
  const ownTokenOf = async (
    store: ReturnType<typeof world>['store'],
    clientId: string,
    user: string,
  ) => {
    const { record } = await store.open().read(accountKey('act-on', clientId, user));
    return JSON.parse(record?.value ?? '').pair.refreshToken as string;
  };

  it('goes out as a refresh if a person brings it, which is charged to no budget', async () => {
    const { clock, emulator, signedIn, store, sent } = world();
    const each = await signedIn();
    const { client, user } = emulator;
    const refreshToken = await ownTokenOf(store, client.id, user.username);
    await clock.advance(2 * anHour);
    const events = eventsOf(each);
    await clock.settle(each.authorize({ type: 'refresh_token', refreshToken }));
    expect(events).toMatchObject([{ type: 'refreshed', generation: 2 }]);
    expect([sent('refresh_token'), each.getSnapshot().grants.used]).toEqual([1, 0]);
  });

  it('is not sent again once it was refused, whoever brings it', async () => {
    const { clock, emulator, session, signedIn, store, sent } = world();
    const { client, user } = emulator;
    await signedIn();
    const refreshToken = await ownTokenOf(store, client.id, user.username);
    await clock.advance(2 * anHour);
    const refusing = session({
      endpoint: actOnEndpoint({
        clientId: client.id,
        clientSecret: client.secret,
        fetch: async () => Response.json({ error: 'invalid_grant' }, { status: 400 }),
      }),
    });
    await clock.settle(refusing.getAccessToken().catch(() => {}));
    const before = sent();
    await expect(
      clock.settle(session().authorize({ type: 'refresh_token', refreshToken })),
    ).rejects.toMatchObject({
      code: 'grant_rejected',
      message: expect.stringContaining('was refused before'),
    });
    expect(sent()).toBe(before);
  });
});
