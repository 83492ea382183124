import { expect } from 'vitest';
import { anHour, type Case, intoTheLastMinutes, sentTo } from './case.ts';
import { type Shape, users } from './stage.ts';

const stores = ['memory', 'network'] as const;
const [, second = '', third = ''] = users;

/** The three ways in which the work that outlives a call is handed to the platform. */
const handedOver: readonly {
  readonly how: string;
  readonly shape: Shape;
  readonly order: { readonly waitUntil?: boolean };
}[] = [
  { how: 'waitUntil at the call', shape: {}, order: { waitUntil: true } },
  { how: 'waitUntil at the session', shape: { waitsForAll: true }, order: {} },
];

export const sessionCases: readonly Case[] = [
  ...stores.flatMap(casesOf),
  ...networkCases(),
  ...poolCases(),
];

function casesOf(store: 'memory' | 'network'): Case[] {
  const over = `over the ${store} store`;
  return [
    ...(['before', 'after'] as const).map((when): Case => {
      return {
        name: `an early refresh that ends with its request, ${when} Act-On did its work, ${over}: every later request is served`,
        shape: { store },
        async run(stage) {
          const { emulator, value, token, pass, inBoundedTime } = stage;
          const first = await token();
          await pass(intoTheLastMinutes);
          // The request may be over before its refresh is sent, or after.
          emulator.faults.arm({ route: 'token', grantType: 'refresh_token', kind: 'hold', when });
          expect(await value({ do: 'fetch' })).toBe(200);
          expect(await Promise.all([value({ do: 'fetch' }), token()])).toEqual([200, first]);
          await pass(75_000);
          expect(await inBoundedTime(() => value({ do: 'fetch' }))).toBe(200);
          await pass(anHour);
          expect(await inBoundedTime(() => value({ do: 'fetch' }))).toBe(200);
          expect(await inBoundedTime(token)).not.toBe(first);
          // What was carried out and lost is asked for again, refused, and replaced by a sign-in.
          const { refresh, password } = sentTo(stage);
          expect(refresh).toBeLessThanOrEqual(3);
          expect(password).toBeLessThanOrEqual(when === 'after' ? 2 : 1);
        },
      };
    }),
    ...handedOver.flatMap(({ how, shape, order }): Case[] => [
      {
        name: `an early refresh with ${how}, ${over}: goes on after the response, and its pair is kept`,
        shape: { ...shape, store },
        async run(stage) {
          const { emulator, value, token, pass } = stage;
          const first = await token();
          await pass(intoTheLastMinutes);
          const hold = emulator.faults.arm({
            route: 'token',
            grantType: 'refresh_token',
            kind: 'hold',
            when: 'after',
          });
          expect(await value({ do: 'fetch', ...order })).toBe(200);
          await hold.reached();
          expect(await token(order)).toBe(first);
          hold.release();
          await expect.poll(() => token(order)).not.toBe(first);
          await pass(anHour / 2);
          expect(await value({ do: 'fetch', ...order })).toBe(200);
          expect(sentTo(stage)).toEqual({ password: 1, refresh: 1, code: 0 });
        },
      },
      {
        name: `a caller that leaves a slow grant with ${how}, ${over}: the grant goes on, and the next request has its token`,
        shape: { ...shape, store },
        async run(stage) {
          const { emulator, ask, token } = stage;
          const hold = emulator.faults.arm({
            route: 'token',
            grantType: 'password',
            kind: 'hold',
            when: 'after',
          });
          const left = ask({ do: 'token', leaves: true, ...order });
          await hold.reached();
          await ask({ do: 'leave' });
          expect(await left).toMatchObject({ error: 'AbortError' });
          const next = token(order);
          hold.release();
          expect(await next).toBe(await token(order));
          expect(sentTo(stage)).toEqual({ password: 1, refresh: 0, code: 0 });
        },
      },
      {
        name: `a client that goes away from a slow refresh with ${how}, ${over}: another request that waits for it has the token`,
        shape: { ...shape, store },
        async run(stage) {
          const { emulator, token, pass, ask, askAndGo } = stage;
          const first = await token();
          await pass(anHour);
          const hold = emulator.faults.arm({
            route: 'token',
            grantType: 'refresh_token',
            kind: 'hold',
            when: 'after',
          });
          const leaving = askAndGo({ do: 'token', ...order });
          await hold.reached();
          const waiting = token(order);
          await ask({ do: 'size' });
          await leaving.gone();
          hold.release();
          expect(await waiting).not.toBe(first);
          expect(sentTo(stage)).toEqual({ password: 1, refresh: 1, code: 0 });
        },
      },
    ]),
    {
      name: `a caller that leaves a slow grant, ${over}: the next request is served within the lease and the patience`,
      shape: { store },
      async run(stage) {
        const { emulator, ask, token, inBoundedTime } = stage;
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'password',
          kind: 'hold',
          when: 'after',
        });
        const left = ask({ do: 'token', leaves: true });
        await hold.reached();
        await ask({ do: 'leave' });
        expect(await left).toMatchObject({ error: 'AbortError' });
        const served = await inBoundedTime(token);
        expect(await token()).toBe(served);
        expect(sentTo(stage)).toEqual({ password: 2, refresh: 0, code: 0 });
      },
    },
    {
      name: `a client that goes away from a slow refresh, ${over}: ten requests that wait for it are served`,
      shape: { store },
      async run(stage) {
        const { emulator, token, pass, inBoundedTime, askAndGo, ask } = stage;
        const first = await token();
        await pass(anHour);
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'refresh_token',
          kind: 'hold',
          when: 'before',
        });
        const leaving = askAndGo({ do: 'token' });
        await hold.reached();
        const waiting = Array.from({ length: 10 }, () => token());
        await ask({ do: 'size' });
        await leaving.gone();
        const tokens = new Set(await inBoundedTime(() => Promise.all(waiting)));
        expect([tokens.size, tokens.has(first)]).toEqual([1, false]);
        expect(sentTo(stage)).toEqual({ password: 1, refresh: 2, code: 0 });
      },
    },
    {
      name: `many requests at once, ${over}: one grant, and an hour later one refresh`,
      shape: { store },
      async run(stage) {
        const { token, pass } = stage;
        const all = (): Promise<unknown[]> =>
          Promise.all(Array.from({ length: 10 }, () => token()));
        const before = new Set(await all());
        await pass(anHour);
        const after = new Set(await all());
        expect([before.size, after.size]).toEqual([1, 1]);
        expect(sentTo(stage)).toEqual({ password: 1, refresh: 1, code: 0 });
      },
    },
    {
      name: `a client that goes away while it signs in, ${over}: a later request may sign in, and out`,
      shape: { store },
      async run({ emulator, ask, value, askAndGo, inBoundedTime }) {
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'password',
          kind: 'hold',
          when: 'before',
        });
        const leaving = askAndGo({ do: 'authorize' });
        await hold.reached();
        await leaving.gone();
        expect(await inBoundedTime(() => value({ do: 'authorize' }))).toBe(null);
        expect(await inBoundedTime(() => value({ do: 'signOut' }))).toBe(null);
        expect(await ask({ do: 'token' })).toMatchObject({ error: 'signed_out' });
      },
    },
  ];
}

