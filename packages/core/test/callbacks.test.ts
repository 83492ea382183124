import { describe, expect, it } from 'vitest';
import { actOnEndpoint, createSessionPool, type Session } from '../src/index.ts';
import { aMinute, anHour, passwordOf, world } from './support/world.ts';

const never = new Promise<never>(() => {});
const refusalOf = (call: Promise<unknown>): Promise<{ code: string; message: string }> =>
  call.then(
    () => ({ code: 'no refusal', message: '' }),
    (error) => error,
  );

describe('credentials that never come', () => {
  it('end each wait with an error that names them, and are asked again by the next call', async () => {
    const { clock, emulator, session, sent } = world();
    let isBack = false;
    const each = session({ credentials: () => (isBack ? emulator.user : never) });
    const started = clock.monotonic();
    const refusal = await clock.settle(refusalOf(each.getAccessToken()));
    expect(refusal).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('"credentials" gave no answer within'),
    });
    expect(clock.monotonic() - started).toBeLessThanOrEqual(45_000);
    expect(sent()).toBe(0);
    isBack = true;
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });

  it('keep no other account of a pool waiting, however many there are', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `user-${at}@example.test`);
    const { clock, emulator, store } = world({
      users: names.map((username) => ({ username, password: 'a password' })),
    });
    const { id, secret } = emulator.client;
    const pool = createSessionPool({
      endpoint: actOnEndpoint({ clientId: id, clientSecret: secret, fetch: emulator.fetch }),
      store,
      clock,
      maxConcurrent: 5,
      credentials: (username) =>
        username === names[59] ? { username, password: 'a password' } : never,
    });
    const hanging = names.slice(0, 59).map((name) => refusalOf(pool.get(name).getAccessToken()));
    await clock.advance(0);
    const started = clock.monotonic();
    expect(await clock.settle(pool.get(names[59] ?? '').getAccessToken())).toBeTypeOf('string');
    expect(clock.monotonic()).toBe(started);
    expect(new Set((await clock.settle(Promise.all(hanging))).map(({ code }) => code))).toEqual(
      new Set(['timeout']),
    );
  });

  it('do not keep a session or a person from being closed, or signed in', async () => {
    const { clock, emulator, session } = world();
    const each = session({ credentials: () => never });
    const waiting = refusalOf(each.getAccessToken());
    await clock.advance(0);
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    await clock.settle(each.close());
    expect((await clock.settle(waiting)).code).toMatch(/^(timeout|closed|no refusal)$/);
  });
});

describe('credentials that ask their own session for a token', () => {
  it('get an error that says so at once, by name', async () => {
    const { clock, emulator, session } = world();
    const each: Session = session({
      credentials: () => each.getAccessToken().then(() => emulator.user),
    });
    const started = clock.monotonic();
    const refusal = await clock.settle(refusalOf(each.getAccessToken()));
    expect(refusal).toMatchObject({
      code: 'configuration',
      message: '"credentials" must not ask its own session for a token.',
    });
    expect(clock.monotonic()).toBe(started);
  });

  it('end within their bound if they ask later', async () => {
    const { clock, emulator, session } = world();
    const each: Session = session({
      credentials: async () => {
        await Promise.resolve();
        await each.getAccessToken();
        return emulator.user;
      },
    });
    const started = clock.monotonic();
    expect(await clock.settle(refusalOf(each.getAccessToken()))).toMatchObject({ code: 'timeout' });
    expect(clock.monotonic() - started).toBeLessThanOrEqual(45_000);
  });
});

describe('credentials that are none', () => {
  it.each([
    ['nothing', undefined],
    ['a text', 'ann:a password'],
    ['no password', { username: 'ann' }],
    ['an empty password', { username: 'ann', password: '' }],
    ['a password of another type', { username: 'ann', password: 7 }],
  ])('are named, claim nothing and cost nothing: %s', async (_, answer) => {
    const { clock, session, store, sent } = world();
    const handle = store.open();
    let swaps = 0;
    const swap: typeof handle.swap = (...all) => {
      swaps += 1;
      return handle.swap(...all);
    };
    const each = session({ credentials: () => answer as never, store: { ...handle, swap } });
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'configuration',
    });
    expect([sent(), swaps]).toEqual([0, 0]);
  });
});

