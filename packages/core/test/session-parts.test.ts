import { memoryStore } from '@act-on-token/memory';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ActOnTokenErrorCode } from '../src/index.ts';
import { type AccountRecord, emptyRecord } from '../src/record.ts';
import { eventsOfChange, eventsOfOutcome } from '../src/session/derive-events.ts';
import { errorOf, explain, slowStore } from '../src/session/messages.ts';
import { environment, type SessionOptions } from '../src/session/options.ts';
import {
  disusedAt,
  type LocalFacts,
  nextChangeAt,
  sameSnapshot,
  takeSnapshot,
} from '../src/session/snapshot.ts';
import { actOnEndpoint } from '../src/wire/endpoint.ts';
import type { Outcome } from '../src/wire/token-response.ts';
import { manualClock } from './support/manual-clock.ts';
import {
  aMinute,
  anHour,
  aSecond,
  claimFor,
  lapsed,
  now,
  rules,
  signedIn,
} from './support/records.ts';

const aDay = 24 * anHour;

describe('an error', () => {
  const codes: readonly ActOnTokenErrorCode[] = [
    'grant_rejected',
    'client_rejected',
    'rate_limited',
    'grant_budget',
    'outcome_unknown',
    'not_sent',
    'session_expired',
    'signed_out',
    'credential_conflict',
    'store_unavailable',
    'timeout',
    'closed',
  ];

  it.each(codes)('%s says what is wrong, and nothing that is not known', (code) => {
    const { message, retryAt } = explain(code, {}, 'Act-On');
    expect(message).toMatch(/^[A-Z].{25,}\.$/);
    expect(message).not.toMatch(/Try again at|\(undefined|null/);
    expect(retryAt).toBeNull();
  });

  it('says them all in different words', () => {
    expect(new Set(codes.map((code) => explain(code).message)).size).toBe(codes.length);
  });

  it('says in words, too, when to try again, and what was seen', () => {
    const { message, retryAt } = explain('not_sent', { retryAt: now, detail: 'no route' });
    expect(retryAt).toBe(now);
    expect(message.endsWith(' Try again at 2026-01-01T00:00:00.000Z. (no route)')).toBe(true);
    expect(
      explain('not_sent', { detail: 'no route' }).message.endsWith('network. (no route)'),
    ).toBe(true);
  });

  it.each([
    ['grant_rejected', true],
    ['session_expired', true],
    ['signed_out', true],
    ['credential_conflict', true],
    ['grant_budget', true],
    ['client_rejected', false],
    ['rate_limited', false],
    ['not_sent', false],
    ['store_unavailable', false],
    ['timeout', false],
    ['closed', false],
  ] as const)('%s needs a sign-in: %s, unless it is known better', (code, needsGrant) => {
    expect(explain(code).needsGrant).toBe(needsGrant);
    expect(explain(code, { retryAt: now }).needsGrant).toBe(needsGrant);
    expect(explain(code, { needsGrant: !needsGrant }).needsGrant).toBe(!needsGrant);
  });

  it('of an unknown outcome needs a sign-in where there is no time at which it is looked into', () => {
    expect(explain('outcome_unknown').needsGrant).toBe(true);
    expect(explain('outcome_unknown', { retryAt: now }).needsGrant).toBe(false);
  });

  const outcome = (more: object): Exclude<Outcome, { type: 'granted' }> =>
    ({ detail: 'what was seen', retryAfter: null, ...more }) as never;
  it.each([
    [{ type: 'rejected' }, 'session_expired', 'grant_rejected'],
    [{ type: 'not_sent' }, 'not_sent', 'not_sent'],
    [{ type: 'unknown' }, 'outcome_unknown', 'outcome_unknown'],
    [{ type: 'not_processed', reason: 'rate' }, 'rate_limited', 'rate_limited'],
    [{ type: 'not_processed', reason: 'client' }, 'client_rejected', 'client_rejected'],
    [{ type: 'not_processed', reason: 'gateway' }, 'client_rejected', 'client_rejected'],
    [{ type: 'not_processed', reason: 'request' }, 'client_rejected', 'grant_rejected'],
  ] as const)('for %o is %s of a refresh and %s of a sign-in', (more, refresh, grant) => {
    expect(errorOf(outcome(more), false, null, 'Act-On')).toMatchObject({
      code: refresh,
      retryAt: null,
      message: expect.stringContaining('(what was seen)'),
    });
    expect(errorOf(outcome(more), true, now, 'Act-On')).toMatchObject({
      code: grant,
      retryAt: now,
    });
  });

  it('of a store that is too slow says so', () => {
    expect(slowStore()).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('take so long'),
    });
  });
});

