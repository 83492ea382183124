import { inspect } from 'node:util';
import {
  type ActOnTokenError,
  accountKey,
  actOnEndpoint,
  createSession,
  isActOnTokenError,
  type ReadResult,
  type Session,
  type SessionOptions,
  type StoredRecord,
  type SwapResult,
  sealedStore,
  type TokenStore,
} from '@act-on-token/core';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { type MemoryStore, memoryStore } from '@act-on-token/memory';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { type ManualClock, manualClock } from '../../packages/core/test/support/manual-clock.ts';
import { attacker } from './attack.ts';

// Whoever runs the store, or may write to it, answers as they please.

const { honest, attack } = attacker('a hostile store');
const keys = { current: crypto.getRandomValues(new Uint8Array(32)) };
const aMinute = 60_000;

let clock: ManualClock;
let emulator: Emulator;
let memory: MemoryStore;
let sessions: Session[];
beforeEach(() => {
  clock = manualClock();
  emulator = createEmulator({ now: () => clock.now() });
  memory = memoryStore({ now: () => clock.now() });
  sessions = [];
});
afterEach(async () => {
  for (const session of sessions) await clock.settle(session.close());
});

const endpoint = () =>
  actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch: emulator.fetch,
  });
function open(store: TokenStore, more: Partial<SessionOptions> = {}): Session {
  const session = createSession({
    endpoint: endpoint(),
    account: emulator.user.username,
    store,
    clock,
    ...more,
  });
  sessions.push(session);
  return session;
}
async function signedIn(store: TokenStore, more: Partial<SessionOptions> = {}): Promise<Session> {
  const session = open(store, more);
  await clock.settle(session.authorize({ type: 'password', ...emulator.user }));
  return session;
}
const key = () => accountKey(endpoint().issuer, emulator.client.id, emulator.user.username);
const held = async (store: TokenStore = memory): Promise<StoredRecord> => {
  const { record } = await store.read(key());
  if (record === null) throw new Error('Nothing is kept.');
  return record;
};
/** Also under the version that is there: what is swapped under it twice, a store does not write. */
const put = async (
  value: string,
  version: string = crypto.randomUUID(),
  under = key(),
): Promise<void> => {
  for (const each of [
    { version: crypto.randomUUID(), value: '' },
    { version, value },
  ]) {
    const { record } = await memory.read(under);
    await memory.swap(under, record?.version ?? null, each);
  }
};
const edit = async (change: (record: Record<string, unknown>) => unknown): Promise<void> =>
  put(JSON.stringify(change(JSON.parse((await held()).value))));

/** A store that answers what `lie` makes of what is there. */
function lying(
  lie: (answer: ReadResult | SwapResult) => unknown,
  store: TokenStore = memory,
): TokenStore {
  return {
    reach: 'network',
    read: async (name) => lie(await store.read(name)) as ReadResult,
    swap: async (name, expected, next) => lie(await store.swap(name, expected, next)) as SwapResult,
    watch: () => () => {},
    close: async () => {},
  };
}

const failure = async (work: Promise<unknown>): Promise<ActOnTokenError> => {
  const reason = await clock.settle(
    work.then(
      () => new Error('It was granted.'),
      (error: unknown) => error,
    ),
  );
  expect(isActOnTokenError(reason), inspect(reason)).toBe(true);
  return reason as ActOnTokenError;
};
const secrets = (): string[] => [emulator.client.secret, emulator.user.password];
const grants = () =>
  Object.values(emulator.ledger.counters().grants).reduce((sum, { sent }) => sum + sent, 0);

/** Nothing of what a store said, and no secret of ours, in anything that shows the error. */
function quiet(error: unknown, ...words: string[]): void {
  const shown = [
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error),
    String(error),
    String(Object(error).stack),
  ].join();
  for (const word of [...words, ...secrets()]) expect(shown).not.toContain(word);
  expect(Object(error).cause).toBeUndefined();
}

