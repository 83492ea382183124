import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { type MemoryStore, memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountKey, sealedStore, type TokenStore } from '../src/index.ts';
import { anyText } from './support/any-text.ts';
import { aMinute, anHour, passwordOf, world } from './support/world.ts';

const keyFrom = (text: string): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(text).digest());
const [first, second, third] = [
  keyFrom('key-canary-1'),
  keyFrom('key-canary-2'),
  keyFrom('key-canary-3'),
];
const record = (value = 'token-canary', version = 'v1') => ({ version, value });

/** A store, itself and sealed, and what was put into it sealed. */
async function sealed(value?: string) {
  const raw = memoryStore();
  const store = sealedStore(raw, { current: first });
  await store.swap('ada', null, record(value));
  return { raw, store, text: await valueIn(raw) };
}

const valueIn = async (store: TokenStore, key = 'ada'): Promise<string> =>
  (await store.read(key)).record?.value ?? 'nothing';

/** What comes out for a text that lies in the store. */
async function outcomeOf(
  text: string,
  { key = 'ada', version = 'v1', keys = { current: first } } = {},
): Promise<string> {
  const raw = memoryStore();
  await raw.swap(key, null, { version, value: text });
  return valueIn(sealedStore(raw, keys), key);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('sealedStore over memoryStore passes the store kit: it', () => {
  for (const { name, run } of storeCases) {
    const store = memoryStore();
    it(name, () => run(() => sealedStore(store.open(), { current: first })));
  }
});

describe('a sealed store', () => {
  it('gives back what was put in, and keeps it out of sight of the store within', async () => {
    const { store, text } = await sealed();
    expect(await valueIn(store)).toBe('token-canary');
    expect(text).toMatch(/^sealed1\.[\w-]{11}\.[\w-]+$/);
    expect(Buffer.from(text.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain(
      'canary',
    );
  });

  it('gives back any well-formed text', async () => {
    const wellFormed = anyText({ maxLength: 200 }).map((text) =>
      new TextDecoder().decode(new TextEncoder().encode(`\ufeff${text}`)),
    );
    await fc.assert(
      fc.asyncProperty(wellFormed, async (value) => {
        expect(await valueIn((await sealed(value)).store)).toBe(value);
      }),
    );
  });

  it('seals the same value differently each time', async () => {
    const texts = await Promise.all(Array.from({ length: 100 }, async () => (await sealed()).text));
    expect(new Set(texts).size).toBe(100);
  });

  it('leaves versions as they are, so that swaps compare what they compared before', async () => {
    const { raw, store } = await sealed();
    expect(await store.swap('ada', 'v1', record('newer', 'v2'))).toMatchObject({
      ok: true,
      record: record('newer', 'v2'),
    });
    expect((await raw.read('ada')).record?.version).toBe('v2');
    const lost = await store.swap('ada', 'v1', record('late', 'v3'));
    expect(lost).toMatchObject({ ok: false, record: record('newer', 'v2') });
  });

  it('answers a swap that won without opening anything', async () => {
    const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
    const { store } = await sealed();
    expect((await store.swap('ada', null, record())).ok).toBe(true);
    expect(decrypt).not.toHaveBeenCalled();
  });

  it('passes on the time of every answer, and which clock that is', async () => {
    const raw = memoryStore({ now: () => 1_800_000_000_000 });
    const named: TokenStore = {
      ...raw,
      read: async (key) => ({ ...(await raw.read(key)), clock: 'a node' }),
      swap: async (...call) => ({ ...(await raw.swap(...call)), clock: 'another node' }),
    };
    const store = sealedStore(named, { current: first });
    const now = 1_800_000_000_000;
    expect(await store.read('ada')).toEqual({ record: null, now, clock: 'a node' });
    expect(await store.swap('ada', null, record())).toEqual({
      ok: true,
      record: record(),
      now,
      clock: 'another node',
    });
    expect(await store.swap('ada', null, record('late', 'v2'))).toEqual({
      ok: false,
      record: record(),
      now,
      clock: 'another node',
    });
    const plain = sealedStore(raw, { current: first });
    expect(await plain.read('bob')).toEqual({ record: null, now });
  });

  it('shows nothing of its key in what it writes: the name of a key is a digest', async () => {
    const { text } = await sealed();
    const [, id = ''] = text.split('.');
    expect(Buffer.from(id, 'base64url')).toHaveLength(8);
    for (let at = 0; at + 2 <= 32; at += 1)
      expect(Buffer.from(id, 'base64url').includes(Buffer.from(first.subarray(at, at + 2)))).toBe(
        false,
      );
  });

  it('lets the store within know that an account is signed out', async () => {
    const raw = memoryStore();
    const swap = vi.fn(raw.swap);
    const store = sealedStore({ ...raw, swap }, { current: first });
    await store.swap('ada', null, { ...record(), signedOut: true });
    await store.swap('ada', 'v1', record('newer', 'v2'));
    expect(swap.mock.calls.map(([, , next]) => next.signedOut)).toEqual([true, undefined]);
  });

  it('is as far seen, as watched and as closed as the store within', async () => {
    const { raw, store } = await sealed();
    const onChange = vi.fn();
    const stop = store.watch('ada', onChange);
    await raw.swap('ada', 'v1', record('', 'v2'));
    expect(onChange).toHaveBeenCalledTimes(1);
    stop();
    expect({ reach: store.reach, now: typeof (await store.read('ada')).now }).toEqual({
      reach: 'process',
      now: 'number',
    });
    await store.close();
    await expect(raw.read('ada')).rejects.toThrow('is closed');
  });
});

describe('what does not come out of a sealed store', () => {
  it('is a record that was never sealed, however well-formed', async () => {
    for (const planted of [
      '{"schema":1}',
      '',
      'sealed1.',
      'sealed1.AAAAAAAAAAA.',
      'sealed1.AAAAAAAAAAA.AAAA',
      'sealed1.AAAAAAAAAAA.AAAAA',
    ]) {
      expect(await outcomeOf(planted)).toBe('sealed1.not_sealed');
    }
  });

  it('is a value that was moved to another account or version', async () => {
    const { text } = await sealed();
    expect(await outcomeOf(text)).toBe('token-canary');
    expect(await outcomeOf(text, { key: 'bob' })).toBe('sealed1.not_authentic');
    expect(await outcomeOf(text, { version: 'v2' })).toBe('sealed1.not_authentic');
  });

  it('is a value whose account and version only look alike when written one after the other', async () => {
    const raw = memoryStore();
    await sealedStore(raw, { current: first }).swap('a', null, record('token-canary', '","b'));
    expect(await outcomeOf(await valueIn(raw, 'a'), { key: 'a","', version: 'b' })).toBe(
      'sealed1.not_authentic',
    );
  });

  it('is a value that someone else sealed, also under the name of our key', async () => {
    const { text } = await sealed();
    expect(await outcomeOf(text, { keys: { current: second } })).toBe('sealed1.unknown_key');
    const ours = memoryStore();
    await sealedStore(ours, { current: second }).swap('ada', null, record());
    const id = (await valueIn(ours)).split('.')[1] ?? '';
    const forged = text.replace(/^sealed1\.[^.]+/, `sealed1.${id}`);
    expect(await outcomeOf(forged, { keys: { current: second } })).toBe('sealed1.not_authentic');
  });

  it('is a value with any single bit of its text flipped', async () => {
    const { text } = await sealed();
    const flips = fc.record({ at: fc.nat(text.length - 1), bit: fc.nat(15) });
    await fc.assert(
      fc.asyncProperty(flips, async ({ at, bit }) => {
        const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
        expect(await outcomeOf(text.slice(0, at) + flipped + text.slice(at + 1))).toMatch(
          /^sealed1\.(not|unknown)_/,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a value with any one character replaced, put in or left out', async () => {
    const { text } = await sealed();
    const edits = fc.record({
      at: fc.nat(text.length),
      cut: fc.nat(1),
      put: anyText({ maxLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(edits, async ({ at, cut, put }) => {
        const edited = text.slice(0, at) + put + text.slice(at + cut);
        fc.pre(edited !== text);
        expect(await outcomeOf(edited)).toMatch(/^sealed1\.(not|unknown)_/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a value that was cut anywhere, or goes on', async () => {
    const { text } = await sealed();
    const cuts = Array.from({ length: text.length }, (_, length) => text.slice(0, length));
    const outcomes = await Promise.all(
      [...cuts, `${text}A`, `${text}AA`, `${text}=`, `${text}\n`, ` ${text}`].map((cut) =>
        outcomeOf(cut),
      ),
    );
    expect([...new Set(outcomes)].sort()).toEqual(['sealed1.not_authentic', 'sealed1.not_sealed']);
  });

  it('is reported by swaps that lose, too', async () => {
    const raw = memoryStore();
    await raw.swap('ada', null, record('{"schema":1}'));
    const { ok, record: standing } = await sealedStore(raw, { current: first }).swap(
      'ada',
      null,
      record('mine', 'v2'),
    );
    expect({ ok, standing }).toEqual({ ok: false, standing: record('sealed1.not_sealed') });
    expect(await valueIn(raw)).toBe('{"schema":1}');
  });
});

describe('the keys of a sealed store', () => {
  it('open what an earlier version sealed with them', async () => {
    const text = 'sealed1.ZIu80NHVT3M.jwGF_gbXPOV8aUY6h79jD67KHm9jCrrav10LQLCSQ9V8VqQt8toN6Q';
    expect(await outcomeOf(text)).toBe('token-canary');
  });

  it('open what was sealed with a previous one, and seal with the current one', async () => {
    const { raw } = await sealed();
    const rotated = sealedStore(raw, { current: third, previous: [second, first] });
    expect(await valueIn(rotated)).toBe('token-canary');
    await rotated.swap('ada', 'v1', record('newer', 'v2'));
    expect(await valueIn(sealedStore(raw, { current: third }))).toBe('newer');
    expect(await valueIn(sealedStore(raw, { current: first, previous: [second] }))).toBe(
      'sealed1.unknown_key',
    );
  });

  it('may be given twice', async () => {
    const { raw } = await sealed();
    expect(await valueIn(sealedStore(raw, { current: first, previous: [first, first] }))).toBe(
      'token-canary',
    );
  });

  it('are copied, so that the bytes that were given can be wiped at once', async () => {
    const { raw } = await sealed();
    const mine = Uint8Array.from(first);
    const store = sealedStore(raw, { current: mine });
    mine.fill(0);
    expect(await valueIn(store)).toBe('token-canary');
  });

  it('are imported once, when they are first needed, and cannot be exported', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey');
    const store = sealedStore(memoryStore(), { current: first, previous: [second] });
    expect(importKey).not.toHaveBeenCalled();
    await Promise.all(['a', 'b', 'c'].map((key) => store.swap(key, null, record())));
    await store.read('a');
    expect(importKey).toHaveBeenCalledTimes(2);
    for (const { value } of importKey.mock.results)
      expect(await value).toMatchObject({ extractable: false });
    // Not even the copies that were made of the bytes.
    for (const [, bytes] of importKey.mock.calls) expect(bytes).toEqual(new Uint8Array(32));
  });

  it('are imported again after that failed', async () => {
    const { raw } = await sealed();
    const store = sealedStore(raw, { current: first });
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValueOnce(new Error('out of memory'));
    await expect(store.read('ada')).rejects.toThrow('out of memory');
    expect(await valueIn(store)).toBe('token-canary');
  });

  it('that fail for another reason than the value do not call it damaged', async () => {
    const { store } = await sealed();
    for (const reason of [new Error('out of memory'), null]) {
      vi.spyOn(crypto.subtle, 'decrypt').mockRejectedValueOnce(reason);
      await expect(store.read('ada')).rejects.toBe(reason);
    }
    expect(await valueIn(store)).toBe('token-canary');
  });

  it('must have 32 bytes; what is wrong is named and not shown', () => {
    const short = keyFrom('key-canary').subarray(1);
    const wrong = [
      short,
      new Uint8Array(0),
      'key-canary-00000000000000000000',
      Array.from(first),
      new Uint32Array(32),
      undefined,
    ];
    for (const key of wrong as Uint8Array[]) {
      expect(() => sealedStore(memoryStore(), { current: key })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
      expect(() => sealedStore(memoryStore(), { current: key })).toThrow(
        /^"current" must be a Uint8Array of 32 random bytes(?!.*canary)/,
      );
      expect(() => sealedStore(memoryStore(), { current: first, previous: [first, key] })).toThrow(
        /^"previous\[1\]" must be/,
      );
    }
    expect(() => sealedStore(memoryStore(), undefined as never)).toThrow(
      /sealedStore\(\).*"current"/,
    );
    expect(() => sealedStore(memoryStore(), { current: first, previous: first as never })).toThrow(
      '"previous" must be an array of keys.',
    );
    expect(() => sealedStore({} as never, { current: first })).toThrow(
      '"store" must be a token store',
    );
  });

  it.each<[string, readonly number[]]>([
    ['zeros', Array(32).fill(0)],
    ['one repeated character', Array(32).fill(0x61)],
    ['two characters in turn', Array.from({ length: 32 }, (_, i) => 0x61 + (i % 2))],
    ['numbers in order', Array.from({ length: 32 }, (_, i) => i)],
    ['numbers in order, backwards', Array.from({ length: 32 }, (_, i) => 255 - i)],
    ['every third number', Array.from({ length: 32 }, (_, i) => (i * 3) % 256)],
    ['a password and what fills it up', [...Buffer.from('correct horse'.padEnd(32, '.'))]],
    ['the hexadecimal text of half a key', [...Buffer.from('3f9a0c5be7d1428690af3c7e5d1b2846')]],
    ['a sentence', [...Buffer.from('correct horse battery staple yes')]],
  ])('must be random: %s is refused, as the current key and as an older one', (_, bytes) => {
    const key = Uint8Array.from(bytes);
    expect(key).toHaveLength(32);
    expect(() => sealedStore(memoryStore(), { current: key })).toThrow(
      /^"current" must be a Uint8Array of 32 random bytes/,
    );
    expect(() => sealedStore(memoryStore(), { current: first, previous: [key] })).toThrow(
      /^"previous\[0\]" must be/,
    );
  });

  it('that are random are never taken for a pattern', () => {
    for (let i = 0; i < 2_000; i += 1)
      sealedStore(memoryStore(), { current: crypto.getRandomValues(new Uint8Array(32)) });
  });

  it('are of no use without WebCrypto, which is said at once', () => {
    for (const crypto of [{}, undefined]) {
      vi.stubGlobal('crypto', crypto);
      expect(() => sealedStore(memoryStore(), { current: first })).toThrow(/WebCrypto.*https/);
      vi.unstubAllGlobals();
    }
  });

  it('show nowhere, and neither do values', async () => {
    const { raw, store } = await sealed();
    const failing = sealedStore(
      { ...raw, read: () => Promise.reject(new Error('down')) },
      { current: first },
    );
    const errors = [
      await failing.read('ada').catch((error: unknown) => error),
      await store.swap('ada', null, record('no', 'v2')),
    ];
    const foreign = await sealedStore(raw, { current: second }).read('ada');
    const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true } as const;
    const shown = [store, failing, errors[0], foreign]
      .map((each) => inspect(each, deep) + JSON.stringify(each))
      .join();
    const bytes = Buffer.from(first.subarray(0, 9));
    const forms = [
      'canary',
      bytes.toString('hex'),
      bytes.toString('base64'),
      [...bytes].join(', '),
      [...bytes].join(','),
    ];
    for (const form of forms) expect(shown).not.toContain(form);
  });
});

describe('a session over a sealed store', () => {
  /**
   * What a session finds that may sign in by itself, where `plant` was put in the account's place.
   */
  async function meets(
    plant: (given: { raw: string; key: string; store: MemoryStore }) => Promise<string> | string,
  ) {
    const { clock, emulator, session, store } = world();
    const keys = { current: first };
    const key = accountKey('act-on', emulator.client.id, emulator.user.username);
    const owner = session({ store: sealedStore(store.open(), keys) });
    await clock.settle(owner.authorize(passwordOf(emulator)));
    await owner.close();
    const planted = await plant({ raw: await valueIn(store, key), key, store });
    const standing = (await store.read(key)).record;
    await store.swap(key, standing?.version ?? null, { version: 'planted', value: planted });
    const requests = emulator.ledger.entries.length;
    const each = session({
      store: sealedStore(store.open(), keys),
      credentials: () => emulator.user,
    });
    return {
      clock,
      emulator,
      each,
      planted,
      now: () => valueIn(store, key),
      sent: () => emulator.ledger.entries.length - requests,
    };
  }

  const plants = {
    'a plain record': async ({ key, store }) =>
      valueIn(sealedStore(store, { current: first }), key),
    'a value of another version': ({ raw }) => raw,
    'a damaged value': ({ raw }) => raw.slice(0, -1),
    'a value sealed with another key': async () => {
      const other = memoryStore();
      await sealedStore(other, { current: second }).swap('ada', null, record());
      return valueIn(other);
    },
  } satisfies Record<string, Parameters<typeof meets>[0]>;

  for (const [what, plant] of Object.entries(plants)) {
    it(`leaves ${what} as it is and sends nothing, until a person signs in`, async () => {
      const { clock, emulator, each, planted, now, sent } = await meets(plant);
      const error = await clock.settle(each.getAccessToken().catch((reason: unknown) => reason));
      expect(error).toMatchObject({ code: 'store_corrupt', needsGrant: true });
      for (const part of [planted, planted.slice(20, 60)])
        expect(inspect(error) + each.describe()).not.toContain(part);
      expect({ raw: await now(), sent: sent() }).toEqual({ raw: planted, sent: 0 });
      await clock.settle(each.authorize(passwordOf(emulator)));
      expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
      expect(await now()).toMatch(/^sealed1\./);
      expect(sent()).toBe(1);
    });
  }

  it('works as over any store: one refresh for all, and no token in the store within', async () => {
    const { clock, emulator, session, store, sent } = world();
    const sessions = [1, 2, 3].map(() =>
      session({ store: sealedStore(store.open(), { current: first }) }),
    );
    await clock.settle(sessions[0]?.authorize(passwordOf(emulator)) ?? Promise.reject());
    await clock.advance(anHour + 1);
    const tokens = await clock.settle(Promise.all(sessions.map((each) => each.getAccessToken())));
    expect({ tokens: new Set(tokens).size, refreshes: sent('refresh_token') }).toEqual({
      tokens: 1,
      refreshes: 1,
    });
    const text = await valueIn(
      store,
      accountKey('act-on', emulator.client.id, emulator.user.username),
    );
    expect(text).toMatch(/^sealed1\.[\w-]+\.[\w-]+$/);
  });

  it('that runs puts back what it knows when a whole older record was put back; one that starts cannot know', async () => {
    const { clock, emulator, session, store } = world();
    const starting = () => session({ store: sealedStore(store.open(), { current: first }) });
    const key = accountKey('act-on', emulator.client.id, emulator.user.username);
    const running = starting();
    await clock.settle(running.authorize(passwordOf(emulator)));
    const older = (await store.read(key)).record ?? record();
    const olderToken = await running.getAccessToken();
    await clock.advance(55 * aMinute);
    await running.getAccessToken();
    await clock.advance(0);
    const putBack = async () =>
      store.swap(key, (await store.read(key)).record?.version ?? null, older);
    await putBack();
    expect(await clock.settle(starting().getAccessToken())).toBe(olderToken);
    running.subscribe(() => {});
    await clock.advance(0);
    await putBack();
    await clock.advance(0);
    const token = await running.getAccessToken();
    expect(token).not.toBe(olderToken);
    expect(await clock.settle(starting().getAccessToken())).toBe(token);
  });

  it('finds what was there before, once it was sealed', async () => {
    const { clock, session, signedIn, store, emulator } = world();
    const token = await (await signedIn()).getAccessToken();
    const key = accountKey('act-on', emulator.client.id, emulator.user.username);
    const sealing = sealedStore(store, { current: first });
    const { record: plain } = await store.read(key);
    if (plain !== null)
      await sealing.swap(key, plain.version, { version: crypto.randomUUID(), value: plain.value });
    expect(await clock.settle(session({ store: sealing }).getAccessToken())).toBe(token);
  });
});
