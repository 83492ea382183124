import { describe, expect, it, vi } from 'vitest';
import {
  actOnEndpoint,
  createSession,
  createSessionPool,
  type Fetch,
  isActOnTokenError,
} from '../src/index.ts';
import { aMinute, anHour, world } from './support/world.ts';

const never = new Promise<never>(() => {});
const refusalOf = (call: Promise<unknown>): Promise<{ code: string }> =>
  call.then(
    () => ({ code: 'no refusal' }),
    (error) => error,
  );

/**
 * A session whose `fetch` and store stop answering on demand, as those of a request do that has
 * ended.
 */
function abandoned() {
  const place = world();
  const { clock, emulator, store } = place;
  const { id, secret } = emulator.client;
  const dead = { wire: false, store: false };
  const fetch: Fetch = (input, init) => (dead.wire ? never : emulator.fetch(input, init));
  const handle = store.open();
  const session = createSession({
    endpoint: actOnEndpoint({ clientId: id, clientSecret: secret, fetch }),
    account: emulator.user.username,
    store: {
      ...handle,
      read: (key) => (dead.store ? never : handle.read(key)),
      swap: (...call) => (dead.store ? never : handle.swap(...call)),
    },
    clock,
    credentials: () => emulator.user,
  });
  return { ...place, dead, session };
}

/**
 * Timers of a request that has ended never ring: this one belongs to the request that is under way.
 */
function requests(credentials?: () => Promise<never>) {
  const place = world();
  const { clock, emulator, store } = place;
  let hasEnded = false;
  const own = {
    ...clock,
    now: clock.now,
    monotonic: clock.monotonic,
    setTimeout: (callback: () => void, delay: number, keepAlive: boolean) => {
      const belongsTo = current;
      return clock.setTimeout(() => belongsTo.isOver || callback(), delay, keepAlive);
    },
  };
  let current = { isOver: false };
  const { id, secret } = emulator.client;
  const fetch: Fetch = async (input, init) => {
    const belongsTo = current;
    if (hasEnded) return emulator.fetch(input, init);
    const answer = await emulator.fetch(input, init);
    return belongsTo.isOver ? never : answer;
  };
  const session = createSession({
    endpoint: actOnEndpoint({ clientId: id, clientSecret: secret, fetch }),
    account: emulator.user.username,
    store: store.open(),
    clock: own,
    credentials: credentials ?? (() => emulator.user),
  });
  return {
    ...place,
    session,
    endRequest() {
      current.isOver = true;
      current = { isOver: false };
      hasEnded = false;
    },
  };
}

describe('work that belongs to an ended request', () => {
  it('does not keep a later caller waiting for longer than a lease and some: the record decides again', async () => {
    const { clock, emulator, session, endRequest, sent } = requests();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'before' });
    void session.getAccessToken({ signal: AbortSignal.abort() }).catch(() => {});
    void session.getAccessToken().catch(() => {});
    await hold.reached();
    endRequest();
    hold.release();
    await clock.advance(0);
    const started = clock.monotonic();
    expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    expect(clock.monotonic() - started).toBeLessThanOrEqual(45_000);
    expect(sent('password')).toBe(2);
  });

  it('does not keep one who brings the same code waiting for ever', async () => {
    const { clock, emulator, session, endRequest } = requests();
    const grant = {
      type: 'authorization_code',
      code: 'c1',
      redirectUri: 'https://app.example/cb',
    } as const;
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'before' });
    void session.authorize(grant).catch(() => {});
    await hold.reached();
    endRequest();
    const started = clock.monotonic();
    expect((await clock.settle(refusalOf(session.authorize(grant)))).code).toBe('outcome_unknown');
    expect(clock.monotonic() - started).toBeLessThan(2 * aMinute);
  });

  it('whose refresh ahead never settles does not keep the refreshes after it from being made', async () => {
    const { clock, dead, session, sent } = abandoned();
    const first = await clock.settle(session.getAccessToken());
    await clock.advance(52 * aMinute);
    dead.wire = true;
    expect(await clock.settle(session.getAccessToken())).toBe(first);
    await clock.advance(0);
    dead.wire = false;
    await clock.advance(4 * aMinute);
    expect(await clock.settle(session.getAccessToken())).toBe(first);
    await clock.advance(0);
    expect(await clock.settle(session.getAccessToken())).not.toBe(first);
    expect(sent('refresh_token')).toBe(1);
  });

  it.each([aMinute, anHour])(
    'with a store call that never ends does not keep a caller waiting %i ms later',
    async (later) => {
      const { clock, dead, session } = abandoned();
      dead.store = true;
      await clock.settle(refusalOf(session.getAccessToken()));
      void session.getAccessToken().catch(() => {});
      dead.store = false;
      await clock.advance(later);
      expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    },
  );
});

