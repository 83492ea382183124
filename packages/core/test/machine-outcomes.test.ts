import { describe, expect, it } from 'vitest';
import { type Ending, reconcile } from '../src/machine.ts';
import type { AccountRecord, Pair } from '../src/record.ts';
import * as given from './support/records.ts';
import {
  aMinute,
  anHour,
  claimed,
  claimFor,
  decision,
  ended,
  granted,
  lapsed,
  later,
  now,
  signedIn,
  stranger,
  tokens,
} from './support/records.ts';

// What is written when the record still is as the claim left it.

const committed: Pair = { ...tokens(), unanswered: 0 };
const overGrant = { claim: claimFor('grant', { until: now }) };

describe('after a refresh or probe', () => {
  describe('that was granted', () => {
    it.each(['refresh', 'probe'] as const)(
      'the pair is written and the claim is gone: %s',
      (purpose) => {
        const failing = { since: now - anHour, count: 2 };
        const before = lapsed({ unanswered: 2, failing }, { refused: 'print-1', conflicts: [now] });
        const after = { ...before, generation: 2, changedAt: now, pair: committed };
        expect(ended(claimed(before, purpose), granted())).toEqual(after);
      },
    );

    it('a scope is written with it', () => {
      expect(ended(claimed(lapsed(), 'refresh'), granted({ scope: 'default' }))?.pair).toEqual({
        ...committed,
        scope: 'default',
      });
    });

    it('the old refresh token stays good if there is no new one', () => {
      const before = lapsed({ unanswered: 4, failing: { since: now - anHour, count: 4 } });
      const { pair } = ended(claimed(before, 'probe'), granted({ refreshToken: null })) ?? stranger;
      expect(pair).toEqual({
        ...committed,
        refreshToken: 'refresh-1',
        unanswered: 0,
        rotates: false,
      });
    });

    it('a server that starts to rotate is taken at its word, and one that stops as well', () => {
      const kept = ended(claimed(lapsed(), 'refresh'), granted({ refreshToken: null })) ?? stranger;
      const rotated = ended(claimed(kept, 'refresh'), granted()) ?? stranger;
      expect(rotated.pair).toEqual(committed);
      expect(
        ended(claimed(rotated, 'refresh'), granted({ refreshToken: null }))?.pair?.rotates,
      ).toBe(false);
    });

    it('the refresh token is kept if there is no access token', () => {
      expect(ended(claimed(lapsed(), 'refresh'), granted({ accessToken: null }))?.pair).toEqual({
        ...committed,
        accessToken: null,
      });
    });

    it('a pair is no longer suspect that was so before', () => {
      expect(ended(claimed(lapsed({}, { suspect: true }), 'refresh'), granted())?.suspect).toBe(
        false,
      );
    });

    it('a pair stays suspect whose refresh overtook a grant', () => {
      const charged = { ...overGrant, grants: [overGrant.claim.at] };
      expect(ended(claimed(lapsed({}, charged), 'refresh'), granted())?.suspect).toBe(true);
    });
  });

  describe('that was granted to a probe', () => {
    const probed = (unanswered: number, count: number, more: Partial<AccountRecord> = {}) => {
      const failing = count === 0 ? {} : { failing: { since: now - aMinute, count } };
      return ended(claimed(lapsed({ unanswered, ...failing }, more), 'probe'), granted())?.suspect;
    };

    it('the pair is suspect if an earlier send had no answer: it may be stuck on its way, and be taken for theft', () => {
      expect(probed(1, 0)).toBe(true);
      expect(probed(5, 4)).toBe(true);
    });

    it('the pair is sure if each earlier send was answered, by a 503 say', () => {
      expect(probed(1, 1)).toBe(false);
      expect(probed(5, 5)).toBe(false);
      expect(probed(5, 5, { suspect: true })).toBe(false);
    });

    it('the next refresh proves it', () => {
      const suspect = lapsed({}, { suspect: true, grants: [] });
      expect(ended(claimed(suspect, 'refresh'), granted())?.suspect).toBe(false);
    });
  });

  describe('that was refused', () => {
    it('nothing is known any more of how often it failed', () => {
      const before = lapsed({ unanswered: 1, failing: { since: now - anHour, count: 1 } });
      expect(ended(claimed(before, 'probe'), given.refused)).toEqual({
        ...lapsed(),
        ended: 'unknown',
      });
    });

    it('it is not a surprise where the server does not rotate: another program may have revoked it', () => {
      const before = lapsed({ rotates: false });
      expect(ended(claimed(before, 'refresh'), given.refused)).toMatchObject({
        ended: 'rejected',
        conflicts: [],
      });
    });

    it('the refresh token is dead, and the access token lives on', () => {
      const before = signedIn();
      expect(ended(claimed(before, 'refresh'), given.refused)).toEqual({
        ...before,
        ended: 'rejected',
        conflicts: [later],
      });
    });

    it('it is unknown who spent a token that had been sent before', () => {
      const before = lapsed({ unanswered: 1 });
      expect(ended(claimed(before, 'probe'), given.refused)).toEqual({
        ...lapsed(),
        ended: 'unknown',
      });
    });

    it('it is not a surprise for a suspect pair, or after a grant without an answer', () => {
      expect(ended(claimed(lapsed({}, { suspect: true }), 'refresh'), given.refused)).toMatchObject(
        { ended: 'rejected', conflicts: [] },
      );
      expect(ended(claimed(lapsed({}, overGrant), 'refresh'), given.refused)).toMatchObject({
        ended: 'rejected',
        conflicts: [],
      });
    });

    it('surprises of an hour ago are forgotten', () => {
      const before = lapsed({}, { conflicts: [later - anHour, now - aMinute] });
      expect(ended(claimed(before, 'refresh'), given.refused)?.conflicts).toEqual([
        now - aMinute,
        later,
      ]);
    });
  });

  describe.each([0, 1, 3])(
    'that cannot have spent the token, sent %i times before',
    (unanswered) => {
      const before = lapsed({ unanswered });
      const mine = claimed(before, unanswered === 0 ? 'refresh' : 'probe');

      it('nothing is different but that the server wants no refreshes for a while', () => {
        const blocked = { refresh: now + aMinute, grant: null };
        expect(ended(mine, given.tooMany)).toEqual({ ...before, blocked });
        expect(ended(mine, given.wrongClient)).toEqual(before);
      });

      it('nothing is different if it was not sent, or withdrawn', () => {
        expect(ended(mine, given.notSent)).toEqual(before);
        expect(ended(mine, { type: 'withdrawn' })).toEqual(before);
      });
    },
  );

  it('an access token that the API refused does not come back', () => {
    const mine = claimed(signedIn(), 'refresh', { rejected: 'access-1' });
    expect(ended(mine, given.notSent)).toEqual(signedIn({ accessToken: null }));
  });

  it('with an unusable answer the claim ends at once, but its time stays to pace the next', () => {
    const mine = claimed(lapsed(), 'refresh');
    const pair = { ...mine.record.pair, failing: { since: later, count: 1 } };
    expect(ended(mine, given.answered)).toEqual({
      ...mine.record,
      pair,
      claim: { ...mine.claim, until: later },
    });
  });

  it('with one unusable answer after the other, the first time stays and the count grows', () => {
    const failing = { since: now - anHour, count: 7 };
    const mine = claimed(lapsed({ unanswered: 9, failing }), 'probe');
    expect(ended(mine, given.answered)?.pair).toMatchObject({
      unanswered: 10,
      failing: { ...failing, count: 8 },
    });
  });

  it('an unusable answer is counted once, however often that is written', () => {
    const mine = claimed(lapsed(), 'refresh');
    const written = ended(mine, given.answered);
    expect(ended(mine, given.answered, written)).toBeNull();
    expect(reconcile(written, mine, given.answered, later + aMinute, 'network')).toBeNull();
    expect(reconcile(written, mine, given.answered, later - aMinute, 'network')).toBeNull();
  });

  it('an unusable answer that says when to come back is obeyed as a block', () => {
    const busy: Ending = { type: 'unknown', answered: true, blockedUntil: now + aMinute };
    const mine = claimed(lapsed(), 'refresh');
    expect(ended(mine, busy)).toMatchObject({
      blocked: { refresh: now + aMinute, grant: null },
      pair: { unanswered: 1, failing: { count: 1 } },
    });
    const grant = claimed(stranger, 'grant');
    expect(ended(grant, busy)?.blocked).toEqual({ refresh: null, grant: now + aMinute });
    for (const blockedUntil of [null, undefined])
      expect(ended(mine, { ...busy, blockedUntil } as Ending)?.blocked).toEqual(stranger.blocked);
  });

  it('without an answer there is nothing to write: the lease runs to its end', () => {
    expect(ended(claimed(lapsed(), 'refresh'), given.unanswered)).toBeNull();
  });
});

