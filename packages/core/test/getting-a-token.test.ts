import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { startOfTime } from './support/manual-clock.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

describe('getting an access token', () => {
  it('gives one that the API accepts', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    const response = await clock.settle(session.fetch('/api/1/list?listingtype=CONTACT_LIST'));
    expect(await response.json()).toMatchObject({ totalCount: 3 });
  });

  it('reads the record once from cold, and never again while the token is valid', async () => {
    const { clock, signedIn, session, store } = world();
    await signedIn();
    let reads = 0;
    const counted = {
      ...store,
      read: (key: string) => store.read(key).finally(() => (reads += 1)),
    };
    const other = session({ store: counted });
    await clock.settle(other.getAccessToken());
    for (let call = 0; call < 100; call += 1) await other.getAccessToken();
    expect(reads).toBe(1);
  });

  it('takes no I/O, no timer and no new promise for a valid token', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    const first = session.getAccessToken();
    const before = { sent: sent(), timers: clock.timers.all };
    expect(session.getAccessToken()).toBe(first);
    expect(session.currentAccessToken()).toBe(await first);
    expect({ sent: sent(), timers: clock.timers.all }).toEqual(before);
  });

  it('leaves no timer behind that keeps a process alive', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    await clock.advance(anHour + 1);
    await clock.settle(session.getAccessToken());
    expect(clock.timers).toEqual({ keepAlive: 0, all: 0 });
  });

  it('refreshes a lapsed token once for all callers', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(anHour + 1);
    const tokens = await clock.settle(
      Promise.all(Array.from({ length: 1_000 }, () => session.getAccessToken())),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(sent('refresh_token')).toBe(1);
  });

  it('lets nobody wait under steady traffic: it refreshes ahead of time, in the background', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    let waited = 0;
    for (let minute = 0; minute < 600; minute += 1) {
      await clock.advance(aMinute);
      const token = session.currentAccessToken();
      await session.getAccessToken().then((given) => {
        if (given !== token) waited += 1;
      });
    }
    expect(waited).toBe(0);
    expect(sent('refresh_token')).toBeGreaterThanOrEqual(11);
    expect(sent('refresh_token')).toBeLessThanOrEqual(13);
    expect(sent('password')).toBe(1);
  });

  it('hands the refresh in the background to waitUntil, and that promise never rejects', async () => {
    const { clock, emulator, signedIn } = world();
    const session = await signedIn();
    await clock.advance(anHour - 5 * aMinute);
    emulator.faults.arm({ route: 'token', kind: 'status', status: 503 });
    const work: Promise<unknown>[] = [];
    await session.getAccessToken({ waitUntil: (promise) => work.push(promise) });
    expect(work).toHaveLength(1);
    await expect(clock.settle(Promise.all(work))).resolves.toEqual([undefined]);
  });

  it('keeps serving a valid token when a refresh ahead fails, and pauses a minute', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn();
    const token = await session.getAccessToken();
    await clock.advance(anHour - 8 * aMinute);
    emulator.faults.arm({
      route: 'token',
      kind: 'too_many_requests',
      retryAfter: 1,
      times: Number.POSITIVE_INFINITY,
    });
    for (let second = 0; second < 50; second += 1) {
      expect(await clock.settle(session.getAccessToken())).toBe(token);
      await clock.advance(1_000);
    }
    expect(sent('refresh_token')).toBe(1);
    expect(session.getSnapshot()).toMatchObject({
      status: 'authorized',
      usable: true,
      error: { code: 'rate_limited' },
    });
  });

  it('refreshes for a caller that needs a longer life than the token has', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    const token = await session.getAccessToken();
    await clock.advance(20 * aMinute);
    expect(await clock.settle(session.getAccessToken({ minValidity: 30 * aMinute }))).toBe(token);
    expect(await clock.settle(session.getAccessToken({ minValidity: 50 * aMinute }))).not.toBe(
      token,
    );
    expect(sent('refresh_token')).toBe(1);
  });

  it('does not refresh a young token, whatever is asked', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    const token = await session.getAccessToken();
    expect(await clock.settle(session.getAccessToken({ minValidity: 2 * anHour }))).toBe(token);
    expect(await clock.settle(session.getAccessToken({ rejected: token }))).toBe(token);
    expect(sent('refresh_token')).toBe(0);
  });

  it('replaces a token that the API refused, and only the current one', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    const refused = await session.getAccessToken();
    await clock.advance(2 * aMinute);
    const fresh = await clock.settle(session.getAccessToken({ rejected: refused }));
    await clock.advance(2 * aMinute);
    expect(await clock.settle(session.getAccessToken({ rejected: refused }))).toBe(fresh);
    expect(sent('refresh_token')).toBe(1);
  });

  it('believes a token to live an hour at most, whatever the server says', async () => {
    const { clock, signedIn, sent } = world({ advertisedExpiresIn: 86_400 });
    const session = await signedIn();
    await clock.advance(anHour + 1);
    await clock.settle(session.getAccessToken());
    expect(sent('refresh_token')).toBe(1);
  });

  it('ends only the wait of the caller that aborts', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn();
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const abort = new AbortController();
    const impatient = session.getAccessToken({ signal: abort.signal });
    const patient = session.getAccessToken();
    await hold.reached();
    abort.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    hold.release();
    await expect(clock.settle(patient)).resolves.toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(1);
  });

  it('refuses a caller whose signal was aborted before, though there is a valid token', async () => {
    const { signedIn } = world();
    const session = await signedIn();
    const reason = new Error('gone before it asked');
    await expect(session.getAccessToken({ signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(await session.getAccessToken({ signal: new AbortController().signal })).toBe(
      session.currentAccessToken(),
    );
  });

  it('goes on with the pair that another session brings while both want one', async () => {
    const { clock, signedIn, session, sent } = world();
    const one = await signedIn();
    const two = session();
    await clock.settle(two.ready());
    await clock.advance(anHour + 1);
    const [a, b] = await clock.settle(Promise.all([one.getAccessToken(), two.getAccessToken()]));
    expect(a).toBe(b);
    expect(sent('refresh_token')).toBe(1);
  });

  it('tells a session that waits of the pair as soon as it is committed', async () => {
    const { clock, emulator, signedIn, session } = world();
    const holder = await signedIn();
    const waiter = session();
    await clock.settle(waiter.ready());
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const first = holder.getAccessToken();
    await hold.reached();
    const events = eventsOf(waiter);
    const second = waiter.getAccessToken();
    await clock.advance(0);
    const started = clock.monotonic();
    hold.release();
    await clock.advance(0);
    expect(await second).toBe(await first);
    expect(clock.monotonic() - started).toBe(0);
    expect(typesOf(events)).toEqual(['adopted']);
  });

  it('serves its token until the API refuses it, then adopts the newer one without a token request', async () => {
    const { clock, signedIn, session, sent } = world();
    const bystander = await signedIn();
    const old = await bystander.getAccessToken();
    const other = session();
    await clock.advance(10 * aMinute);
    const fresh = await clock.settle(other.getAccessToken({ minValidity: 55 * aMinute }));
    expect(await bystander.getAccessToken()).toBe(old);
    expect(await clock.settle(bystander.getAccessToken({ rejected: old }))).toBe(fresh);
    expect(sent('refresh_token')).toBe(1);
  });

  it('is not misled by a wall clock that jumps ahead: the store knows the time', async () => {
    const { clock, emulator, session, sent } = world();
    const store = memoryStore({ now: () => startOfTime + clock.monotonic() });
    const misled = session({ store });
    await clock.settle(misled.authorize(passwordOf(emulator)));
    const token = await misled.getAccessToken();
    await clock.advance(2 * aMinute);
    clock.jump(2 * anHour);
    expect(await clock.settle(misled.getAccessToken())).toBe(token);
    expect(sent('refresh_token')).toBe(0);
    expect(await misled.getAccessToken()).toBe(token);
  });

  it('knows after a sleep, in which monotonic time stood still, that the token lapsed', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn();
    clock.jump(2 * anHour);
    expect(session.currentAccessToken()).toBeUndefined();
    await clock.settle(session.getAccessToken());
    expect(sent('refresh_token')).toBe(1);
  });
});

