import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attempt,
  type Decision,
  handOutUntil,
  isUnknownOver,
  type Question,
  reconcile,
  refreshAheadAt,
} from '../src/machine.ts';
import { type AccountRecord, longestLease, type Pair } from '../src/record.ts';
import {
  aMinute,
  anHour,
  aSecond,
  claimFor,
  decision,
  lapsed,
  now,
  rules,
  signedIn,
  stranger,
} from './support/records.ts';

const giveUp = (code: string, retryAt: number | null = null): Decision =>
  ({ type: 'give_up', code, retryAt }) as Decision;
const expiringIn = (ms: number, more: Partial<AccountRecord> = {}): AccountRecord =>
  signedIn({ expiresAt: now + ms }, more);
const aged = (ms: number, more: Partial<Pair> = {}): AccountRecord =>
  signedIn({ issuedAt: now - ms, ...more });

describe('a token is used', () => {
  it('while it lives', () => {
    expect(decision(signedIn())).toEqual({ type: 'use' });
  });

  it('although its refresh token is dead, spent or missing', () => {
    expect(decision(expiringIn(5 * aMinute, { ended: 'rejected' }))).toEqual({ type: 'use' });
    expect(decision(expiringIn(5 * aMinute, { ended: 'unknown' }))).toEqual({ type: 'use' });
    expect(decision(signedIn({ refreshToken: null, expiresAt: now + aMinute }))).toEqual({
      type: 'use',
    });
  });

  it('while someone else refreshes it', () => {
    expect(decision(signedIn({}, { claim: claimFor('refresh') }))).toEqual({ type: 'use' });
    expect(decision(expiringIn(5 * aMinute, { claim: claimFor('refresh') }))).toEqual({
      type: 'use_and_refresh_ahead',
    });
  });

  it('although the API refused the one before it', () => {
    expect(decision(signedIn(), { rejected: 'access-0' })).toEqual({ type: 'use' });
  });

  it('for as long as the caller asks, and no longer', () => {
    const { type } = decision(signedIn(), { minValidity: 40 * aMinute });
    expect(type).toBe('use');
    expect(decision(signedIn(), { minValidity: 40 * aMinute + 1 })).toEqual({ type: 'refresh' });
  });

  it('until half a minute before its end if the caller says nothing', () => {
    expect(decision(expiringIn(rules.minValidity))).toEqual({ type: 'use_and_refresh_ahead' });
    expect(decision(expiringIn(rules.minValidity - 1))).toEqual({ type: 'refresh' });
  });
});

describe('a token younger than a minute', () => {
  it('serves any demand, for a refresh would bring nothing better', () => {
    const young = aged(aMinute - 1);
    expect(decision(young, { minValidity: 9 * anHour })).toEqual({ type: 'use' });
    expect(decision(young, { rejected: 'access-1' })).toEqual({ type: 'use' });
    expect(decision(aged(aMinute), { minValidity: 9 * anHour })).toEqual({ type: 'refresh' });
    expect(decision(aged(aMinute), { rejected: 'access-1' })).toEqual({ type: 'refresh' });
  });

  it('may be a little older than its writer thought', () => {
    expect(decision(aged(-aSecond), { rejected: 'access-1' })).toEqual({ type: 'use' });
  });

  it('is none from the future: a clock that went back keeps no token young', () => {
    expect(decision(aged(-rules.lease), { rejected: 'access-1' })).toEqual({ type: 'refresh' });
  });

  it('is not asked for again at once if the server sent none that can be used', () => {
    const unusable = (age: number): AccountRecord => aged(age, { accessToken: null });
    const hasty = { rules: { ...rules, minRefreshInterval: 0 } };
    expect(decision(unusable(5 * aSecond - 1), hasty)).toEqual({
      type: 'wait_until',
      until: now + 1,
    });
    expect(decision(unusable(5 * aSecond), hasty)).toEqual({ type: 'refresh' });
    expect(decision(unusable(aSecond))).toEqual(giveUp('outcome_unknown', now + 59 * aSecond));
    expect(decision(unusable(58 * aSecond))).toEqual({
      type: 'wait_until',
      until: now + 2 * aSecond,
    });
    expect(decision(unusable(aMinute))).toEqual({ type: 'refresh' });
  });
});