describe('a hostile store', () => {
  honest('a session signs in, refreshes and is found by another', async () => {
    const first = await signedIn(memory.open());
    const token = await clock.settle(first.getAccessToken());
    expect(await clock.settle(open(memory.open()).getAccessToken())).toBe(token);
    await clock.advance(70 * aMinute);
    expect(await clock.settle(first.getAccessToken())).not.toBe(token);
  });
  honest('sealed, it does the same, and nothing is kept in clear text', async () => {
    const store = () => sealedStore(memory.open(), keys);
    const token = await clock.settle((await signedIn(store())).getAccessToken());
    expect(await clock.settle(open(store()).getAccessToken())).toBe(token);
    expect((await held()).value).not.toContain(token);
  });
  honest('a store that tells the truth through the liar works', async () => {
    await clock.settle((await signedIn(lying((answer) => answer))).getAccessToken());
  });

  describe('with answers of another form', () => {
    for (const [what, lie] of [
      ['nothing', () => undefined],
      ['null', () => null],
      ['a text', () => 'a text'],
      ['a function', () => () => {}],
      ['no time', ({ record }: ReadResult) => ({ record })],
      ['a time that is a text', (answer: ReadResult) => ({ ...answer, now: '1800000000000' })],
      ['a time that is no number', (answer: ReadResult) => ({ ...answer, now: Number.NaN })],
      ['an endless time', (answer: ReadResult) => ({ ...answer, now: Number.POSITIVE_INFINITY })],
      [
        'a record without a version',
        (answer: ReadResult) => ({ ...answer, record: { value: 'x' } }),
      ],
      [
        'a version that is an object',
        (answer: ReadResult) => ({ ...answer, record: { version: {}, value: 'x' } }),
      ],
      [
        'a value that is an object',
        (answer: ReadResult) => ({
          ...answer,
          record: { version: 'x', value: { toString: () => '{}' } },
        }),
      ],
      [
        'a property that throws',
        () => ({
          get now() {
            throw new Error('SECRET-OF-THE-STORE');
          },
        }),
      ],
    ] as const) {
      attack(`it answers ${what}, and a session takes it for an account`, async () => {
        const error = await failure(
          open(lying(lie as (answer: unknown) => unknown)).getAccessToken(),
        );
        expect(error.code).toBe('store_unavailable');
        quiet(error, 'SECRET-OF-THE-STORE');
        expect(grants()).toBe(0);
      });
    }
    for (const [what, thrown] of [
      ['an error that quotes the record', () => new Error('SET key SECRET-OF-THE-STORE')],
      [
        'an error with the command in its fields',
        () => Object.assign(new Error('x'), { command: { args: ['SECRET-OF-THE-STORE'] } }),
      ],
      [
        'an error whose name is the record',
        () => Object.assign(new Error('x'), { name: 'SECRET-OF-THE-STORE {"pair":1}' }),
      ],
      ['a text', () => 'SECRET-OF-THE-STORE'],
      ['nothing', () => undefined],
      ['an error with a cause', () => new Error('x', { cause: 'SECRET-OF-THE-STORE' })],
    ] as const) {
      attack(`it throws ${what}, and a session repeats it`, async () => {
        const store = lying(() => {
          throw thrown();
        });
        const error = await failure(open(store).getAccessToken());
        expect(error.code).toBe('store_unavailable');
        quiet(error, 'SECRET-OF-THE-STORE');
      });
    }
    attack('it never answers, and a session waits for ever', async () => {
      const silent: TokenStore = {
        ...lying((answer) => answer),
        read: () => new Promise(() => {}),
        swap: () => new Promise(() => {}),
      };
      expect((await failure(open(silent).getAccessToken())).code).toBe('store_unavailable');
    });
    attack('its watch throws, and a session breaks', async () => {
      const store: TokenStore = {
        ...lying((answer) => answer),
        watch: () => {
          throw new Error('no');
        },
      };
      const session = await signedIn(store);
      session.subscribe(() => {});
      await clock.settle(session.getAccessToken());
    });
    attack(
      'it says ok to a swap and keeps nothing, and a grant is sent for every call',
      async () => {
        const store: TokenStore = {
          ...lying((answer) => answer),
          read: async () => ({ record: null, now: clock.now() }),
          swap: async (_key, _expected, next) => ({ ok: true, record: next, now: clock.now() }),
        };
        const session = open(store, { credentials: () => emulator.user });
        for (let i = 0; i < 20; i += 1) {
          await clock.settle(session.getAccessToken().catch(() => {}));
          await clock.advance(aMinute);
        }
        expect(grants()).toBeLessThanOrEqual(5);
      },
    );
    attack('it refuses every swap, and requests are sent without a claim', async () => {
      const store: TokenStore = {
        ...lying((answer) => answer),
        swap: async () => ({ ok: false, record: null, now: clock.now() }),
      };
      await failure(open(store, { credentials: () => emulator.user }).getAccessToken());
      expect(grants()).toBe(0);
    });
  });

  describe('with values of its own', () => {
    for (const [what, value] of [
      ['a list', '[]'],
      ['a number', '7'],
      ['nothing', ''],
      ['broken JSON that holds a token', '{"pair":{"accessToken":"SECRET-OF-THE-STORE"'],
      ['an object without fields', '{}'],
      ['lists in lists in lists', '['.repeat(100_000) + ']'.repeat(100_000)],
      ['objects in objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
      ['five million characters', `"${'x'.repeat(5_000_000)}"`],
      ['a sealed value, to a store that does not seal', 'sealed1.aaaa.bbbb'],
      ['what sealedStore says of a damaged one', 'sealed1.not_authentic'],
      ['a name of Object.prototype', 'constructor'],
    ] as const) {
      attack(`it holds ${what}, and a session takes it for an account`, async () => {
        await put(value);
        const error = await failure(open(memory.open()).getAccessToken());
        expect(['store_corrupt', 'store_version']).toContain(error.code);
        quiet(error, 'SECRET-OF-THE-STORE');
        expect(error.message.length).toBeLessThan(500);
        expect((await held()).value).toBe(value);
      });
    }
    for (const poison of [
      '{"__proto__":{"polluted":true,"usable":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '{"pair":{"__proto__":{"polluted":true}}}',
    ]) {
      attack(`it pollutes prototypes with ${poison.slice(0, 30)}…`, async () => {
        await signedIn(memory.open());
        const { value } = await held();
        await put(`${value.slice(0, -1)},${poison.slice(1)}`);
        const session = open(memory.open());
        await clock.settle(session.getAccessToken().catch(() => {}));
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
        expect(inspect(session.getSnapshot())).not.toContain('polluted');
      });
    }
    attack('it asks for a newer version, and its record is written over', async () => {
      await put('{"schema":99,"note":"SECRET-OF-THE-STORE"}');
      const error = await failure(
        open(memory.open(), { credentials: () => emulator.user }).getAccessToken(),
      );
      expect(error.code).toBe('store_version');
      quiet(error, 'SECRET-OF-THE-STORE');
      expect((await held()).value).toContain('99');
    });
    attack('it names itself to a person in a message', async () => {
      await put('{"schema":1,"\\u001b[2Jlineage":"x"}');
      const { message } = await failure(open(memory.open()).getAccessToken());
      expect(message).toMatch(/^[\x20-\x7e]+$/);
    });
    attack('its token lives for a thousand years', async () => {
      await signedIn(memory.open());
      await edit((record) => ({
        ...record,
        pair: { ...(record.pair as object), expiresAt: 32_503_680_000_000 },
      }));
      const session = open(memory.open());
      await clock.settle(session.getAccessToken());
      expect(Number(session.getSnapshot().expiresAt) - clock.now()).toBeLessThanOrEqual(86_400_000);
    });
    attack('its claim holds for a thousand years', async () => {
      const first = await signedIn(memory.open());
      await clock.advance(70 * aMinute);
      const until = 32_503_680_000_000;
      await edit((record) => ({
        ...record,
        claim: { id: 'theirs', purpose: 'refresh', at: clock.now(), until },
      }));
      await clock.settle(first.close());
      // Whether that claim sent something is unknown for as long as the longest lease there is, and
      // no longer.
      const session = open(memory.open());
      await clock.settle(session.getAccessToken().catch(() => {}));
      await clock.advance(3 * aMinute);
      await clock.settle(session.getAccessToken());
    });
    attack('its block holds for a thousand years', async () => {
      await signedIn(memory.open());
      const far = 32_503_680_000_000;
      await edit((record) => ({ ...record, blocked: { refresh: far, grant: far } }));
      await clock.advance(70 * aMinute);
      await clock.settle(open(memory.open()).getAccessToken());
    });
    attack(
      'it says that there were no grants, again and again, and a running session spends more than five',
      async () => {
        const session = await signedIn(memory.open(), { credentials: () => emulator.user });
        for (let i = 0; i < 20; i += 1) {
          await edit((record) => ({ ...record, grants: [], pair: null, ended: 'unknown' }));
          await clock.settle(session.getAccessToken().catch(() => {}));
          await clock.advance(aMinute);
        }
        expect(grants()).toBeLessThanOrEqual(6);
      },
    );
    attack('a million grants of its own make a session slow', async () => {
      await signedIn(memory.open());
      const many = Array.from({ length: 1_000_000 }, (_, i) => clock.now() - i);
      await edit((record) => ({ ...record, grants: many, conflicts: many }));
      const session = open(memory.open());
      await clock.settle(session.getAccessToken());
      await clock.advance(70 * aMinute);
      await clock.settle(session.getAccessToken());
      expect((await held()).value.length).toBeLessThan(20_000);
    });
    attack('its token would end a header and begin another', async () => {
      await signedIn(memory.open());
      await edit((record) => ({
        ...record,
        pair: { ...(record.pair as object), accessToken: 'x\r\nx-evil: 1' },
      }));
      const before = emulator.ledger.counters().apiCalls;
      await clock.settle(
        open(memory.open())
          .fetch('/api/1/account')
          .catch(() => {}),
      );
      expect(emulator.ledger.counters().apiCalls).toBe(before);
    });
  });

  describe('with what is sealed', () => {
    const sealed = () => sealedStore(memory.open(), keys);
    const other = () => accountKey(endpoint().issuer, emulator.client.id, 'mallory@example.test');

    for (const [what, change] of [
      [
        'with one bit changed',
        (value: string) => value.replace(/.(?=.{20}$)/, (char) => (char === 'A' ? 'B' : 'A')),
      ],
      ['cut', (value: string) => value.slice(0, -4)],
      ['with more at its end', (value: string) => `${value}AAAA`],
      [
        'under the id of another key',
        (value: string) => value.replace(/^sealed1\.[\w-]+/, 'sealed1.AAAAAAAAAAA'),
      ],
      ['in the clear', () => '{"schema":1}'],
      ['with a body of one character', (value: string) => value.replace(/[\w-]+$/, 'A')],
      ['with a body of other characters', (value: string) => value.replace(/[\w-]+$/, '%%%%')],
      ['with line ends', (value: string) => `${value}\n`],
      [
        'of five million characters',
        (value: string) => value.replace(/[\w-]+$/, 'A'.repeat(5_000_000)),
      ],
    ] as const) {
      attack(`it hands out a value ${what}`, async () => {
        await signedIn(sealed());
        const { value, version } = await held();
        await put(change(value), version);
        const error = await failure(open(sealed()).getAccessToken());
        expect(error.code).toBe('store_corrupt');
        quiet(error, value.slice(-30));
      });
    }
    attack('it hands out a record under another version', async () => {
      await signedIn(sealed());
      const { value } = await held();
      await put(value, 'another-version');
      expect((await failure(open(sealed()).getAccessToken())).code).toBe('store_corrupt');
    });
    attack('it hands out the record of one account to another', async () => {
      await signedIn(sealed());
      const { value, version } = await held();
      await put(value, version, other());
      expect(
        (await failure(open(sealed(), { account: 'mallory@example.test' }).getAccessToken())).code,
      ).toBe('store_corrupt');
    });
    attack('it swaps the records of two accounts', async () => {
      await signedIn(sealed());
      const first = await held();
      await put('{"schema":1}', 'x', other());
      await put(first.value, first.version, other());
      expect(
        (await failure(open(sealed(), { account: 'mallory@example.test' }).getAccessToken())).code,
      ).toBe('store_corrupt');
    });
    attack('it seals with a key of its own', async () => {
      const theirs = sealedStore(memory.open(), {
        current: crypto.getRandomValues(new Uint8Array(32)),
      });
      await theirs.swap(key(), null, { version: 'a', value: '{"schema":1}' });
      expect((await failure(open(sealed()).getAccessToken())).code).toBe('store_corrupt');
    });
    attack('it reads a token, a refresh token or an account in what it keeps', async () => {
      const session = await signedIn(sealed());
      const token = await clock.settle(session.getAccessToken());
      await clock.advance(70 * aMinute);
      const next = await clock.settle(session.getAccessToken());
      const { value } = await held();
      for (const word of [token, next, 'pair', 'accessToken', emulator.user.username]) {
        expect(value).not.toContain(word);
        expect(
          Buffer.from(value.split('.')[2] ?? '', 'base64url').toString('latin1'),
        ).not.toContain(word);
      }
    });
    attack('it sees that two values are the same', async () => {
      const store = sealed();
      const values = new Set<string>();
      for (const version of ['a', 'b', 'c']) {
        await store.swap(key(), [...values].length === 0 ? null : (await held()).version, {
          version,
          value: 'the same',
        });
        values.add((await held()).value);
      }
      expect(values.size).toBe(3);
    });
    attack(
      'it puts an older record back while a session runs, and its spent refresh token is sent',
      async () => {
        const session = await signedIn(sealed());
        const old = await held();
        await clock.advance(70 * aMinute);
        const token = await clock.settle(session.getAccessToken());
        await put(old.value, old.version);
        await clock.advance(5 * aMinute);
        expect(await clock.settle(session.getAccessToken())).toBe(token);
        expect(emulator.ledger.counters().replays).toBe(0);
      },
    );
    attack(
      'it puts a record from before a sign-out back, and the session that signed out revives',
      async () => {
        const session = await signedIn(sealed());
        const old = await held();
        await clock.settle(session.signOut());
        await put(old.value, old.version);
        expect((await failure(session.getAccessToken())).code).toBe('signed_out');
      },
    );
  });

  describe('with its clock', () => {
    for (const [what, offset] of [
      ['ten years ahead', 315_360_000_000],
      ['ten years behind', -315_360_000_000],
      ['at the beginning of time', null],
    ] as const) {
      attack(
        `it is ${what}, and tokens are handed out that are dead, or asked for without end`,
        async () => {
          const store = lying((answer) => ({
            ...(answer as ReadResult),
            now: offset === null ? 1 : clock.now() + offset,
          }));
          const session = await signedIn(store, { credentials: () => emulator.user });
          for (let i = 0; i < 10; i += 1)
            await clock.settle(session.getAccessToken().catch(() => {}));
          expect(grants()).toBeLessThanOrEqual(5);
        },
      );
    }
    attack('it jumps to and fro with every answer, and two requests are sent at once', async () => {
      let turn = 0;
      const store = lying((answer) => {
        turn += 1;
        return {
          ...(answer as ReadResult),
          now: clock.now() + (turn % 2 === 0 ? 1 : -1) * 600_000_000,
        };
      });
      await signedIn(memory.open());
      const session = open(store, { credentials: () => emulator.user });
      for (let i = 0; i < 10; i += 1) {
        await clock.advance(aMinute);
        await clock.settle(session.getAccessToken().catch(() => {}));
      }
      expect(emulator.ledger.counters().concurrentTokenRequests.peak).toBeLessThanOrEqual(1);
      expect(grants()).toBeLessThanOrEqual(6);
    });
  });
});
