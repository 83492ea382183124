import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isActOnTokenError } from '../src/errors.ts';
import { signedOut } from '../src/machine.ts';
import {
  type AccountRecord,
  type Claim,
  decodeRecord,
  emptyRecord,
  encodeRecord,
  type Pair,
  type Status,
  status,
} from '../src/record.ts';
import { anyRecord, longestLease } from './support/any-record.ts';
import * as given from './support/records.ts';
import { aMinute, anHour, now } from './support/records.ts';

const year9999 = Date.UTC(9999, 0, 1);
const aDay = 24 * anHour;

const pair: Pair = {
  accessToken: 'access-canary',
  refreshToken: 'refresh-canary',
  issuedAt: now,
  expiresAt: now + anHour,
  unanswered: 0,
};
const claim: Claim = { id: 'claim-1', purpose: 'refresh', at: now, until: now + 30_000 };
const record = (more: Partial<AccountRecord> = {}): AccountRecord => ({
  ...emptyRecord,
  lineage: 1,
  generation: 1,
  pair,
  ...more,
});
const decoded = (more: object): AccountRecord =>
  decodeRecord(JSON.stringify({ ...record(), ...more }), now);

/** The error for a stored value, checked to be one of ours that repeats nothing of it. */
function faultOf(value: string, code: 'store_corrupt' | 'store_version'): string {
  try {
    decodeRecord(value, now);
  } catch (error) {
    if (!isActOnTokenError(error, code)) throw error;
    expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).not.toContain(
      'canary',
    );
    expect(error.needsGrant).toBe(code === 'store_corrupt');
    return error.message;
  }
  throw new Error('it was read');
}

