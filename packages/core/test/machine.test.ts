import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, handOutUntil, refreshAheadAt } from '../src/machine.ts';
import type { AccountRecord, Pair } from '../src/record.ts';
import { aMinute, anHour, aSecond, claimFor, decision, lapsed, now, rules, signedIn, stranger } from './support/records.ts';

const giveUp = (code: string, retryAt: number | null = null): Decision => ({ type: 'give_up', code, retryAt }) as Decision;
const expiringIn = (ms: number, more: Partial<AccountRecord> = {}): AccountRecord => signedIn({ expiresAt: now + ms }, more);
const aged = (ms: number, more: Partial<Pair> = {}): AccountRecord => signedIn({ issuedAt: now - ms, ...more });

describe('a token is used', () => {
  it('while it lives', () => {
    expect(decision(signedIn())).toEqual({ type: 'use' });
  });

  it('although its refresh token is dead, spent or missing', () => {
    expect(decision(expiringIn(5 * aMinute, { ended: 'rejected' }))).toEqual({ type: 'use' });
    expect(decision(expiringIn(5 * aMinute, { ended: 'unknown' }))).toEqual({ type: 'use' });
    expect(decision(signedIn({ refreshToken: null, expiresAt: now + aMinute }))).toEqual({ type: 'use' });
  });

  it('while somebody else refreshes it', () => {
    expect(decision(signedIn({}, { claim: claimFor('refresh') }))).toEqual({ type: 'use' });
    expect(decision(expiringIn(5 * aMinute, { claim: claimFor('refresh') }))).toEqual({ type: 'use_and_refresh_ahead' });
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
    expect(decision(unusable(aSecond))).toEqual(giveUp('outcome_unknown', now + 59 * aSecond));
    expect(decision(unusable(58 * aSecond))).toEqual({ type: 'wait_until', until: now + 2 * aSecond });
    expect(decision(unusable(aMinute))).toEqual({ type: 'refresh' });
  });
});