describe('after a password or code grant', () => {
  const refusedBefore = signedIn(
    {},
    { refused: 'print-1', blocked: { refresh: now + aMinute, grant: null } },
  );

  describe('that was granted', () => {
    it('the pair is written, a new lineage begins, and the charge stays', () => {
      const before = lapsed({ unanswered: 2 }, { ended: 'unknown', grants: [now - aMinute] });
      expect(ended(claimed(before, 'grant'), granted())).toEqual({
        ...before,
        ...{ lineage: 2, generation: 2, changedAt: now, pair: committed, ended: null },
        grants: [now - aMinute, now],
      });
    });

    it('the pair of a first sign-in is written, and that after a sign-out', () => {
      expect(ended(claimed(stranger, 'grant'), granted())).toMatchObject({
        lineage: 1,
        generation: 1,
        pair: committed,
      });
      const tombstone: AccountRecord = {
        ...stranger,
        lineage: 2,
        generation: 3,
        ended: 'signed_out',
      };
      expect(ended(claimed(tombstone, 'grant'), granted())).toMatchObject({
        lineage: 3,
        generation: 4,
        pair: committed,
        ended: null,
      });
    });

    it('it has no refresh token if there was none', () => {
      const next = ended(claimed(signedIn(), 'grant'), granted({ refreshToken: null }));
      expect(next?.pair).toEqual({ ...committed, refreshToken: null });
    });

    it('credentials that were refused before are forgiven, others are not', () => {
      expect(
        ended(claimed(refusedBefore, 'grant', { fingerprint: 'print-1' }), granted())?.refused,
      ).toBeNull();
      expect(
        ended(claimed(refusedBefore, 'grant', { fingerprint: 'print-2' }), granted())?.refused,
      ).toBe('print-1');
      expect(ended(claimed(refusedBefore, 'grant'), granted())?.refused).toBe('print-1');
    });

    it('the pair is suspect if it overtook another grant', () => {
      expect(ended(claimed(signedIn(), 'grant'), granted())?.suspect).toBe(false);
      expect(ended(claimed({ ...stranger, ...overGrant }, 'grant'), granted())?.suspect).toBe(true);
    });

    it('the pair is suspect if the record was, for an earlier grant may still take effect', () => {
      expect(ended(claimed(signedIn({}, { suspect: true }), 'grant'), granted())?.suspect).toBe(
        true,
      );
    });
  });

  describe('that was refused', () => {
    it('pair and state stay, the charge stays, and the credentials are remembered', () => {
      const before = signedIn({ unanswered: 1 }, { grants: [] });
      expect(ended(claimed(before, 'grant', { fingerprint: 'print-2' }), given.refused)).toEqual({
        ...before,
        grants: [now],
        refused: 'print-2',
      });
    });

    it('why is remembered until a grant succeeds, or a person signs out', () => {
      const refusal = { code: 'grant_rejected', detail: 'HTTP 400 invalid_grant' } as const;
      const mine = claimed(signedIn(), 'grant', { fingerprint: 'print-2' });
      const refused = ended(mine, { type: 'refused', refusal }) ?? stranger;
      expect(refused).toMatchObject({ refused: 'print-2', refusal });
      expect(ended(claimed(refused, 'refresh'), granted())?.refusal).toEqual(refusal);
      expect(
        ended(claimed(refused, 'grant', { fingerprint: 'print-3' }), given.refused)?.refusal,
      ).toEqual(refusal);
      expect(
        ended(claimed(refused, 'grant', { fingerprint: 'print-3' }), granted())?.refusal,
      ).toBeNull();
    });

    it('a definite No is remembered like it, and the charge goes back if the client was refused', () => {
      const refusal = { code: 'client_rejected', detail: 'HTTP 401 invalid_client' } as const;
      const before = signedIn();
      const mine = claimed(before, 'grant', { fingerprint: 'print-2' });
      const definite = (refund: boolean): Ending => ({
        type: 'not_processed',
        blockedUntil: null,
        refund,
        refusal,
      });
      expect(ended(mine, definite(true))).toEqual({ ...before, refused: 'print-2', refusal });
      expect(ended(mine, definite(false))?.grants).toEqual([...before.grants, now]);
    });

    it('a definite No to a refresh says nothing about credentials', () => {
      const refusal = { code: 'client_rejected', detail: 'HTTP 401 invalid_client' } as const;
      const before = lapsed();
      expect(
        ended(claimed(before, 'refresh'), { ...given.wrongClient, refusal } as Ending),
      ).toEqual(before);
    });

    it('a refused code says nothing about refused credentials', () => {
      expect(ended(claimed(refusedBefore, 'grant'), given.refused)?.refused).toBe('print-1');
    });
  });

  describe('that cannot have been processed', () => {
    const before = signedIn({ unanswered: 1 }, { grants: [now - aMinute] });
    const mine = claimed(before, 'grant');

    it('the charge stays and grants are blocked after too many requests', () => {
      const blocked = { refresh: null, grant: now + aMinute };
      expect(ended(mine, given.tooMany)).toEqual({
        ...before,
        grants: [now - aMinute, now],
        blocked,
      });
    });

    it('the charge is given back if the client was refused, nothing was sent or it was withdrawn', () => {
      for (const ending of [given.wrongClient, given.notSent, { type: 'withdrawn' } as const])
        expect(ended(mine, ending)).toEqual(before);
    });

    it('a block that stands goes on after a request that the server did not block', () => {
      const blocked = { refresh: null, grant: now + aMinute };
      expect(
        ended(claimed(signedIn({}, { blocked }), 'grant'), given.wrongClient)?.blocked,
      ).toEqual(blocked);
    });

    it('one charge is given back of two in the same millisecond', () => {
      const twice = claimed(signedIn({}, { grants: [now] }), 'grant');
      expect(ended(twice, given.notSent)?.grants).toEqual([now]);
    });
  });

  describe('whose outcome is unknown', () => {
    it('the charge stays, and the current pair may be the dead one', () => {
      const mine = claimed(signedIn(), 'grant');
      expect(ended(mine, given.unanswered)).toEqual({ ...mine.record, suspect: true });
      expect(ended(mine, given.answered)).toEqual({
        ...mine.record,
        suspect: true,
        claim: { ...mine.claim, until: later },
      });
    });

    it('the current pair is tried at the next occasion, not when its time is over', () => {
      const record = ended(claimed(signedIn(), 'grant'), given.unanswered) ?? stranger;
      expect(decision(record, { now: later })).toEqual({ type: 'use_and_refresh_ahead' });
      expect(decision(signedIn(), { now: later })).toEqual({ type: 'use' });
    });

    it('there is nothing to suspect where there is no pair', () => {
      const mine = claimed(stranger, 'grant');
      expect(ended(mine, given.unanswered)).toBeNull();
      expect(ended(mine, given.answered)).toEqual({
        ...mine.record,
        claim: { ...mine.claim, until: later },
      });
    });
  });
});

