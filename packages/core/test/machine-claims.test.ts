import { describe, expect, it } from 'vitest';
import { signedOut } from '../src/machine.ts';
import {
  aMinute,
  anHour,
  aSecond,
  claimed,
  claimFor,
  lapsed,
  now,
  rules,
  signedIn,
  stranger,
} from './support/records.ts';

describe('a claim', () => {
  it.each(['refresh', 'probe', 'grant'] as const)('excludes others for a lease: %s', (purpose) => {
    const mine = claimed(lapsed(), purpose);
    expect(mine.claim).toEqual({ id: 'mine', purpose, at: now, until: now + rules.lease });
    expect(mine.record.claim).toEqual(mine.claim);
  });

  it.each(['refresh', 'probe'] as const)(
    'to %s counts the refresh token as sent once more, and changes nothing else',
    (purpose) => {
      const before = lapsed(
        { unanswered: 2 },
        { refused: 'print-1', conflicts: [now], suspect: true },
      );
      const mine = claimed(before, purpose);
      expect(mine.record).toEqual({
        ...before,
        pair: { ...before.pair, unanswered: 3 },
        claim: mine.claim,
      });
      expect(mine).toMatchObject({ refreshToken: 'refresh-1', fingerprint: null, charged: false });
    },
  );

  it('takes the access token out of the record that the API refused, and no other', () => {
    expect(
      claimed(signedIn(), 'refresh', { rejected: 'access-1' }).record.pair?.accessToken,
    ).toBeNull();
    expect(claimed(signedIn(), 'refresh', { rejected: 'access-0' }).record.pair?.accessToken).toBe(
      'access-1',
    );
    expect(claimed(signedIn(), 'refresh').record.pair?.accessToken).toBe('access-1');
  });

  it('to sign in is charged, leaves the pair alone and forgets charges that no longer count', () => {
    const old = [now - anHour - rules.lease, now - anHour];
    const before = signedIn({ unanswered: 1 }, { grants: old });
    const mine = claimed(before, 'grant', { fingerprint: 'print-1' });
    expect(mine.record).toEqual({ ...before, grants: [now - anHour, now], claim: mine.claim });
    expect(mine).toMatchObject({ refreshToken: null, fingerprint: 'print-1', charged: true });
    expect(claimed(stranger, 'grant').record).toEqual({
      ...stranger,
      grants: [now],
      claim: mine.claim,
    });
  });

  it('to bring a refresh token is charged to no one', () => {
    const mine = claimed(signedIn(), 'grant', { imported: 'brought' });
    expect(mine.record).toEqual({ ...signedIn(), claim: mine.claim });
    expect(mine).toMatchObject({ refreshToken: 'brought', charged: false });
  });
});

describe('a claim over the claim of someone who never came back', () => {
  const over = { until: now - aSecond };

  it('leaves it to the doubt in the record to remember a grant that was overtaken before', () => {
    const before = claimed(lapsed({}, { claim: claimFor('grant', over) }), 'probe').record;
    expect(claimed({ ...before, claim: claimFor('probe', over) }, 'probe').record.suspect).toBe(
      true,
    );
  });

  it('makes the pair suspect at once if that was a grant, for it may still take effect, and this process may die, too', () => {
    const grantClaim = claimFor('grant', over);
    const mine = claimed(signedIn({}, { claim: grantClaim }), 'grant');
    expect(mine.record.suspect).toBe(true);
    expect(claimed(signedIn({}, { claim: grantClaim }), 'refresh').record.suspect).toBe(true);
    expect(claimed({ ...stranger, claim: grantClaim }, 'grant').record.suspect).toBe(true);
    expect(
      claimed(signedIn({}, { claim: claimFor('refresh', over) }), 'grant').record.suspect,
    ).toBe(false);
  });
});

describe('a sign-out', () => {
  it('is a tombstone: the pair goes, what limits grants and what gives doubt stays', () => {
    const limits = {
      grants: [now],
      blocked: { refresh: null, grant: now + aMinute },
      refused: 'print-1',
      conflicts: [now],
    };
    expect(signedOut(signedIn({}, { ...limits, suspect: true }), now)).toEqual({
      ...stranger,
      ...limits,
      suspect: true,
      lineage: 2,
      generation: 2,
      changedAt: now,
      ended: 'signed_out',
    });
  });

  it('forgets why the last grant was refused, and keeps what a newer version wrote', () => {
    const refusal = { code: 'client_rejected', detail: 'invalid_client' } as const;
    const ofNewerVersion = { region: 'eu' };
    expect(signedOut(signedIn({}, { refusal, ...ofNewerVersion }), now)).toMatchObject({
      ...{ refusal: null, pair: null },
      ...ofNewerVersion,
    });
  });

  it('leaves it to the holder of a claim to end it', () => {
    const claim = claimFor('refresh');
    expect(signedOut(signedIn({}, { claim }), now).claim).toEqual(claim);
  });
});