/** What only happens where the store is asked over the network. */
function networkCases(): Case[] {
  const shape: Shape = { store: 'network' };
  const lostCall = (kind: 'read' | 'swap', what: string): Case => ({
    name: `a client that goes away while ${what}: the next requests are served`,
    shape,
    async run({ store, askAndGo, ask, value, token, inBoundedTime }) {
      const lost = store?.loseNext(kind);
      const leaving = askAndGo({ do: 'token' });
      await lost;
      const waiting = token();
      await ask({ do: 'size' });
      await leaving.gone();
      expect(
        await inBoundedTime(() => Promise.all([waiting, token(), value({ do: 'ready' })])),
      ).toHaveLength(3);
    },
  });
  return [
    lostCall('read', 'the record is read'),
    lostCall('swap', 'a claim is on its way'),
    {
      name: 'a client that goes away while it waits for the claim of another program: another one that waits is served',
      shape: { ...shape, kind: 'pool' },
      async run(stage) {
        const { emulator, askAndGo, ask, token, inBoundedTime } = stage;
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'password',
          kind: 'hold',
          when: 'before',
        });
        const elsewhere = stage.anotherProgram();
        const theirs = elsewhere.getAccessToken();
        await hold.reached();
        const leaving = askAndGo({ do: 'token' });
        const waiting = token();
        await ask({ do: 'size' });
        await leaving.gone();
        hold.release();
        expect(await inBoundedTime(() => waiting)).toBe(await theirs);
        expect(sentTo(stage).password).toBe(1);
        await elsewhere.close();
      },
    },
  ];
}

function poolCases(): Case[] {
  const shape: Shape = { kind: 'pool' };
  return [
    {
      name: 'a client that goes away with the only place of a pool: the other accounts are served',
      shape,
      async run({ emulator, askAndGo, token, inBoundedTime }) {
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'password',
          kind: 'hold',
          when: 'before',
        });
        const leaving = askAndGo({ do: 'token' });
        await hold.reached();
        await leaving.gone();
        const [one, other] = await inBoundedTime(() =>
          Promise.all([token({ account: second }), token({ account: third })]),
        );
        expect(one).not.toBe(other);
      },
    },
    {
      name: 'a pool forgets the accounts that are not used, although the request whose timer it was is over',
      shape,
      async run({ value, token, pass }) {
        for (const account of users) {
          await token({ account });
          await pass(20 * 60_000);
        }
        await token();
        expect(await value({ do: 'size' })).toBe(2);
      },
    },
  ];
}
