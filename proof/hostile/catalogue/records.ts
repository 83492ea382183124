import { createHash } from 'node:crypto';
import {
  type createSession,
  isActOnTokenError,
  sealedStore,
  type TokenStore,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';
import { expect } from 'vitest';
import { anHour, passwordOf } from '../../../packages/core/test/support/world.ts';
import { each, type HostileCase, hostile } from './case.ts';
import { expectRefusal } from './refusal.ts';
import { type Stage, stage } from './stage.ts';

/**
 * That this value is refused unattended and lies there unchanged afterwards, with credentials at
 * hand too.
 */
async function left(
  value: string,
  code: 'store_corrupt' | 'store_version',
  says: RegExp,
): Promise<Stage> {
  const act = await stage();
  await act.put(value);
  for (const credentials of [undefined, () => act.emulator.user]) {
    const other = act.another(credentials === undefined ? {} : { credentials });
    expectRefusal(await act.outcome(other.getAccessToken()), code, says);
    expect(await act.raw()).toBe(value);
    expect(act.sent('refresh_token') + act.met).toBe(0);
  }
  return act;
}

/** A person may replace what cannot be read. */
async function leftToPerson(value: string, says: RegExp): Promise<void> {
  const act = await left(value, 'store_corrupt', says);
  await act.clock.settle(act.user.authorize(passwordOf(act.emulator)));
  expect((await act.record()).pair?.refreshToken).toEqual(expect.any(String));
  expect(await act.outcome(act.another().getAccessToken())).toBe(
    await act.outcome(act.user.getAccessToken()),
  );
}

const changed = async (change: (record: Record<string, unknown>) => object): Promise<string> => {
  const act = await stage();
  const record = JSON.parse((await act.raw()) ?? '') as Record<string, unknown>;
  return JSON.stringify({ ...record, ...change(record) });
};

/**
 * That a well-formed record with this in it is read, and the account comes back by a refresh within
 * `most` milliseconds.
 */
async function tamed(
  change: (record: Record<string, unknown>) => object,
  most: number,
): Promise<void> {
  const act = await stage();
  const record = JSON.parse((await act.raw()) ?? '') as Record<string, unknown>;
  await act.put(JSON.stringify({ ...record, ...change(record) }));
  const other = act.another();
  const started = act.clock.monotonic();
  let result = await act.outcome(other.getAccessToken());
  // One call is not as patient as the longest claim: the caller comes back when the error says so.
  while (
    isActOnTokenError(result, 'outcome_unknown') &&
    result.retryAt !== null &&
    act.clock.monotonic() - started < most
  ) {
    await act.clock.advance(Math.max(1, result.retryAt - act.clock.now()));
    result = await act.outcome(other.getAccessToken());
  }
  expect(result).toBeTypeOf('string');
  expect(act.clock.monotonic() - started).toBeLessThanOrEqual(most);
  expect(act.emulator.ledger.counters()).toMatchObject({
    replays: 0,
    grants: { refresh_token: { granted: 1 } },
  });
}

const keyOf = (which: number): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(`key ${which}`).digest());

/** Somebody signed in through a sealed store; `spoil` works on what lies beneath. */
async function sealed(
  spoil: (beneath: TokenStore, key: string) => Promise<unknown>,
  reading: number,
  says: RegExp,
  onTheWay = (value: string): string => value,
): Promise<void> {
  const act = await stage();
  const beneath = memoryStore({ now: () => act.clock.now() });
  const user = act.another({ store: sealedStore(beneath.open(), { current: keyOf(1) }) });
  await act.clock.settle(user.authorize(passwordOf(act.emulator)));
  const token = await act.outcome(user.getAccessToken());
  await spoil(beneath, act.key);
  const before = (await beneath.read(act.key)).record;
  const read: TokenStore['read'] = async (at) => {
    const { record, now } = await beneath.read(at);
    return { record: record && { version: record.version, value: onTheWay(record.value) }, now };
  };
  const other = act.another({
    store: sealedStore({ ...beneath, read }, { current: keyOf(reading) }),
  });
  expectRefusal(await act.outcome(other.getAccessToken()), 'store_corrupt', says);
  expect((await beneath.read(act.key)).record).toEqual(before);
  if (before?.version.endsWith('x')) await expectMemoryServes(act, user, token);
}

/**
 * The pair of a process that read it before serves to the end of its life, although the record can
 * no longer be read.
 */
async function expectMemoryServes(
  act: Stage,
  user: ReturnType<typeof createSession>,
  token: unknown,
): Promise<void> {
  const before = user.getSnapshot();
  await act.clock.advance(55 * 60_000);
  expect(before.usable).toBe(true);
  expect([
    await act.outcome(user.getAccessToken()),
    await act.outcome(user.getAccessToken()),
  ]).toEqual([token, token]);
  expect(user.currentAccessToken()).toBe(token);
  await act.clock.advance(anHour);
  expectRefusal(await act.outcome(user.getAccessToken()), 'store_corrupt', /Sign in again/);
}

const flipped = (value: string): string =>
  `${value.slice(0, 60)}${value[60] === 'A' ? 'B' : 'A'}${value.slice(61)}`;

async function replace(
  store: TokenStore,
  key: string,
  change: (value: string) => string,
): Promise<void> {
  const { record } = await store.read(key);
  await store.swap(key, record?.version ?? null, {
    version: record?.version.replace(/.$/, 'x') ?? 'x',
    value: change(record?.value ?? ''),
  });
}

/** A store that says that it wrote, and did not. */
function forgetful(): TokenStore {
  const honest = memoryStore();
  return {
    ...honest,
    swap: async (_key, _expected, next) => ({ ok: true, record: next, now: Date.now() }),
  };
}

