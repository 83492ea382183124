import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, grantPossibleAt, grantsInWindow, type Question } from '../src/machine.ts';
import type { AccountRecord } from '../src/record.ts';
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
const grant: Decision = { type: 'grant' };
const unattended = (record: AccountRecord, more: Partial<Question> = {}): Decision =>
  decision(record, { signIn: 'unattended', ...more });
const person = (record: AccountRecord, more: Partial<Question> = {}): Decision =>
  decision(record, { signIn: 'person', ...more });
const dead = (more: Partial<AccountRecord> = {}): AccountRecord =>
  lapsed({}, { ended: 'rejected', ...more });
const tombstone: AccountRecord = { ...stranger, lineage: 2, generation: 2, ended: 'signed_out' };

describe('a program that no one gave credentials', () => {
  it('says what is missing', () => {
    expect(decision(stranger)).toEqual(giveUp('signed_out'));
    expect(decision(tombstone)).toEqual(giveUp('signed_out'));
    expect(decision(dead())).toEqual(giveUp('session_expired'));
    expect(decision(lapsed({}, { ended: 'unknown' }))).toEqual(giveUp('session_expired'));
    expect(decision(lapsed({ refreshToken: null }))).toEqual(giveUp('session_expired'));
  });
});

describe('a program with credentials', () => {
  it('signs in if there never was a session, or it is over', () => {
    expect(unattended(stranger)).toEqual(grant);
    expect(unattended(dead())).toEqual(grant);
    expect(unattended(lapsed({}, { ended: 'unknown' }))).toEqual(grant);
    expect(unattended(lapsed({ refreshToken: null }))).toEqual(grant);
  });

  it('refreshes while that may work', () => {
    expect(unattended(lapsed())).toEqual({ type: 'refresh' });
    expect(unattended(signedIn())).toEqual({ type: 'use' });
  });

  it('respects that someone signed out', () => {
    expect(unattended(tombstone)).toEqual(giveUp('signed_out'));
  });

  it('does not try refused credentials again, but others', () => {
    const refused = dead({ refused: 'print-1' });
    expect(unattended(refused, { fingerprint: 'print-1' })).toEqual(giveUp('grant_rejected'));
    expect(unattended(refused, { fingerprint: 'print-2' })).toEqual(grant);
    expect(unattended(refused)).toEqual(grant);
    expect(unattended(dead(), { fingerprint: null })).toEqual(grant);
  });

  it('says why they were refused', () => {
    const refused = (code: 'grant_rejected' | 'client_rejected'): AccountRecord =>
      dead({ refused: 'print-1', refusal: { code, detail: 'HTTP 401' } });
    for (const code of ['grant_rejected', 'client_rejected'] as const) {
      expect(unattended(refused(code), { fingerprint: 'print-1' })).toEqual(giveUp(code));
      expect(unattended(refused(code), { fingerprint: 'print-2' })).toEqual(grant);
    }
  });

  it('stops when it fights with another installation', () => {
    const conflicts = (...at: number[]): Decision => unattended(dead({ conflicts: at }));
    expect(conflicts(now - anHour + 1, now - aMinute)).toEqual(giveUp('credential_conflict'));
    expect(conflicts(now - anHour, now - aMinute)).toEqual(grant);
    expect(conflicts(now)).toEqual(grant);
  });

  it.each([
    [1, 30 * aSecond],
    [2, 2 * aMinute],
    [3, 10 * aMinute],
  ])(
    'takes its time while it is unknown what became of a grant: after %i of them %i ms',
    (sent, pause) => {
      const after = (ms: number): Decision =>
        unattended({
          ...stranger,
          grants: Array(sent).fill(now - ms),
          claim: claimFor('grant', { at: now - ms, until: now }),
        });
      expect(after(pause)).toEqual(grant);
      expect(after(pause - 1)).toEqual({ type: 'wait_until', until: now + 1 });
      expect(after(pause - 2_001)).toEqual(giveUp('outcome_unknown', now + 2_001));
    },
  );

  it('leaves one grant for a person', () => {
    const four = [50, 40, 30, 20].map((ago) => now - ago * aMinute);
    expect(unattended(dead({ grants: four.slice(1) }))).toEqual(grant);
    expect(unattended(dead({ grants: four }))).toEqual(
      giveUp('grant_budget', now + 10 * aMinute + rules.lease),
    );
    expect(unattended(dead({ grants: four }), { rules: { ...rules, reserve: 0 } })).toEqual(grant);
  });

  it('sends none if all are left for a person', () => {
    const all = { rules: { ...rules, reserve: 5 } };
    expect(unattended(dead(), all)).toEqual(giveUp('grant_budget', now + anHour + rules.lease));
    expect(unattended(dead({ grants: [now - aMinute] }), all)).toEqual(
      giveUp('grant_budget', now + 59 * aMinute + rules.lease),
    );
  });
});