describe('a record', () => {
  it('comes back from its text', () => {
    expect(decodeRecord(encodeRecord(record({ claim })), now)).toEqual(record({ claim }));
    expect(decodeRecord(encodeRecord(emptyRecord), now)).toEqual(emptyRecord);
  });

  it('comes back from its text, whatever it is', () => {
    const cases = fc.property(anyRecord(), (each) => {
      expect(decodeRecord(encodeRecord(each), now)).toEqual(each);
    });
    fc.assert(cases, { numRuns: 300 });
  });

  it('of no one says nothing, and shares its empty lists with others', () => {
    const { schema, grants, conflicts, blocked, suspect, lineage, generation, changedAt, ...rest } =
      emptyRecord;
    expect({ schema, grants, conflicts, blocked, suspect }).toEqual({
      ...{ schema: 1, grants: [], conflicts: [], suspect: false },
      blocked: { refresh: null, grant: null },
    });
    expect([lineage, generation, changedAt]).toEqual([0, 0, 0]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    for (const field of ['grants', 'conflicts', 'blocked'] as const)
      expect(decoded({})[field]).toBe(emptyRecord[field]);
  });

  it.each<[string, object]>([
    ['the record', { region: 'eu', limits: { day: [1, 2] } }],
    ['its pair', { pair: { ...pair, keys: ['a'], failing: { since: now, count: 1, last: 503 } } }],
    ['its claim', { claim: { ...claim, host: 'b' } }],
    ['its blocks', { blocked: { refresh: null, grant: null, revoke: now + aMinute } }],
    ['the last refusal', { refusal: { code: 'grant_rejected', detail: 'HTTP 400', hint: 'x' } }],
  ])('keeps what a newer version wrote: in %s', (_, more) => {
    const read = decoded(more);
    expect(read).toEqual({ ...record(), ...more });
    expect(decodeRecord(encodeRecord(read), now)).toEqual(read);
  });

  it('keeps what a newer version wrote through whatever an older one does to it', () => {
    const ofNewer = { region: 'eu' };
    const all = [...Object.values(given.endings), { type: 'withdrawn' } as const];
    for (const purpose of ['refresh', 'grant'] as const)
      for (const ending of all) {
        const mine = given.claimed(decoded(ofNewer), purpose, {
          imported: purpose === 'grant' ? 'brought' : undefined,
        });
        expect(given.ended(mine, ending) ?? mine.record).toMatchObject(ofNewer);
        expect(given.ended(mine, ending, emptyRecord)).toMatchObject(ofNewer);
      }
    expect(signedOut(decoded(ofNewer), now)).toMatchObject(ofNewer);
  });

  it('takes a field that is named like a built-in one for a field', () => {
    const read = decodeRecord(
      encodeRecord(record()).replace('{', '{"__proto__":{"pair":null},"toString":"x",'),
      now,
    );
    expect(read.pair).toEqual(pair);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(({} as AccountRecord).pair).toBeUndefined();
  });
});

describe('a stored value is corrupt', () => {
  it.each<[string, string]>([
    ['if it is empty', ''],
    ['if it is no JSON', 'canary'],
    ['if it is cut', encodeRecord(record()).slice(0, -1)],
    ['if it is two records', encodeRecord(record()).repeat(2)],
    ['if it is a text', '"canary"'],
    ['if it is a number', '7'],
    ['if it is null', 'null'],
    ['if it is a list', `[${encodeRecord(record())}]`],
    ['if it is nested 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('%s', (_, value) => {
    expect(faultOf(value, 'store_corrupt')).toContain(
      'not an account record: it is not a JSON object',
    );
  });

  it('if it is the JSON of another program', () => {
    expect(faultOf('{"token":"canary"}', 'store_corrupt')).toContain(
      'its field "schema" is missing or malformed',
    );
    expect(faultOf(`{"__proto__":${encodeRecord(record())}}`, 'store_corrupt')).toContain(
      '"schema"',
    );
  });

  it.each(Object.keys(emptyRecord))('if it lacks "%s", and says so', (field) => {
    const { [field]: _, ...rest } = record() as unknown as Record<string, unknown>;
    expect(faultOf(JSON.stringify(rest), 'store_corrupt')).toContain(
      `its field "${field}" is missing or malformed`,
    );
  });

  it.each<[string, unknown[]]>([
    ['schema', [0, -1, '1', true, null, [1]]],
    ['lineage', [-1, 0.5, '1', null, 2 ** 53]],
    ['generation', [-1, 0.5, '1', null, 1e300]],
    ['changedAt', ['1', null, {}]],
    [
      'refusal',
      ['canary', {}, { code: 'canary', detail: '' }, { code: 'grant_rejected', detail: 7 }],
    ],
    [
      'pair',
      [
        undefined,
        'canary',
        7,
        [],
        {},
        { ...pair, accessToken: 7 },
        { ...pair, refreshToken: undefined },
      ],
    ],
    [
      'pair',
      [
        { ...pair, issuedAt: null },
        { ...pair, expiresAt: 'canary' },
        { ...pair, scope: null },
        { ...pair, unanswered: -1 },
        { ...pair, rotates: 'canary' },
        ...[null, 7, {}, { since: now, count: -1 }, { since: 'canary', count: 1 }].map(
          (failing) => ({ ...pair, failing }),
        ),
      ],
    ],
    ['ended', ['canary', 'expired', true, {}]],
    [
      'claim',
      [
        'canary',
        {},
        { ...claim, id: 7 },
        { ...claim, purpose: 'canary' },
        { ...claim, until: null },
      ],
    ],
    ['grants', [null, {}, ['canary'], [null], 7]],
    ['blocked', [null, [], {}, { refresh: null }, { refresh: 'canary', grant: null }]],
    ['refused', [7, {}, true]],
    ['conflicts', [null, ['canary']]],
    ['suspect', [null, 0, 'canary']],
  ])('if its "%s" is malformed, and says so', (field, values) => {
    for (const value of values) {
      const text = JSON.stringify({ ...record(), [field]: value });
      expect(faultOf(text, 'store_corrupt'), text).toContain(
        `its field "${field}" is missing or malformed`,
      );
    }
  });
});

describe('a stored value that is sealed', () => {
  it.each([
    ['sealed1.AAAAAAAAAAA.canary', /it is sealed: read it through sealedStore\(\)/],
    ['sealed1.not_sealed', /it is not sealed, but this store seals its records/],
    ['sealed1.unknown_key', /a key that is not among "keys"/],
    ['sealed1.not_authentic', /changed or moved after it was sealed/],
  ])('says so: %s', (value, reason) => {
    expect(faultOf(value, 'store_corrupt')).toMatch(reason);
  });
});

describe('a record of a newer schema', () => {
  it.each([2, 3, 1.5, 2 ** 60])('is not read, let alone replaced: %d', (schema) => {
    const message = faultOf(JSON.stringify({ schema, everything: 'canary' }), 'store_version');
    expect(message).toContain(`has schema ${schema}`);
    expect(message).toContain('Upgrade');
  });
});

describe('an absurd time', () => {
  it('makes no claim exclude others longer than the longest lease', () => {
    const until = (more: Partial<Claim>): number =>
      decoded({ claim: { ...claim, ...more } }).claim?.until ?? Number.NaN;
    expect(until({ until: year9999 })).toBe(now + longestLease);
    expect(until({ at: now - aMinute, until: year9999 })).toBe(now - aMinute + longestLease);
    expect(until({ at: year9999, until: year9999 })).toBe(now + longestLease);
    expect(until({ at: 1e308, until: 1e308 })).toBe(now + longestLease);
    expect(until({ at: 0, until: year9999 })).toBeLessThan(now);
    expect(until({ at: -1e308, until: 1e308 })).toBeLessThan(now);
  });

  it('makes no claim of the future pace what is sent', () => {
    expect(decoded({ claim: { ...claim, at: year9999, until: year9999 } }).claim?.at).toBeLessThan(
      now,
    );
    expect(decoded({ claim: { ...claim, at: now + longestLease } }).claim?.at).toBe(
      now + longestLease,
    );
  });

  it('makes no token live longer than a day', () => {
    const expiry = (more: Partial<Pair>): number | undefined =>
      decoded({ pair: { ...pair, ...more } }).pair?.expiresAt;
    expect(expiry({ expiresAt: year9999 })).toBe(now + aDay);
    expect(expiry({ issuedAt: 0, expiresAt: year9999 })).toBe(aDay);
    expect(expiry({ expiresAt: 0 })).toBe(0);
  });

  it('makes no token of the future serve: its age is unknown', () => {
    const expiry = (issuedAt: number): number | undefined =>
      decoded({ pair: { ...pair, issuedAt, expiresAt: issuedAt + anHour } }).pair?.expiresAt;
    expect(expiry(year9999)).toBe(now);
    expect(expiry(now + longestLease + 1)).toBe(now);
    expect(expiry(now + longestLease)).toBe(now + longestLease + anHour);
  });

  it('makes no block last longer than an hour, even if every run of a program reads it again', () => {
    const blocked = (grant: number): number | null =>
      decoded({ blocked: { refresh: null, grant } }).blocked.grant;
    expect(blocked(now + aMinute)).toBe(now + aMinute);
    expect(blocked(now + anHour + longestLease)).toBe(now + anHour);
    expect(blocked(now + anHour + longestLease + 1)).toBeNull();
  });

  it('does not count among grants or conflicts, of which the newest hundred are kept', () => {
    const past = Array.from({ length: 1_000_000 }, (_, at) => now - at);
    const tooLate = now + anHour + longestLease + 1;
    const { grants, conflicts } = decoded({
      grants: [...past, year9999],
      conflicts: [year9999, tooLate, now, 1e308],
    });
    expect(grants).toEqual(Array.from({ length: 100 }, (_, at) => now - 99 + at));
    expect(conflicts).toEqual([now]);
  }, 30_000);

  it('of a store whose clock went back by up to an hour counts: what was charged before that was sent', () => {
    for (const ahead of [aMinute, 200_000, anHour, anHour + longestLease])
      expect(decoded({ grants: [now + ahead, now] }).grants).toEqual([now, now + ahead]);
  });

  it('does not outweigh everything that is written from now on', () => {
    expect(decoded({ changedAt: year9999 }).changedAt).toBe(0);
    expect(decoded({ changedAt: now + longestLease + 1 }).changedAt).toBe(0);
    expect(decoded({ changedAt: now + longestLease }).changedAt).toBe(now + longestLease);
    expect(decoded({ changedAt: -1e308 }).changedAt).toBe(-1e308);
  });
});

describe('why the last grant was refused', () => {
  it('is kept up to a thousand characters', () => {
    const refusal = { code: 'grant_rejected', detail: 'x'.repeat(1_001) } as const;
    expect(decoded({ refusal }).refusal).toEqual({ ...refusal, detail: 'x'.repeat(1_000) });
  });
});

describe('the status of an account', () => {
  const late = { ...pair, expiresAt: now };
  const overClaim: Claim = { ...claim, until: now };
  it.each<[string, AccountRecord, Status]>([
    ['idle before anybody signed in', emptyRecord, 'idle'],
    ['idle after a sign-out', record({ pair: null, ended: 'signed_out' }), 'idle'],
    [
      'idle during the first grant',
      record({ pair: null, claim: { ...claim, purpose: 'grant' } }),
      'idle',
    ],
    [
      'idle after a sign-out during a refresh',
      record({ pair: null, ended: 'signed_out', claim }),
      'idle',
    ],
    ['authorized while the access token lives', record(), 'authorized'],
    [
      'authorized to its last millisecond',
      record({ pair: { ...pair, expiresAt: now + 1 } }),
      'authorized',
    ],
    ['authorized with a dead refresh token', record({ ended: 'rejected' }), 'authorized'],
    [
      'authorized during another grant',
      record({ claim: { ...claim, purpose: 'grant' } }),
      'authorized',
    ],
    ['authorized when the holder of a claim is dead', record({ claim: overClaim }), 'authorized'],
    ['refreshing during a refresh', record({ claim }), 'refreshing'],
    ['refreshing during a probe', record({ claim: { ...claim, purpose: 'probe' } }), 'refreshing'],
    ['refreshing after the access token lapsed', record({ pair: late, claim }), 'refreshing'],
    ['expired when the time of the access token is over', record({ pair: late }), 'expired'],
    [
      'expired when the API refused the access token',
      record({ pair: { ...pair, accessToken: null } }),
      'expired',
    ],
    [
      'expired when the refresh token is dead, too',
      record({ pair: late, ended: 'unknown' }),
      'expired',
    ],
    [
      'expired when the holder of a claim is dead',
      record({ pair: late, claim: overClaim }),
      'expired',
    ],
    [
      'expired during another grant',
      record({ pair: late, claim: { ...claim, purpose: 'grant' } }),
      'expired',
    ],
  ])('is %s', (_, each, expected) => {
    expect(status(each, now)).toBe(expected);
  });
});

describe('any stored value whatever', () => {
  it('is a record with possible times, or one of our errors', () => {
    const field = fc.constantFrom(...Object.keys(emptyRecord));
    const patched = fc
      .tuple(anyRecord(), fc.dictionary(field, fc.oneof(fc.jsonValue(), fc.double())))
      .map(([each, patch]) => JSON.stringify({ ...each, ...patch }));
    const cases = fc.property(fc.oneof(fc.string(), fc.json(), patched), (value) => {
      try {
        const read = decodeRecord(value, now);
        expect(Object.keys(read)).toEqual(expect.arrayContaining(Object.keys(emptyRecord)));
        expect(read.changedAt).toBeLessThanOrEqual(now + longestLease);
        expect(read.refusal?.detail.length ?? 0).toBeLessThanOrEqual(1_000);
        expect(read.claim?.until ?? now).toBeLessThanOrEqual(now + longestLease);
        expect(decodeRecord(encodeRecord(read), now)).toEqual(read);
      } catch (error) {
        if (!isActOnTokenError(error)) throw error;
        expect(['store_corrupt', 'store_version']).toContain(error.code);
      }
    });
    fc.assert(cases, { numRuns: 500 });
  });
});