describe('a caller with a limit of its own', () => {
  it.each([0, 1, 500, 20_000])(
    'is refused after %i ms, and what it started goes on',
    async (maxWait) => {
      const { clock, emulator, session, sent } = world();
      const each = session({ credentials: () => emulator.user });
      const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
      const started = clock.monotonic();
      const refused = refusalOf(each.getAccessToken({ maxWait }));
      expect(await clock.settle(refused)).toMatchObject({ code: 'timeout', needsGrant: false });
      expect(clock.monotonic() - started).toBe(maxWait);
      hold.release();
      expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
      expect(sent('password')).toBe(1);
    },
  );

  it('has the session limit unless it has its own', async () => {
    const { clock, emulator, session } = world();
    const each = session({ credentials: () => emulator.user, maxWait: 1_000 });
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const started = clock.monotonic();
    const long = each.getAccessToken({ maxWait: 20_000 });
    await clock.settle(refusalOf(each.getAccessToken()));
    expect(clock.monotonic() - started).toBe(1_000);
    hold.release();
    expect(await clock.settle(long)).toBeTypeOf('string');
  });

  it('that has a valid token waits for nothing', async () => {
    const { clock, signedIn } = world();
    const each = await signedIn({ maxWait: 0 });
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });
});

describe('a caller who leaves', () => {
  it.each(['per call', 'once per session'] as const)(
    'leaves the request to waitUntil, %s',
    async (where) => {
      const { clock, emulator, session, sent } = world();
      const works: Promise<unknown>[] = [];
      const waitUntil = (work: Promise<unknown>): void => void works.push(work);
      const each = session({
        credentials: () => emulator.user,
        ...(where === 'per call' ? {} : { waitUntil }),
      });
      const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
      const leaving = new AbortController();
      const call = each.getAccessToken({
        signal: leaving.signal,
        ...(where === 'per call' ? { waitUntil } : {}),
      });
      await hold.reached();
      leaving.abort(new Error('gone'));
      await expect(call).rejects.toThrow('gone');
      expect(works).toHaveLength(1);
      hold.release();
      await clock.settle(Promise.all(works));
      expect(each.currentAccessToken()).toBeTypeOf('string');
      expect(sent('password')).toBe(1);
    },
  );

  it('hands over work that settles although the request never does', async () => {
    const { clock, dead, session } = abandoned();
    const works: Promise<unknown>[] = [];
    dead.wire = true;
    const call = session.getAccessToken({
      maxWait: 10,
      waitUntil: (work) => void works.push(work),
    });
    await clock.settle(refusalOf(call));
    await expect(clock.settle(Promise.all(works))).resolves.toBeDefined();
  });

  it('hands over work that settles although it belongs to a request that has ended', async () => {
    const { clock, session, endRequest } = requests(() => never);
    const works: Promise<unknown>[] = [];
    void session.getAccessToken().catch(() => {});
    await clock.advance(100);
    endRequest();
    const call = session.getAccessToken({
      maxWait: 10,
      waitUntil: (work) => void works.push(work),
    });
    await clock.settle(refusalOf(call));
    expect(works.length).toBeGreaterThan(0);
    await expect(clock.settle(Promise.all(works))).resolves.toBeDefined();
  });

  it('hands over work that does not reject, whatever comes of it', async () => {
    const { clock, session } = world();
    const works: Promise<unknown>[] = [];
    const credentials = () => Promise.reject(new Error('the vault is sealed'));
    const each = session({ credentials, waitUntil: (work) => void works.push(work) });
    await expect(clock.settle(each.getAccessToken())).rejects.toThrow('the vault is sealed');
    expect(works.length).toBeGreaterThan(0);
    await expect(clock.settle(Promise.all(works))).resolves.toBeDefined();
  });

  it('is served although its waitUntil throws', async () => {
    const { clock, emulator, session } = world();
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const each = session({ credentials: () => emulator.user });
    const waitUntil = (): never => {
      throw new TypeError('Illegal invocation');
    };
    expect(await clock.settle(each.getAccessToken({ waitUntil }))).toBeTypeOf('string');
    expect(error).toHaveBeenCalled();
    error.mockRestore();
  });
});