describe('a person', () => {
  it('may do what a program must not', () => {
    expect(person(stranger)).toEqual(grant);
    expect(person(tombstone)).toEqual(grant);
    expect(person(dead({ refused: 'print-1' }), { fingerprint: 'print-1' })).toEqual(grant);
    expect(person(dead({ conflicts: [now - 2, now - 1] }))).toEqual(grant);
    expect(person(dead({ claim: claimFor('grant', { until: now }) }))).toEqual(grant);
  });

  it('may sign in again although the token lives, or may be refreshed', () => {
    expect(person(signedIn())).toEqual(grant);
    expect(person(lapsed())).toEqual(grant);
    expect(person(lapsed({ unanswered: 3 }))).toEqual(grant);
  });

  it('gets no token in place of the sign-in that was asked for', () => {
    expect(person(signedIn({}, { blocked: { refresh: null, grant: now + anHour } }))).toEqual(
      giveUp('rate_limited', now + anHour),
    );
  });

  it('has the last grant of the hour, and no more', () => {
    const five = [50, 40, 30, 20, 10].map((ago) => now - ago * aMinute);
    expect(person(dead({ grants: five.slice(1) }))).toEqual(grant);
    expect(person(dead({ grants: five }))).toEqual(
      giveUp('grant_budget', now + 10 * aMinute + rules.lease),
    );
  });
});

describe('a server that wants no grants', () => {
  it.each(['unattended', 'person'] as const)(
    'is left alone, a refresh being another matter (%s)',
    (signIn) => {
      const blocked = (grantUntil: number | null, refreshUntil: number | null = null): Decision =>
        decision(dead({ blocked: { refresh: refreshUntil, grant: grantUntil } }), { signIn });
      expect(blocked(now + anHour)).toEqual(giveUp('rate_limited', now + anHour));
      expect(blocked(now + aSecond)).toEqual({ type: 'wait_until', until: now + aSecond });
      expect(blocked(now)).toEqual(grant);
      expect(blocked(null, now + anHour)).toEqual(grant);
    },
  );
});

describe('a refresh token that someone brings', () => {
  const imports = (record: AccountRecord): Decision => decision(record, { signIn: 'import' });

  it('is sent like a grant of a person, but charged to no one', () => {
    for (const record of [stranger, tombstone, signedIn(), dead({ grants: Array(5).fill(now) })])
      expect(imports(record)).toEqual(grant);
  });

  it('waits for others, and where the server wants no refreshes', () => {
    const claim = claimFor('refresh');
    expect(imports(signedIn({}, { claim }))).toEqual({ type: 'join', until: claim.until });
    expect(imports(dead({ blocked: { refresh: now + anHour, grant: null } }))).toEqual(
      giveUp('rate_limited', now + anHour),
    );
    expect(imports(dead({ blocked: { refresh: null, grant: now + anHour } }))).toEqual(grant);
  });
});

describe('the budget of grants', () => {
  const counted = (...ago: number[]): number =>
    grantsInWindow(dead({ grants: ago.map((ms) => now - ms) }), now, rules).length;

  it('counts each for the window and a lease, for it was charged before it was sent', () => {
    expect(counted()).toBe(0);
    expect(counted(0)).toBe(1);
    expect(counted(anHour, aMinute)).toBe(2);
    expect(counted(anHour + rules.lease - 1)).toBe(1);
    expect(counted(anHour + rules.lease, aMinute)).toBe(1);
  });

  it('makes no new list where nothing falls out', () => {
    const record = dead({ grants: [now - aMinute, now] });
    expect(grantsInWindow(record, now, rules)).toBe(record.grants);
  });

  it('frees the oldest that must go, not the oldest of all', () => {
    const five = dead({ grants: [50, 40, 30, 20, 10].map((ago) => now - ago * aMinute) });
    const in_ = (budget: number): number | null => {
      const at = grantPossibleAt(five, budget, now, { ...rules, lease: 0 });
      return at === null ? null : (at - now) / aMinute;
    };
    expect([6, 5, 4, 3, 2, 1].map(in_)).toEqual([null, 10, 20, 30, 40, 50]);
  });

  it('never allows more than the limit in any window, and says exactly when the next one fits', () => {
    const times = fc
      .array(fc.integer({ min: now - 2 * anHour, max: now }), { maxLength: 12 })
      .map((all) => all.sort((a, b) => a - b));
    const cases = fc.property(times, fc.integer({ min: 1, max: 8 }), (grants, limit) => {
      const ask = (at: number): Decision =>
        decision(dead({ grants }), { signIn: 'person', now: at, rules: { ...rules, limit } });
      const next = ask(now);
      if (next.type === 'grant')
        expect(grants.filter((at) => at > now - anHour).length).toBeLessThan(limit);
      if (next.type === 'grant') return;
      const retryAt = next.type === 'give_up' ? (next.retryAt ?? 0) : 0;
      expect(retryAt).toBeGreaterThan(now);
      expect(ask(retryAt - 1)).toEqual(next);
      expect(ask(retryAt)).toEqual(grant);
    });
    fc.assert(cases, { numRuns: 1_000 });
  });
});