describe('whatever a callback throws', () => {
  it.each([
    ['an error', new Error('the vault is sealed')],
    ['a text', 'sealed'],
    ['nothing', undefined],
  ])(
    'reaches the caller as it is, and no rejection is left without a handler: %s',
    async (_, thrown) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', note);
      const { clock, session, signedIn } = world();
      await signedIn();
      let isSealed = true;
      const each = session({
        credentials: () => {
          if (isSealed) throw thrown;
          return { username: 'x', password: 'y' };
        },
      });
      each.subscribe(() => {});
      await clock.advance(55 * aMinute);
      await clock.settle(each.getAccessToken());
      await clock.advance(anHour);
      await clock.settle(each.signOut());
      await clock.advance(0);
      const fresh = session({ account: 'another', credentials: () => Promise.reject(thrown) });
      const calls = [
        fresh.getAccessToken(),
        fresh.getAccessToken(),
        fresh.getAccessToken({ signal: AbortSignal.abort() }),
      ];
      const outcomes = await clock.settle(Promise.allSettled(calls));
      expect(outcomes[0]).toEqual({ status: 'rejected', reason: thrown });
      isSealed = false;
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    },
  );
});

describe('a closed session', () => {
  it('sends nothing, not even a grant whose credentials were being asked', async () => {
    const { clock, emulator, session, sent } = world();
    let give = (_: { username: string; password: string }): void => {};
    const each = session({ credentials: () => new Promise((resolve) => (give = resolve)) });
    const waiting = refusalOf(each.getAccessToken());
    await clock.advance(0);
    await clock.settle(each.close());
    give(emulator.user);
    await clock.settle(waiting);
    await clock.advance(aMinute);
    expect(sent()).toBe(0);
  });

  it('sends nothing under a claim that was on its way to the store', async () => {
    const { clock, emulator, session, store, sent } = world();
    const handle = store.open();
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const each = session({
      credentials: () => emulator.user,
      store: { ...handle, swap: async (...all) => held.then(() => handle.swap(...all)) },
    });
    const waiting = refusalOf(each.getAccessToken());
    await clock.advance(0);
    const closing = each.close();
    letGo();
    await clock.settle(Promise.all([closing, waiting]));
    expect(sent()).toBe(0);
  });

  it('lets no caller wait on, not even for credentials that never come', async () => {
    const { clock, session } = world();
    const each = session({ credentials: () => never });
    const waiting = Array.from({ length: 6 }, () => refusalOf(each.getAccessToken()));
    await clock.advance(0);
    const started = clock.monotonic();
    await clock.settle(each.close());
    expect(new Set((await clock.settle(Promise.all(waiting))).map(({ code }) => code))).toEqual(
      new Set(['closed']),
    );
    expect(clock.monotonic()).toBe(started);
  });

  it('has no token', async () => {
    const { clock, signedIn } = world();
    const each = await signedIn();
    expect(each.currentAccessToken()).toBeTypeOf('string');
    await clock.settle(each.close());
    expect(each.currentAccessToken()).toBeUndefined();
  });

  it('settles all who wait', async () => {
    const { clock, emulator, signedIn, session } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'hold', times: 9 });
    const [holder, waiter] = [session(), session()];
    const calls = [refusalOf(holder.getAccessToken()), refusalOf(waiter.getAccessToken())];
    await clock.advance(500);
    await clock.settle(Promise.all([holder.close(), waiter.close()]));
    expect(await clock.settle(Promise.all(calls))).toMatchObject([
      { code: 'closed' },
      { code: 'closed' },
    ]);
  });
});