describe('one abort signal', () => {
  it('has one listener, however many calls share it, and none when they have ended', async () => {
    const { clock, emulator, session } = world();
    const each = session({ credentials: () => emulator.user });
    const { signal } = new AbortController();
    const listeners = { now: 0, peak: 0 };
    const [add, remove] = [
      signal.addEventListener.bind(signal),
      signal.removeEventListener.bind(signal),
    ];
    signal.addEventListener = (...all: Parameters<typeof add>) => {
      listeners.now += 1;
      listeners.peak = Math.max(listeners.peak, listeners.now);
      add(...all);
    };
    signal.removeEventListener = (...all: Parameters<typeof remove>) => {
      listeners.now -= 1;
      remove(...all);
    };
    const calls = Array.from({ length: 300 }, () => each.getAccessToken({ signal }));
    await clock.settle(Promise.all(calls));
    expect(listeners).toEqual({ now: 0, peak: 1 });
  });

  it('ends each wait that shares it with its reason', async () => {
    const { clock, emulator, session } = world();
    const each = session({ credentials: () => emulator.user });
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const leaving = new AbortController();
    const calls = Array.from({ length: 20 }, () =>
      refusalOf(each.getAccessToken({ signal: leaving.signal })),
    );
    await hold.reached();
    const reason = new Error('the page is gone');
    leaving.abort(reason);
    expect(new Set(await Promise.all(calls))).toEqual(new Set([reason]));
    hold.release();
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });
});

describe('no caller waits longer than its patience and one request', () => {
  it('while the endpoint is silent', async () => {
    const { clock, emulator, session } = world();
    const each = session({ credentials: () => emulator.user });
    emulator.faults.arm({ route: 'token', kind: 'hold', times: Number.POSITIVE_INFINITY });
    const started = clock.monotonic();
    const refusal = await clock.settle(refusalOf(each.getAccessToken()));
    expect(isActOnTokenError(refusal)).toBe(true);
    expect(clock.monotonic() - started).toBeLessThanOrEqual(45_000 + 30_000);
  });

  it('in a pool whose endpoint is silent, and places go to those who still wait', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `user-${at}@example.test`);
    const { clock, emulator, store, sent } = world({
      users: names.map((username) => ({ username, password: 'a password' })),
    });
    const { id, secret } = emulator.client;
    let isSilent = true;
    const pool = createSessionPool({
      endpoint: actOnEndpoint({
        clientId: id,
        clientSecret: secret,
        fetch: (...all) => (isSilent ? never : emulator.fetch(...all)),
      }),
      store,
      clock,
      maxConcurrent: 10,
      credentials: (username) => ({ username, password: 'a password' }),
    });
    const started = clock.monotonic();
    const waits: number[] = [];
    const calls = names.map(async (name) => {
      await refusalOf(pool.get(name).getAccessToken());
      waits.push(clock.monotonic() - started);
    });
    await clock.settle(Promise.all(calls));
    expect(Math.max(...waits)).toBeLessThanOrEqual(45_000 + 37_000);
    isSilent = false;
    await clock.advance(aMinute);
    expect(await clock.settle(pool.get('user-150@example.test').getAccessToken())).toBeTypeOf(
      'string',
    );
    // Those whose patience was over were charged nothing.
    expect(sent('password')).toBe(1);
    const charged = names.filter((name) => pool.get(name).getSnapshot().grants.used > 0);
    expect(charged.length).toBeLessThanOrEqual(31);
  });
});