describe('a refresh ahead of time', () => {
  const due = (record: AccountRecord, more = {}): number => refreshAheadAt(record, { ...rules, ...more }) - now;

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
    expect(due({ ...aged(aSecond), suspect: true })).toBe(59 * aSecond);
    expect(decision({ ...aged(aMinute), suspect: true })).toEqual({ type: 'use_and_refresh_ahead' });
  });

  it('is never due where no refresh is possible', () => {
    for (const record of [stranger, signedIn({ refreshToken: null }), signedIn({}, { ended: 'rejected' })]) {
      expect(due(record)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('starts when it is due, and makes nobody wait', () => {
    const soon = expiringIn(10 * aMinute + 1);
    expect(decision(soon)).toEqual({ type: 'use' });
    expect(decision(soon, { ahead: true })).toEqual({ type: 'use' });
    expect(decision(soon, { now: now + 1 })).toEqual({ type: 'use_and_refresh_ahead' });
    expect(decision(soon, { now: now + 1, ahead: true })).toEqual({ type: 'refresh' });
  });

  it('never leads to a grant', () => {
    const dead = lapsed({}, { ended: 'rejected' });
    expect(decision(dead, { ahead: true, signIn: 'unattended' })).toEqual(giveUp('session_expired'));
    expect(decision(stranger, { ahead: true, signIn: 'unattended' })).toEqual(giveUp('signed_out'));
  });
});

describe('somebody who talks to Act-On', () => {
  it.each(['refresh', 'probe', 'grant'] as const)('is waited for: %s', (purpose) => {
    const claim = claimFor(purpose);
    expect(decision(lapsed({}, { claim }))).toEqual({ type: 'join', until: claim.until });
    expect(decision(lapsed({}, { claim }), { signIn: 'person' })).toEqual({ type: 'join', until: claim.until });
    expect(decision(lapsed({}, { claim }), { ahead: true })).toEqual({ type: 'join', until: claim.until });
  });

  it('is waited for one lease at most', () => {
    const claim = claimFor('refresh', { until: now + anHour });
    expect(decision(lapsed({}, { claim }))).toEqual({ type: 'join', until: now + rules.lease });
  });

  it("is dead when the time is over, or when one has watched long enough by one's own clock", () => {
    const record = lapsed({}, { claim: claimFor('refresh', { until: now + 1 }) });
    const enough = rules.lease + rules.margin;
    expect(decision(record, { watched: enough })).toEqual({ type: 'join', until: now + 1 });
    expect(decision(record, { watched: enough + 1 })).toEqual({ type: 'refresh' });
    expect(decision(record, { now: now + 1 })).toEqual({ type: 'refresh' });
  });
});

describe('a refresh', () => {
  it('is sent when the time of the access token is over, or the API refused it', () => {
    expect(decision(lapsed())).toEqual({ type: 'refresh' });
    expect(decision(signedIn(), { rejected: 'access-1' })).toEqual({ type: 'refresh' });
    expect(decision(signedIn({ accessToken: null }))).toEqual({ type: 'refresh' });
  });

  it('is sent five seconds after the one before at the soonest, if the server gave a token that lapsed at once', () => {
    const after = (age: number): Decision => decision(signedIn({ issuedAt: now - age, expiresAt: now - age + 1 }));
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
    decision(lapsed({ unanswered }, { claim: claimFor('probe', { at: now - ms, until: now }) }));

  it.each([
    [1, 0],
    [2, 30 * aSecond],
    [3, 2 * aMinute],
    [4, 10 * aMinute],
    [5, 10 * aMinute],
    [1_000, 10 * aMinute],
  ])('is sent again: after %i times, %i ms later', (times, pause) => {
    expect(after(times, pause)).toEqual({ type: 'probe' });
    if (pause === 0) return;
    expect(after(times, pause - 1)).toEqual({ type: 'wait_until', until: now + 1 });
    expect(after(times, pause - 2_001)).toEqual(giveUp('outcome_unknown', now + 2_001));
  });

  it('is sent again at once if nothing tells when that was', () => {
    expect(decision(lapsed({ unanswered: 9 }))).toEqual({ type: 'probe' });
  });

  it('is not sent again while the server wants to be left alone', () => {
    const blocked = { refresh: now + aMinute, grant: null };
    expect(decision(lapsed({ unanswered: 1 }, { blocked }))).toEqual(giveUp('rate_limited', now + aMinute));
  });

  it('waits for a person, if that is wanted', () => {
    const stop = { rules: { ...rules, onUnknown: 'stop' } as const };
    expect(decision(lapsed({ unanswered: 1 }), stop)).toEqual(giveUp('outcome_unknown'));
    expect(decision(lapsed({ unanswered: 1 }), { ...stop, signIn: 'unattended' })).toEqual(giveUp('outcome_unknown'));
    expect(decision(lapsed({ unanswered: 1 }), { ...stop, signIn: 'person' })).toEqual({ type: 'grant' });
    expect(decision(lapsed(), stop)).toEqual({ type: 'refresh' });
  });

  it('never leads to a grant by itself', () => {
    expect(decision(lapsed({ unanswered: 3 }), { signIn: 'unattended' })).toEqual({ type: 'probe' });
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

  it('are no answer to who asked for more, to whom the API refused it, or to nobody', () => {
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
    const flags = fc.record({ suspect: fc.boolean(), ended: fc.constantFrom(null, 'rejected' as const) });
    const cases = fc.property(ago, fc.nat(2 * anHour), flags, fc.option(fc.nat(anHour)), (issuedAgo, livesFor, more, refreshAhead) => {
      const mine = { ...rules, refreshAhead };
      const record = signedIn({ issuedAt: now - issuedAgo, expiresAt: now - issuedAgo + livesFor }, more);
      if (handOutUntil(record, mine) > now) expect(decision(record, { rules: mine }).type).toBe('use');
    });
    fc.assert(cases, { numRuns: 1_000 });
  });

  it('is the moment at which a refresh ahead is due, or the validity is used up', () => {
    expect(handOutUntil(signedIn(), rules)).toBe(now + 30 * aMinute);
    expect(handOutUntil(signedIn({}, { ended: 'rejected' }), rules)).toBe(now + 40 * aMinute - rules.minValidity);
    expect(handOutUntil(aged(0, { expiresAt: now + 20 * aSecond }), rules)).toBe(now + 20 * aSecond);
    expect(handOutUntil(signedIn({ accessToken: null }), rules)).toBe(Number.NEGATIVE_INFINITY);
    expect(handOutUntil(stranger, rules)).toBe(Number.NEGATIVE_INFINITY);
  });
});