describe('the events of a change', () => {
  const toLocal = (at: number): number => at + 7;
  const events = (before: AccountRecord, after: AccountRecord, brought: string | null = null) =>
    eventsOfChange(before, after, brought, toLocal);
  const one = signedIn();
  const refreshed = signedIn({ accessToken: 'access-2' }, { generation: 2 });
  const imported = (more = {}) =>
    lapsed(
      { accessToken: null, unanswered: 1, issuedAt: now - anHour, expiresAt: now - anHour },
      more,
    );

  it.each([
    ['nothing', one, one, []],
    ['an older pair', refreshed, one, []],
    ['a pair of an older sign-in', signedIn({}, { lineage: 2 }), refreshed, []],
    [
      'a sign-in',
      one,
      signedIn({}, { lineage: 2, generation: 2 }),
      [{ type: 'signed_in', lineage: 2 }],
    ],
    ['the first sign-in', emptyRecord, one, [{ type: 'signed_in', lineage: 1 }]],
    [
      'a refresh of another process',
      one,
      refreshed,
      [{ type: 'adopted', generation: 2, expiresAt: toLocal(now + 40 * aMinute) }],
    ],
    [
      'a sign-out',
      one,
      { ...emptyRecord, lineage: 2, generation: 2, ended: 'signed_out' as const },
      [{ type: 'signed_out' }],
    ],
    [
      'a sign-out of the same sign-in',
      one,
      { ...emptyRecord, lineage: 1, generation: 2, ended: 'signed_out' as const },
      [{ type: 'signed_out' }],
    ],
    ['a doubt', one, { ...one, suspect: true }, [{ type: 'suspect' }]],
    ['a doubt that was there', { ...one, suspect: true }, { ...one, suspect: true }, []],
    ['a doubt that is over', { ...one, suspect: true }, one, []],
    ['a token that was imported and not proven', emptyRecord, imported(), []],
    ['its proof', imported({ generation: 1 }), refreshed, [{ type: 'signed_in', lineage: 1 }]],
  ])('of %s', (_, before, after, expected) => {
    expect(events(before, after)).toEqual(expected);
  });

  it.each([
    ['has an access token', { accessToken: 'access-1' }],
    ['was answered', { unanswered: 0 }],
    ['has had a life', { expiresAt: now }],
  ])('do not take a pair for unproven that %s', (_, pair) => {
    const { pair: from } = imported();
    const known = imported();
    const before = { ...known, pair: from && { ...from, ...pair } };
    expect(events(before, refreshed)).toMatchObject([{ type: 'adopted' }]);
  });

  it('call a pair refreshed if this process brought it', () => {
    expect(events(one, refreshed, 'access-2')).toMatchObject([
      { type: 'refreshed', generation: 2 },
    ]);
    expect(events(one, refreshed, 'access-1')).toMatchObject([{ type: 'adopted' }]);
  });
});

describe('the events of an outcome', () => {
  const granted = { type: 'granted' } as Outcome;
  const unknown = { type: 'unknown', detail: 'no answer' } as Outcome;
  const rejected = { type: 'rejected', detail: 'no' } as Outcome;
  it.each([
    ['refresh', granted, true, []],
    ['grant', granted, true, []],
    ['refresh', granted, false, [{ type: 'superseded' }]],
    ['refresh', rejected, true, []],
    ['refresh', rejected, false, []],
    ['probe', granted, true, [{ type: 'probed', outcome: 'healed' }]],
    ['probe', rejected, true, [{ type: 'probed', outcome: 'dead' }]],
    [
      'probe',
      unknown,
      true,
      [
        { type: 'probed', outcome: 'open' },
        { type: 'unknown', purpose: 'probe', detail: 'no answer' },
      ],
    ],
    ['grant', unknown, true, [{ type: 'unknown', purpose: 'grant', detail: 'no answer' }]],
  ] as const)('of a %s: %o, kept: %s', (purpose, outcome, isKept, expected) => {
    expect(eventsOfOutcome(purpose, outcome, isKept)).toEqual(expected);
  });
});

