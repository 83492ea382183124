import { describe, expect, it } from 'vitest';
import type { StoredRecord, TokenStore } from '../src/index.ts';
import { anHour, passwordOf, type World, world } from './support/world.ts';

/**
 * What a later version of the library keeps in a record of schema 1, beyond what this one knows.
 */
const later = { policy: { rotateAt: 5 }, notes: ['one', 2, null] };
const laterInPair = { proof: { type: 'dpop' } };

interface Shared {
  readonly world: World;
  /** The store as the later version writes to it. */
  readonly newer: TokenStore;
  /** The record as it is in the store. */
  record(): Promise<Record<string, unknown> & { pair: Record<string, unknown> | null }>;
}

function shared(): Shared {
  const all = world();
  const store = all.store.open();
  let used = '';
  const newer: TokenStore = {
    ...store,
    read: (key) => store.read(key),
    swap(key, expected, next) {
      used = key;
      return store.swap(key, expected, withMore(next));
    },
    watch: (key, onChange) => store.watch(key, onChange),
  };
  return {
    world: all,
    newer,
    record: async () => JSON.parse((await store.read(used)).record?.value ?? '{}'),
  };
}

function withMore(next: StoredRecord): StoredRecord {
  const record = JSON.parse(next.value) as { pair: object | null };
  return {
    ...next,
    value: JSON.stringify({
      ...record,
      ...later,
      pair: record.pair && { ...record.pair, ...laterInPair },
    }),
  };
}

/** An account in which the later version signed in. */
async function signedInByNewer(): Promise<Shared> {
  const all = shared();
  await all.world.signedIn({ store: all.newer });
  expect(await all.record()).toMatchObject({ ...later, pair: laterInPair });
  return all;
}

describe('two versions of the library that share an account', () => {
  const acts: readonly [string, (all: Shared) => Promise<unknown>][] = [
    [
      'refreshes',
      async ({ world: { clock, session } }) => {
        await clock.advance(anHour);
        await clock.settle(session().getAccessToken());
      },
    ],
    [
      'signs in',
      ({ world: { clock, emulator, session } }) =>
        clock.settle(session().authorize(passwordOf(emulator))),
    ],
    ['signs out', ({ world: { clock, session } }) => clock.settle(session().signOut())],
    [
      'finds out that the refresh token was refused',
      async ({ world: { clock, emulator, session } }) => {
        emulator.revoke({ user: emulator.user.username });
        await clock.advance(anHour);
        await expect(clock.settle(session().getAccessToken())).rejects.toMatchObject({
          code: 'session_expired',
        });
      },
    ],
    [
      'gets no answer, and sends the token again',
      async ({ world: { clock, emulator, session } }) => {
        emulator.faults.arm({ route: 'token', kind: 'drop_after' });
        await clock.advance(anHour);
        const error = await clock.settle(
          session()
            .getAccessToken()
            .catch((reason: unknown) => reason),
        );
        expect(error).toMatchObject({ code: 'session_expired' });
      },
    ],
  ];

  it.each(acts)('the older one %s, and the record keeps what it does not know', async (_, act) => {
    const all = await signedInByNewer();
    const before = await all.record();
    await act(all);
    const after = await all.record();
    expect(after).not.toEqual(before);
    expect(after).toMatchObject(later);
  });

  it('what belongs to a pair stays while the older one claims and sends nothing, and goes with the pair', async () => {
    const all = await signedInByNewer();
    const { clock, emulator, session } = all.world;
    emulator.faults.arm({ route: 'token', kind: 'status', status: 401, body: 'json' });
    await clock.advance(anHour);
    await expect(clock.settle(session().getAccessToken())).rejects.toMatchObject({
      code: 'client_rejected',
    });
    expect((await all.record()).pair).toMatchObject(laterInPair);
    await clock.settle(session().getAccessToken());
    expect((await all.record()).pair).not.toMatchObject(laterInPair);
  });

  it('the later one goes on with what the older one wrote', async () => {
    const all = await signedInByNewer();
    const { clock, session, sent } = all.world;
    await clock.advance(anHour);
    const token = await clock.settle(session().getAccessToken());
    expect(await clock.settle(session({ store: all.newer }).getAccessToken())).toBe(token);
    expect([sent('password'), sent('refresh_token')]).toEqual([1, 1]);
  });
});