describe('after the import of a refresh token', () => {
  const imported = (record: AccountRecord) => claimed(record, 'grant', { imported: 'brought' });

  it('that was granted, its pair is written and no one is charged', () => {
    const before = signedIn();
    expect(ended(imported(before), granted())).toEqual({
      ...before,
      ...{ lineage: 2, generation: 2, changedAt: now, pair: committed },
    });
  });

  it('that was answered without another refresh token, the one that was brought stays good', () => {
    const next = ended(imported(stranger), granted({ refreshToken: null })) ?? stranger;
    expect(next.pair).toEqual({ ...committed, refreshToken: 'brought', rotates: false });
    // Where a sign-out and a sign-in came in between, this very pair raises no doubt about itself.
    expect(ended(imported(stranger), granted({ refreshToken: null }), next)).toBeNull();
  });

  it('that was refused, no credentials are, and the record keeps its pair', () => {
    expect(ended(imported(signedIn()), given.refused)).toEqual(signedIn());
  });

  it('that was not sent, no one gets back what was not charged', () => {
    const before = signedIn({}, { grants: [now] });
    expect(ended(imported(before), given.notSent)).toEqual(before);
  });

  it('that met too many requests, it is refreshes that are blocked', () => {
    expect(ended(imported(stranger), given.tooMany)?.blocked).toEqual({
      refresh: now + aMinute,
      grant: null,
    });
  });

  it('whose outcome is unknown, it is kept to be sent again unless the record has a better one', () => {
    const next = ended(imported(stranger), given.answered);
    const pair = {
      accessToken: null,
      refreshToken: 'brought',
      issuedAt: now,
      expiresAt: now,
      unanswered: 1,
    };
    expect(next).toMatchObject({
      lineage: 1,
      generation: 1,
      changedAt: now,
      ended: null,
      pair,
      claim: { id: 'mine', until: later },
    });
    expect(ended(imported(signedIn({}, { ended: 'rejected' })), given.unanswered)).toMatchObject({
      pair: { accessToken: 'access-1', refreshToken: 'brought', unanswered: 1 },
      ended: null,
    });
    expect(ended(imported(signedIn()), given.unanswered)).toMatchObject({
      pair: { refreshToken: 'refresh-1' },
      suspect: true,
    });
  });

  it('whose outcome is unknown, it does not revive a token that the record knows to be dead', () => {
    const before = signedIn({ refreshToken: 'brought' }, { ended: 'rejected' });
    for (const ending of [given.unanswered, given.answered])
      expect(ended(imported(before), ending)).toMatchObject({
        generation: 1,
        ended: 'rejected',
        pair: { unanswered: 0 },
      });
  });
});