describe('a snapshot of a record', () => {
  const nothing: LocalFacts = {
    loaded: true,
    saved: true,
    signingIn: false,
    error: null,
    fault: null,
  };
  const toLocal = (at: number): number => at + 7;
  const of = (record: AccountRecord, local: Partial<LocalFacts> = {}, more = {}) =>
    takeSnapshot(record, { ...nothing, ...local }, { ...rules, ...more }, now, toLocal);

  it('that is empty asks for a sign-in, but not before it was read', () => {
    expect(of(emptyRecord)).toEqual({
      status: 'idle',
      expiresAt: null,
      reason: null,
      loaded: true,
      saved: true,
      error: null,
      usable: false,
      needsGrant: true,
      signingIn: false,
      grants: { used: 0, limit: 5, nextAt: null },
    });
    expect(of(emptyRecord, { loaded: false }).needsGrant).toBe(false);
  });

  it('says when its token expires, by the clock of this machine, and its scope if it has one', () => {
    expect(of(signedIn())).toMatchObject({
      status: 'authorized',
      usable: true,
      needsGrant: false,
      reason: null,
      expiresAt: toLocal(now + 40 * aMinute),
      grants: { used: 1 },
    });
    expect('scope' in of(signedIn())).toBe(false);
    expect(of(signedIn({ scope: 'a b' })).scope).toBe('a b');
  });

  it.each([
    [lapsed(), 'lapsed', false],
    [lapsed({}, { ended: 'rejected' }), 'rejected', true],
    [lapsed({}, { ended: 'unknown' }), 'unknown', true],
  ] as const)('that has expired says why', (record, reason, needsGrant) => {
    expect(of(record)).toMatchObject({ status: 'expired', reason, needsGrant, usable: false });
    expect(of(record).expiresAt).toBe(toLocal(now - 4 * anHour));
  });

  it('of which the API refused the token says no time', () => {
    expect(of(lapsed({ accessToken: null }))).toMatchObject({ status: 'expired', expiresAt: null });
  });

  it('asks for a sign-in after an unanswered request where the session is to stop then', () => {
    const unanswered = lapsed({ unanswered: 1 });
    const claim = claimFor('refresh');
    const over = claimFor('refresh', { at: now - aMinute, until: now });
    expect(of(unanswered).needsGrant).toBe(false);
    expect(of(unanswered, {}, { onUnknown: 'stop' }).needsGrant).toBe(true);
    expect(of(lapsed(), {}, { onUnknown: 'stop' }).needsGrant).toBe(false);
    expect(of({ ...unanswered, claim }, {}, { onUnknown: 'stop' }).needsGrant).toBe(false);
    expect(of({ ...unanswered, claim: over }, {}, { onUnknown: 'stop' }).needsGrant).toBe(true);
  });

  it.each([true, false])(
    'that cannot be read needs a sign-in if that replaces it: %s',
    (needsGrant) => {
      const fault = explain('store_unavailable', { needsGrant });
      expect(of(emptyRecord, { fault }).needsGrant).toBe(needsGrant);
      expect('fault' in of(emptyRecord, { fault })).toBe(false);
    },
  );

  it('says that someone signs in, here or elsewhere, as long as they do', () => {
    expect(of(signedIn(), { signingIn: true }).signingIn).toBe(true);
    for (const [purpose, until, expected] of [
      ['grant', now + 1, true],
      ['grant', now, false],
      ['refresh', now + 1, false],
    ] as const)
      expect(of(signedIn({}, { claim: claimFor(purpose, { until }) })).signingIn).toBe(expected);
  });

  it('counts the grants of the last window, and says when the next is possible if none is', () => {
    const grants = [1, 2, 3, 4, 5].map((minute) => now - minute * aMinute);
    const { used, limit, nextAt } = of(signedIn({}, { grants })).grants;
    expect([used, limit]).toEqual([5, 5]);
    expect(nextAt).toBeGreaterThan(now);
    expect(Object.isFrozen(of(signedIn()).grants)).toBe(true);
  });

  it('is the same as another that says the same, to the second', () => {
    const one = of(signedIn());
    expect(sameSnapshot(one, of(signedIn()))).toBe(true);
    const apart = (by: number) =>
      sameSnapshot(one, of(signedIn({ expiresAt: now + 40 * aMinute + by })));
    expect([apart(100), apart(2_000)]).toEqual([true, false]);
    // Wherever in a second the first of them is.
    for (let at = 0; at < 1_000; at += 50) {
      const first = of(signedIn({ expiresAt: now + 40 * aMinute + at }));
      const same = [60, 900, 1_100].map((by) =>
        sameSnapshot(first, of(signedIn({ expiresAt: now + 40 * aMinute + at + by }))),
      );
      expect(same).toEqual([true, true, false]);
    }
    const error = explain('not_sent');
    expect(sameSnapshot(one, of(signedIn(), { error }))).toBe(false);
    expect(sameSnapshot(of(signedIn(), { error }), of(signedIn(), { error }))).toBe(true);
    expect(sameSnapshot(one, of(signedIn(), { saved: false }))).toBe(false);
    expect(sameSnapshot(one, of(signedIn(), { signingIn: true }))).toBe(false);
    expect(sameSnapshot(one, of(signedIn({ scope: 'more' })))).toBe(false);
    expect(sameSnapshot(one, of(signedIn({}, { grants: [] })))).toBe(false);
    expect(sameSnapshot(one, of(signedIn(), {}, { limit: 6 }))).toBe(false);
    const full = (by: number) =>
      of(signedIn({}, { grants: [5, 4, 3, 2, 1].map((m) => now - m * aMinute + by) }));
    expect(sameSnapshot(full(0), full(100))).toBe(true);
    expect(sameSnapshot(full(0), full(3_000))).toBe(false);
  });
});