describe('a refresh ahead of time', () => {
  const due = (record: AccountRecord, more = {}): number =>
    refreshAheadAt(record, { ...rules, ...more }) - now;

  it('is due ten minutes before the end, or a third of a short life', () => {
    expect(due(aged(20 * aMinute))).toBe(30 * aMinute);
    expect(due(aged(0, { expiresAt: now + 12 * aMinute }))).toBe(8 * aMinute);
  });

  it('is due when the options say so, give or take the jitter', () => {
    expect(due(signedIn(), { refreshAhead: 15 * aMinute })).toBe(25 * aMinute);
    expect(due(signedIn(), { refreshAhead: 0 })).toBe(40 * aMinute);
    expect(due(signedIn(), { jitter: 1.1 })).toBe(29 * aMinute);
    expect(due(signedIn(), { jitter: 0.9 })).toBe(31 * aMinute);
  });

  it('is never due within the first minute of a token', () => {
    expect(due(aged(0, { expiresAt: now + anHour }), { refreshAhead: 2 * anHour })).toBe(aMinute);
  });

  it('is due after a minute if the pair may be the dead one', () => {
    expect(due({ ...aged(aSecond), suspect: true, grants: [] })).toBe(59 * aSecond);
    expect(decision({ ...aged(aMinute), suspect: true, grants: [] })).toEqual({
      type: 'use_and_refresh_ahead',
    });
  });

  it('is due after five seconds if that pair came from a grant: two people signed in at once, and one of them is out', () => {
    const doubted = (age: number, chargedBefore: number, more = {}): number => {
      const grants = [now - anHour, now - age - chargedBefore];
      return due({ ...aged(age), suspect: true, grants }, more);
    };
    for (const before of [0, aSecond, 2_499, -2_499])
      expect(doubted(aSecond, before)).toBe(4 * aSecond);
    for (const before of [2_500, -2_500, anHour])
      expect(doubted(aSecond, before)).toBe(59 * aSecond);
    expect(doubted(aSecond, 0, { minRefreshInterval: 2 * aSecond })).toBe(aSecond);
    const dueNow = { ...aged(5 * aSecond), suspect: true, grants: [now - 5 * aSecond] };
    expect(decision(dueNow)).toEqual({ type: 'use_and_refresh_ahead' });
    expect(decision(dueNow, { ahead: true })).toEqual({ type: 'refresh' });
    expect(decision(dueNow, { ahead: true, now: now - 1 })).toEqual({ type: 'use' });
  });

  it('is never due where no refresh is possible', () => {
    for (const record of [
      stranger,
      signedIn({ refreshToken: null }),
      signedIn({}, { ended: 'rejected' }),
    ]) {
      expect(due(record)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('starts when it is due, and makes no one wait', () => {
    const soon = expiringIn(10 * aMinute + 1);
    expect(decision(soon)).toEqual({ type: 'use' });
    expect(decision(soon, { ahead: true })).toEqual({ type: 'use' });
    expect(decision(soon, { now: now + 1 })).toEqual({ type: 'use_and_refresh_ahead' });
    expect(decision(soon, { now: now + 1, ahead: true })).toEqual({ type: 'refresh' });
  });

  it('never leads to a grant', () => {
    const dead = lapsed({}, { ended: 'rejected' });
    expect(decision(dead, { ahead: true, signIn: 'unattended' })).toEqual(
      giveUp('session_expired'),
    );
    expect(decision(stranger, { ahead: true, signIn: 'unattended' })).toEqual(giveUp('signed_out'));
  });
});

describe('someone who talks to Act-On', () => {
  it.each(['refresh', 'probe', 'grant'] as const)('is waited for: %s', (purpose) => {
    const claim = claimFor(purpose);
    expect(decision(lapsed({}, { claim }))).toEqual({ type: 'join', until: claim.until });
    expect(decision(lapsed({}, { claim }), { signIn: 'person' })).toEqual({
      type: 'join',
      until: claim.until,
    });
    expect(decision(lapsed({}, { claim }), { ahead: true })).toEqual({
      type: 'join',
      until: claim.until,
    });
  });

  it.each([10 * aSecond, rules.lease, 80 * aSecond, longestLease])(
    'is waited for as long as its own claim says: %i ms',
    (length) => {
      const record = lapsed({}, { claim: claimFor('refresh', { at: now, until: now + length }) });
      expect(decision(record)).toEqual({ type: 'join', until: now + length });
      const enough = length + rules.margin;
      expect(decision(record, { watched: enough })).toEqual({ type: 'join', until: now + length });
      expect(decision(record, { watched: enough + 1 })).toEqual({ type: 'refresh' });
    },
  );

  it('is not waited for longer than the longest lease that any program may have', () => {
    const record = lapsed({}, { claim: claimFor('refresh', { at: now, until: now + anHour }) });
    expect(decision(record)).toEqual({ type: 'join', until: now + longestLease });
    const enough = longestLease + rules.margin;
    expect(decision(record, { watched: enough })).toMatchObject({ type: 'join' });
    expect(decision(record, { watched: enough + 1 })).toEqual({ type: 'refresh' });
  });

  it('is dead when the time is over', () => {
    const record = lapsed({}, { claim: claimFor('refresh', { until: now + 1 }) });
    expect(decision(record)).toEqual({ type: 'join', until: now + 1 });
    expect(decision(record, { now: now + 1 })).toEqual({ type: 'refresh' });
  });

  it('is waited for by a program with a shorter lease as long as by its own', () => {
    const length = fc.integer({ min: 1, max: 2 * longestLease });
    const cases = fc.property(length, fc.nat(3 * longestLease), length, (lasts, watched, lease) => {
      const record = lapsed({}, { claim: claimFor('probe', { at: now, until: now + lasts }) });
      const { type } = decision(record, { watched, rules: { ...rules, lease } });
      expect(type === 'join').toBe(watched <= Math.min(lasts, longestLease) + rules.margin);
    });
    fc.assert(cases);
  });
});

describe('a refresh', () => {
  it('is sent when the time of the access token is over, or the API refused it', () => {
    expect(decision(lapsed())).toEqual({ type: 'refresh' });
    expect(decision(signedIn(), { rejected: 'access-1' })).toEqual({ type: 'refresh' });
    expect(decision(signedIn({ accessToken: null }))).toEqual({ type: 'refresh' });
  });

  it('is sent five seconds after the one before at the soonest, if the server gave a token that lapsed at once', () => {
    const after = (age: number): Decision =>
      decision(signedIn({ issuedAt: now - age, expiresAt: now - age + 1 }));
    expect(after(4 * aSecond)).toEqual({ type: 'wait_until', until: now + aSecond });
    expect(after(5 * aSecond)).toEqual({ type: 'refresh' });
    expect(after(6 * aSecond)).toEqual({ type: 'refresh' });
  });

  it('waits for a short block, and says when a long one ends', () => {
    const blocked = (refresh: number | null, grant: number | null = null): Decision =>
      decision(lapsed({}, { blocked: { refresh, grant } }));
    expect(blocked(now + 2 * aSecond)).toEqual({ type: 'wait_until', until: now + 2 * aSecond });
    expect(blocked(now + 2 * aSecond + 1)).toEqual(giveUp('rate_limited', now + 2 * aSecond + 1));
    expect(blocked(now)).toEqual({ type: 'refresh' });
    expect(blocked(null, now + anHour)).toEqual({ type: 'refresh' });
  });
});

describe('a refresh token that was sent without an answer', () => {
  const after = (unanswered: number, ms: number): Decision =>
    decision(
      lapsed(
        { unanswered },
        { claim: claimFor('probe', { at: now - ms, until: now - ms + rules.lease }) },
      ),
      {
        watched: Number.POSITIVE_INFINITY,
      },
    );

  it.each([
    [1, 0],
    [2, 30 * aSecond],
    [3, 2 * aMinute],
    [4, 2 * aMinute],
    [1_000, 2 * aMinute],
  ])('is sent again: after %i times, %i ms later', (times, pause) => {
    expect(after(times, pause)).toEqual({ type: 'probe' });
    if (pause === 0) return;
    expect(after(times, pause - 1)).toEqual({ type: 'wait_until', until: now + 1 });
    expect(after(times, pause - 2_001)).toEqual(giveUp('outcome_unknown', now + 2_001));
  });

  it('is sent again at once if nothing says when that was', () => {
    expect(decision(lapsed({ unanswered: 9 }))).toEqual({ type: 'probe' });
  });

  it('is not sent again while the server wants to be left alone', () => {
    const blocked = { refresh: now + aMinute, grant: null };
    expect(decision(lapsed({ unanswered: 1 }, { blocked }))).toEqual(
      giveUp('rate_limited', now + aMinute),
    );
  });

  it('waits for a person, if that is wanted', () => {
    const stop = { rules: { ...rules, onUnknown: 'stop' } as const };
    expect(decision(lapsed({ unanswered: 1 }), stop)).toEqual(giveUp('outcome_unknown'));
    expect(decision(lapsed({ unanswered: 1 }), { ...stop, signIn: 'unattended' })).toEqual(
      giveUp('outcome_unknown'),
    );
    expect(decision(lapsed({ unanswered: 1 }), { ...stop, signIn: 'person' })).toEqual({
      type: 'grant',
    });
    expect(decision(lapsed(), stop)).toEqual({ type: 'refresh' });
  });

  it('does not lead to a grant while that makes sense', () => {
    expect(decision(lapsed({ unanswered: 3 }), { signIn: 'unattended' })).toEqual({
      type: 'probe',
    });
  });
});

describe('a refresh token to which the server answers an error, a 503 say', () => {
  const failed = (count: number, ms: number, more: Partial<Pair> = {}): AccountRecord => {
    const failing = { since: now - ms, count };
    const claim = claimFor('probe', { at: now - ms, until: now - ms + 1 });
    return lapsed({ unanswered: count, failing, ...more }, { claim });
  };

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
    [6, 30],
    [7, 30],
    [2_000, 30],
  ])('is sent again: after %i answers, %i s later, give or take the jitter', (count, seconds) => {
    for (const jitter of [0.9, 1, 1.1]) {
      const mine = { rules: { ...rules, jitter } };
      const pause = seconds * aSecond * Math.min(jitter, 1);
      expect(decision(failed(count, pause), mine)).toEqual({ type: 'probe' });
      expect(decision(failed(count, pause - 1), mine)).not.toEqual({ type: 'probe' });
    }
  });

  it('waits with its caller for a second or two, and says when to come back for more', () => {
    expect(decision(failed(2, 1))).toEqual({ type: 'wait_until', until: now + 2 * aSecond - 1 });
    expect(decision(failed(3, 1))).toEqual(giveUp('outcome_unknown', now + 4 * aSecond - 1));
  });

  it('is paced as one without an answer if the last send had none', () => {
    const { pair } = failed(5, anHour);
    const silent = claimFor('probe', { at: now - rules.lease, until: now });
    const record = lapsed({ ...pair, unanswered: 6 }, { claim: silent });
    expect(decision(record)).toEqual(giveUp('outcome_unknown', silent.at + 2 * aMinute));
  });

  it('is sent again at once after a claim that was withdrawn', () => {
    expect(decision({ ...failed(6, 0), claim: null })).toEqual({ type: 'probe' });
  });

  it('waits as long as the server says', () => {
    const blocked = { refresh: now + aMinute, grant: null };
    expect(decision({ ...failed(1, anHour), blocked })).toEqual(
      giveUp('rate_limited', now + aMinute),
    );
  });
});

describe('the end of "unknown"', () => {
  const lasting = 10 * aMinute;
  const failing = (
    count: number,
    since: number,
    more: Partial<AccountRecord> = {},
  ): AccountRecord => lapsed({ unanswered: count, failing: { since, count } }, more);
  const over = failing(6, now - anHour);
  const aMonthOld = lapsed({ unanswered: 1, issuedAt: now - 30 * 24 * anHour });
  const pacedBy = (record: AccountRecord, ms: number, silent = false): AccountRecord => {
    const at = now - ms;
    return {
      ...record,
      claim: claimFor('probe', { at, until: silent ? at + rules.lease : at + 1 }),
    };
  };

  it('comes with six answered failures over an hour', () => {
    expect(isUnknownOver(over, now, rules)).toBe(true);
    expect(isUnknownOver(failing(5, now - anHour), now, rules)).toBe(false);
    expect(isUnknownOver(failing(6, now - anHour + 1), now, rules)).toBe(false);
    expect(isUnknownOver(failing(1_000, now - anHour + 1), now, rules)).toBe(false);
  });

  it('comes when the pair is older than thirty days, as long as the server keeps one that is not used', () => {
    expect(isUnknownOver(aMonthOld, now, rules)).toBe(true);
    expect(isUnknownOver(aMonthOld, now - 1, rules)).toBe(false);
  });

  it('never comes by silence alone, nor where the outcome is known', () => {
    expect(isUnknownOver(lapsed({ unanswered: 1_000 }), now, rules)).toBe(false);
    for (const record of [
      stranger,
      lapsed(),
      lapsed({ issuedAt: 0 }),
      { ...over, ended: 'rejected' } as const,
      { ...aMonthOld, ended: 'unknown' } as const,
    ])
      expect(isUnknownOver(record, now, rules)).toBe(false);
  });

  it.each([
    ['after a 503 for an hour', over],
    ['of an old pair', aMonthOld],
  ])('is a token every ten minutes from then on, whoever asks: %s', (_, record) => {
    const retryAt = now - lasting + 1 + lasting;
    for (const silent of [false, true]) {
      expect(decision(pacedBy(record, lasting, silent))).toEqual({ type: 'probe' });
      expect(decision(pacedBy(record, lasting - 1, silent))).toEqual({
        type: 'wait_until',
        until: retryAt,
      });
      expect(decision(pacedBy(record, lasting, silent), { ahead: true })).toEqual({
        type: 'probe',
      });
    }
    expect(decision(pacedBy(record, aMinute))).toEqual(
      giveUp('outcome_unknown', now + 9 * aMinute),
    );
  });

  it('is a sign-in by a program that can, once an hour', () => {
    const asked = (more: Partial<AccountRecord>): Decision =>
      decision({ ...over, ...more }, { signIn: 'unattended' });
    expect(asked({})).toEqual({ type: 'grant' });
    expect(asked({ grants: [now - anHour - rules.lease] })).toEqual({ type: 'grant' });
    expect(asked({ grants: [now - anHour - rules.lease + 1] })).toEqual({ type: 'probe' });
    expect(
      asked({
        grants: [now - anHour - rules.lease + 1],
        claim: claimFor('grant', { at: now - aMinute, until: now }),
      }),
    ).toEqual(giveUp('outcome_unknown', now + 9 * aMinute));
  });

  it('is a sign-in only by a program that may', () => {
    const probe = { type: 'probe' };
    const asked = (more: Partial<AccountRecord>, question: Partial<Question> = {}): Decision =>
      decision({ ...over, ...more }, { signIn: 'unattended', fingerprint: 'print-1', ...question });
    expect(asked({ refused: 'print-1' })).toEqual(probe);
    expect(asked({ refused: 'print-2' })).toEqual({ type: 'grant' });
    expect(asked({ conflicts: [now - 1, now] })).toEqual(probe);
    expect(asked({ blocked: { refresh: null, grant: now + anHour } })).toEqual(probe);
    expect(asked({}, { rules: { ...rules, reserve: rules.limit } })).toEqual(probe);
    expect(asked({}, { ahead: true })).toEqual(probe);
    expect(asked({}, { signIn: 'none' })).toEqual(probe);
    expect(asked({}, { rules: { ...rules, onUnknown: 'stop' } })).toEqual(
      giveUp('outcome_unknown'),
    );
  });

  it('waits for another that is at it, and serves a token that lives', () => {
    const claim = claimFor('grant');
    expect(decision({ ...over, claim }, { signIn: 'unattended' })).toEqual({
      type: 'join',
      until: claim.until,
    });
    const living = signedIn(
      { unanswered: 6, failing: { since: now - anHour, count: 6 } },
      { grants: [] },
    );
    expect(decision(living, { signIn: 'unattended' })).toEqual({ type: 'use' });
  });

  it('lets a program sign in at most once an hour, however long the server answers 503 to everything', () => {
    const cases = fc.property(
      fc.array(fc.nat(20 * aMinute), { minLength: 10, maxLength: 60 }),
      (pauses) => {
        let record: AccountRecord = over;
        let at = now;
        const sent: number[] = [];
        for (const pause of pauses) {
          at += pause;
          const next = decision(record, { now: at, signIn: 'unattended' }).type;
          if (next !== 'grant' && next !== 'probe') continue;
          if (next === 'grant') sent.push(at);
          const mine = attempt(record, { id: `at ${at}`, purpose: next, rules }, at);
          record =
            reconcile(mine.record, mine, { type: 'unknown', answered: true }, at + 1, 'network') ??
            mine.record;
        }
        for (const [index, time] of sent.entries())
          expect(time - (sent[index - 1] ?? 0)).toBeGreaterThan(anHour);
      },
    );
    fc.assert(cases);
  });
});

describe('the drift of a clock', () => {
  it('takes the last moments of a token: by the store it may have lapsed', () => {
    const record = expiringIn(10 * aSecond, { ended: 'rejected' });
    expect(decision(record, { drift: 10 * aSecond - 1 })).toEqual({ type: 'use' });
    expect(decision(record, { drift: 10 * aSecond })).toEqual(giveUp('session_expired'));
    expect(decision(expiringIn(aMinute), { drift: aMinute })).toEqual({ type: 'refresh' });
  });

  it('does not take a token that has more to live, and makes no caller hurry', () => {
    for (const minValidity of [undefined, 40 * aMinute])
      expect(decision(signedIn(), { drift: aMinute, minValidity })).toEqual({ type: 'use' });
    expect(decision(aged(aSecond), { drift: aMinute, rejected: 'access-1' })).toEqual({
      type: 'use',
    });
  });
});

describe('the last seconds of a token', () => {
  const blocked = { refresh: now + anHour, grant: null };
  const lastSeconds = expiringIn(10 * aSecond, { blocked });

  it('are better than an error', () => {
    expect(decision(lastSeconds)).toEqual({ type: 'use' });
    expect(decision(expiringIn(10 * aSecond, { ended: 'rejected' }))).toEqual({ type: 'use' });
    expect(decision(signedIn({ expiresAt: now + 1, refreshToken: null }))).toEqual({ type: 'use' });
  });

  it('are no answer to who asked for more, to whom the API refused it, or to no one', () => {
    const refusal = giveUp('rate_limited', now + anHour);
    expect(decision(lastSeconds, { minValidity: 20 * aSecond })).toEqual(refusal);
    expect(decision(lastSeconds, { rejected: 'access-1' })).toEqual(refusal);
    expect(decision(lastSeconds, { ahead: true })).toEqual(refusal);
    expect(decision(lastSeconds, { now: now + 10 * aSecond })).toEqual(refusal);
  });
});

describe('the time until which a token may be handed out unseen', () => {
  it('is never later than the decision to hand it out', () => {
    const ago = fc.integer({ min: 1 - rules.lease, max: 2 * anHour });
    const flags = fc.record({
      suspect: fc.boolean(),
      ended: fc.constantFrom(null, 'rejected' as const),
    });
    const cases = fc.property(
      ago,
      fc.nat(2 * anHour),
      flags,
      fc.option(fc.nat(anHour)),
      (issuedAgo, livesFor, flag, refreshAhead) => {
        const more = { ...flag, grants: [now - issuedAgo] };
        const mine = { ...rules, refreshAhead };
        const record = signedIn(
          { issuedAt: now - issuedAgo, expiresAt: now - issuedAgo + livesFor },
          more,
        );
        if (handOutUntil(record, mine) > now)
          expect(decision(record, { rules: mine }).type).toBe('use');
      },
    );
    fc.assert(cases, { numRuns: 1_000 });
  });

  it('is the moment at which a refresh ahead is due, or the validity is used up', () => {
    expect(handOutUntil(signedIn(), rules)).toBe(now + 30 * aMinute);
    expect(handOutUntil(signedIn({}, { ended: 'rejected' }), rules)).toBe(
      now + 40 * aMinute - rules.minValidity,
    );
    expect(handOutUntil(aged(0, { expiresAt: now + 20 * aSecond }), rules)).toBe(
      now + 20 * aSecond,
    );
    expect(handOutUntil(signedIn({ accessToken: null }), rules)).toBe(Number.NEGATIVE_INFINITY);
    expect(handOutUntil(stranger, rules)).toBe(Number.NEGATIVE_INFINITY);
  });
});