/** 76–84: what lies in a store, and stores that lie. */
export const records: readonly HostileCase[] = [
  hostile(76, 'a record that is not ours', async () => {
    await each(
      ['canary', '"canary"', '[]', 'null', '7', '', '{"user":"canary"}', '{"schema":"1"}'],
      (value) => leftToPerson(value, /not an account record/),
    );
  }),
  hostile(77, 'an older schema, or members that nobody knows', async () => {
    await leftToPerson(await changed(() => ({ schema: 0 })), /field "schema"/);
    await tamed(() => ({ later: 'canary', pair2: {} }), 0);
  }),
  hostile(78, 'a newer schema', async () => {
    const value = JSON.stringify({ schema: 2, pair: 'canary' });
    const act = await left(value, 'store_version', /schema 2/);
    await each(
      [() => act.user.authorize(passwordOf(act.emulator)), () => act.user.signOut()],
      async (personal) => {
        expectRefusal(await act.outcome(personal()), 'store_version', /never replaces a newer one/);
      },
    );
    expect(await act.raw()).toBe(value);
  }),
  hostile(79, 'a sealed record that is cut, changed or of another key', async () => {
    await sealed(
      (beneath, key) => replace(beneath, key, (value) => value.slice(0, 40)),
      1,
      /not sealed|changed or moved after it was sealed/,
    );
    await sealed((beneath, key) => replace(beneath, key, flipped), 1, /changed or moved/);
    await sealed(async () => {}, 2, /not among "keys"/);
    await sealed(async () => {}, 1, /changed or moved/, flipped);
  }),
  hostile(80, 'a sealed record of another account', async () => {
    await sealed(
      async (beneath, key) => {
        const { record } = await beneath.read(key);
        const other = sealedStore(beneath, { current: keyOf(1) });
        await other.swap('other', null, { version: 'f'.repeat(32), value: '{}' });
        const foreign = (await beneath.read('other')).record;
        await beneath.swap(key, record?.version ?? null, foreign ?? { version: 'x', value: '' });
      },
      1,
      /changed or moved/,
    );
  }),
  hostile(81, 'a whole older record that was put back', async () => {
    const act = await stage();
    const old = (await act.raw()) ?? '';
    const token = await act.outcome(act.user.getAccessToken());
    const newest = (await act.record()).pair;
    await act.put(old);
    await act.clock.advance(2 * anHour);
    // Whoever knows the newer pair brings it back, and goes on with it: the old token is not sent
    // again.
    expect(await act.outcome(act.user.getAccessToken())).not.toBe(token);
    expect(act.emulator.ledger.counters()).toMatchObject({
      replays: 0,
      grants: { refresh_token: { granted: 2, sent: 2 } },
    });
    expect((await act.record()).pair?.refreshToken).not.toBe(newest?.refreshToken);
    await act.put(old);
    // Who does not know sends it, and is told plainly.
    expectRefusal(
      await act.outcome(act.another().getAccessToken()),
      'session_expired',
      /invalid_grant/,
    );
    expect((await act.record()).ended).toBe('rejected');
  }),
  hostile(82, 'times of 1970 or 9999, and counts that are none', async () => {
    const never = Date.UTC(9999, 0);
    await tamed((record) => ({ pair: { ...(record.pair as object), expiresAt: 0 } }), 0);
    await tamed(
      (record) => ({ pair: { ...(record.pair as object), issuedAt: never, expiresAt: never } }),
      0,
    );
    const claim = { id: 'x', purpose: 'refresh', at: never, until: never };
    await tamed(() => ({ claim }), 140_000);
    await tamed(() => ({ blocked: { refresh: never, grant: never } }), 0);
    await each([1.5, -1, '1', null, 2 ** 60], async (generation) =>
      leftToPerson(await changed(() => ({ generation })), /field "generation"/),
    );
  }),
  hostile(83, 'grants of the future, or a million of them', async () => {
    await tamed(() => ({ grants: [Date.UTC(9999, 0)], conflicts: [Date.UTC(9999, 0)] }), 0);
    await tamed(() => ({ grants: Array.from({ length: 1_000_000 }, (_, i) => i) }), 0);
  }),
  hostile(84, 'a store that lies, throws, hangs or answers nonsense', async () => {
    const rule = storeCases.find(
      ({ name }) => name === 'shows to every handle what one of them wrote',
    );
    await expect(rule?.run(forgetful)).rejects.toThrow();
    const act = await stage();
    const broken: [Partial<Record<'read' | 'swap', unknown>>, RegExp][] = [
      [
        {
          read: () => {
            throw new Error('canary');
          },
        },
        /Error/,
      ],
      [{ read: () => new Promise(() => {}) }, /no answer within 3000 ms/],
      [{ read: async () => undefined }, /./],
      [{ read: async () => Object.freeze({ record: null, now: 'canary' }) }, /no "now"/],
      [
        { read: async () => ({ record: { version: 7, value: {} }, now: 1 }) },
        /no "version" and "value" strings/,
      ],
    ];
    await each(broken, async ([wrong, says]) => {
      const other = act.another({ store: { ...act.store.open(), ...wrong } as TokenStore });
      expectRefusal(await act.outcome(other.getAccessToken()), 'store_unavailable', says);
    });
    const liar = act.another({
      store: { ...forgetful(), read: async () => ({ record: null, now: act.clock.now() }) },
    });
    await act.clock.settle(liar.authorize(passwordOf(act.emulator)));
    expect(await act.outcome(liar.getAccessToken())).toBeTypeOf('string');
  }),
];