describe('the next change of a snapshot', () => {
  it.each([
    ['the end of the token', signedIn({}, { grants: [] }), now + 40 * aMinute],
    [
      'the end of a claim',
      signedIn({}, { grants: [], claim: claimFor('refresh', { until: now + aMinute }) }),
      now + aMinute,
    ],
    [
      'a grant that leaves the window, a lease later',
      lapsed({}, { grants: [now - 50 * aMinute] }),
      now + 10 * aMinute + rules.lease,
    ],
    ['the disuse of the refresh token', lapsed(), now - 5 * anHour + 27 * aDay],
    ['never, where there is nothing', emptyRecord, Number.POSITIVE_INFINITY],
    ['never, where all is over', lapsed({}, { ended: 'rejected' }), Number.POSITIVE_INFINITY],
  ])('is %s', (_, record, expected) => {
    expect(nextChangeAt(record, rules, now)).toBe(expected);
  });

  it('is never now', () => {
    const record = signedIn({ expiresAt: now }, { grants: [] });
    expect(nextChangeAt(record, rules, now)).toBe(now - 20 * aMinute + 27 * aDay);
  });

  it('of disuse comes 27 days after the pair, if it can be used at all', () => {
    expect(disusedAt(signedIn(), rules)).toBe(now - 20 * aMinute + 27 * aDay);
    expect(disusedAt(emptyRecord, rules)).toBe(Number.POSITIVE_INFINITY);
    expect(disusedAt(lapsed({}, { ended: 'rejected' }), rules)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the settings of a session', () => {
  afterEach(() => vi.restoreAllMocks());

  const endpoint = actOnEndpoint({
    clientId: 'id',
    clientSecret: 'secret',
    fetch: async () => new Response(),
  });
  const settings = (more: Partial<SessionOptions> = {}) =>
    environment({
      endpoint,
      account: 'ada@example.test',
      store: memoryStore(),
      clock: manualClock(),
      ...more,
    } as SessionOptions);

  it('are those of the documentation where nothing is given', () => {
    const { requestTimeout } = endpoint;
    const { rules: given, ...rest } = settings();
    expect(given).toEqual({
      minValidity: 30 * aSecond,
      refreshAhead: null,
      jitter: expect.any(Number),
      minRefreshInterval: aMinute,
      maxLifetime: anHour,
      limit: 5,
      window: anHour,
      reserve: 1,
      onUnknown: 'probe',
      endOfUnknown: { answers: 6, over: anHour, age: 30 * aDay, pace: 10 * aMinute },
      lease: requestTimeout + 20 * aSecond,
      margin: requestTimeout + 5 * aSecond,
    });
    expect(rest).toMatchObject({
      patience: 2 * requestTimeout + 25 * aSecond,
      maxWait: Number.POSITIVE_INFINITY,
      waitUntil: null,
      autoRefresh: false,
      shared: { semaphore: null, listeners: null, closed: false },
    });
  });

  it.each([
    [0, 0.9],
    [0.5, 1],
    [1, 1.1],
  ])('spread the refreshes of many processes by a tenth each way: %s', (random, jitter) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    expect(settings().rules.jitter).toBeCloseTo(jitter);
  });

  it.each([
    ['minValidity', 0, aDay],
    ['refreshAhead', 0, aDay],
    ['minRefreshInterval', 0, aDay],
    ['maxLifetime', aSecond, aDay],
    ['maxWait', 0, aDay],
  ] as const)('take %s from %i to %i ms', (name, least, most) => {
    for (const value of [least, most]) expect(() => settings({ [name]: value })).not.toThrow();
    for (const value of [least - 1, most + 1, Number.NaN, '1000'])
      expect(() => settings({ [name]: value })).toThrow(`"${name}"`);
  });

  it.each([
    ['limit', 1, 100],
    ['window', aSecond, aDay],
    ['reserve', 0, 5],
  ] as const)('take a "grantLimit" whose %s is from %i to %i', (name, least, most) => {
    const grantLimit = (value: unknown) => ({
      grantLimit: { limit: 5, window: anHour, reserve: 0, [name]: value } as never,
    });
    for (const value of [least, most]) expect(() => settings(grantLimit(value))).not.toThrow();
    for (const value of [least - 1, most + 1, undefined, '5'])
      expect(() => settings(grantLimit(value))).toThrow(`grantLimit.${name}`);
  });

  it.each([
    ['limit', 1.5],
    ['reserve', 0.5],
  ])('take whole numbers for the %s of "grantLimit"', (name, value) => {
    const grantLimit = { limit: 5, window: anHour, reserve: 0, [name]: value };
    expect(() => settings({ grantLimit })).toThrow(`grantLimit.${name}`);
  });

  it('do not reserve more grants than there are', () => {
    const grantLimit = { limit: 2, window: anHour, reserve: 3 };
    expect(() => settings({ grantLimit })).toThrow('grantLimit.reserve');
    expect(settings({ grantLimit: { ...grantLimit, reserve: 2 } }).rules).toMatchObject({
      limit: 2,
      reserve: 2,
    });
  });

  it.each([
    ['endpoint', {}, 'actOnEndpoint()'],
    ['credentials', 'secret', 'username, password'],
    ['onUnknown', 'ask', 'onUnknown'],
    ['autoRefresh', 'yes', 'autoRefresh'],
    ['waitUntil', 5, 'waitUntil'],
    ['grantLimit', 5, 'grantLimit'],
    ['account', '', 'account'],
    ['account', undefined, 'account'],
    ['store', undefined, 'store'],
    ['clock', {}, 'clock'],
  ])('refuse a wrong "%s", and say what is right', (name, value, text) => {
    expect(() => settings({ [name]: value })).toThrow(text);
    expect(() => settings({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it.each([0, 120_001, undefined])('refuse an endpoint with a timeout of %s', (requestTimeout) => {
    expect(() => settings({ endpoint: { ...endpoint, requestTimeout } as never })).toThrow(
      'endpoint.requestTimeout',
    );
  });

  it('need an account, unless they are those of a pool', () => {
    const { account: _, ...pool } = {
      endpoint,
      store: memoryStore(),
      clock: manualClock(),
      account: '',
    };
    expect(() => environment(pool)).toThrow('account');
    const semaphore = { isOne: true } as never;
    expect(environment(pool, semaphore).shared.semaphore).toBe(semaphore);
  });
});