describe('the members of a session', () => {
  it('give the promise that is there to all who ask for nothing that a valid token could fail to be', async () => {
    const { signedIn } = world();
    const session = await signedIn();
    const { signal } = new AbortController();
    const first = session.getAccessToken();
    const waitUntil = (): void => {};
    for (const options of [{}, { signal }, { waitUntil }, { signal, waitUntil }])
      expect(session.getAccessToken(options)).toBe(first);
    for (const options of [
      { minValidity: 0 },
      { maxWait: 5 },
      { rejected: 'another' },
      { signal, maxWait: 5 },
    ]) {
      const own = session.getAccessToken(options);
      expect(own).not.toBe(first);
      expect(await own).toBe(await first);
    }
    const aborted = session.getAccessToken({ signal: AbortSignal.abort() });
    expect(aborted).not.toBe(first);
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuse options that cannot work, and say whose they are', async () => {
    const { emulator, session } = world();
    const each = session();
    const wrong = 5 as never;
    await expect(each.getAccessToken(wrong)).rejects.toThrow('getAccessToken()');
    await expect(each.getAccessToken({ minValidity: -1 })).rejects.toThrow('"minValidity"');
    await expect(each.getAccessToken({ signal: wrong })).rejects.toThrow('"signal"');
    await expect(each.authorize(passwordOf(emulator), wrong)).rejects.toThrow('authorize()');
    await expect(each.authorize(passwordOf(emulator), { signal: wrong })).rejects.toThrow(
      '"signal"',
    );
  });

  it('show where the API is, as a copy', () => {
    const { session } = world();
    const each = session();
    const { href } = each.apiBase;
    expect(href).toMatch(/^https:\/\//);
    each.apiBase.pathname = '/elsewhere';
    expect(each.apiBase.href).toBe(href);
  });

  it('are those of a session by name, of which each can be taken alone, and is the same each time', async () => {
    const { signedIn } = world();
    const session = await signedIn();
    expect(Object.prototype.toString.call(session)).toBe('[object Session]');
    const { getAccessToken, close, getSnapshot, on, ready } = session;
    expect(session.getAccessToken).toBe(getAccessToken);
    expect(await getAccessToken()).toBe(session.currentAccessToken());
    expect(getSnapshot().status).toBe('authorized');
    on(() => {})();
    await ready();
    const dispose = (Symbol as { asyncDispose?: symbol }).asyncDispose;
    if (dispose !== undefined)
      expect((session as never as Record<symbol, unknown>)[dispose]).toBe(close);
    await close();
    await expect(getAccessToken()).rejects.toMatchObject({ code: 'closed' });
  });
});
