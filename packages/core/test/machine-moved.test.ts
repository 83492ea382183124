import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBehind, reconcile, restored, signedOut } from '../src/machine.ts';
import type { AccountRecord, Claim, Pair } from '../src/record.ts';
import { anyRecord } from './support/any-record.ts';
import * as given from './support/records.ts';
import {
  aMinute,
  anHour,
  aSecond,
  claimed,
  claimFor,
  ended,
  granted,
  lapsed,
  later,
  now,
  rules,
  signedIn,
  stranger,
  tokens,
} from './support/records.ts';

// What is written when the record moved while a request was under way.

const mineCommitted: Pair = { ...tokens(), unanswered: 0 };
const committed = { generation: 2, changedAt: now, pair: mineCommitted };
const theirs: Pair = {
  ...tokens({ accessToken: 'access-3', refreshToken: 'refresh-3' }),
  unanswered: 0,
};
const endings = Object.entries(given.endings);

/** The record after somebody's refresh, or sign-in, was committed. */
const refreshed = (record: AccountRecord): AccountRecord => ({
  ...record,
  generation: record.generation + 1,
  pair: theirs,
  claim: null,
});
const signedInAnew = (record: AccountRecord): AccountRecord => ({
  ...refreshed(record),
  lineage: record.lineage + 1,
  ended: null,
});
/** The record after somebody found the lease over and claimed it. */
const taken = (record: AccountRecord, purpose: Claim['purpose']): AccountRecord => {
  const claim = claimFor(purpose, { at: later, until: later + anHour });
  const suspect = record.suspect || record.claim?.purpose === 'grant';
  if (purpose === 'grant') return { ...record, claim, suspect, grants: [...record.grants, later] };
  return {
    ...record,
    claim,
    suspect,
    pair: record.pair && { ...record.pair, unanswered: record.pair.unanswered + 1 },
  };
};

describe('a refresh whose claim was taken over', () => {
  const mine = claimed(lapsed(), 'refresh');

  it('by a probe writes its pair next to that, suspect, for one of the two answers is the last', () => {
    const record = taken(mine.record, 'probe');
    expect(ended(mine, granted(), record)).toEqual({ ...record, ...committed, suspect: true });
  });

  it('by a refresh writes its pair next to that, suspect, for the token may have been sent again', () => {
    const record = taken(mine.record, 'refresh');
    expect(ended(mine, granted(), record)).toEqual({ ...record, ...committed, suspect: true });
  });

  it('by a grant writes its pair, leaves that in place, and what was suspect stays so', () => {
    const record = taken(mine.record, 'grant');
    expect(ended(mine, granted(), record)).toEqual({ ...record, ...committed });
    const suspect = claimed(lapsed({}, { suspect: true }), 'refresh');
    expect(ended(suspect, granted(), taken(suspect.record, 'grant'))).toMatchObject({
      pair: mineCommitted,
      suspect: true,
    });
  });

  it.each(['probe', 'refresh', 'grant'] as const)(
    'by a %s writes the verdict next to that: what was refused is not sent again',
    (purpose) => {
      const record = taken(mine.record, purpose);
      const verdict = purpose === 'grant' ? 'rejected' : 'unknown';
      const pair = { ...record.pair, unanswered: 0 };
      expect(ended(mine, given.refused, record)).toEqual({ ...record, pair, ended: verdict });
    },
  );

  it.each(['probe', 'refresh'] as const)(
    'by a %s that is granted after the verdict gets the pair of that, suspect',
    (purpose) => {
      const condemned = ended(mine, given.refused, taken(mine.record, purpose));
      const theirClaim = condemned?.claim as Claim;
      const other = { ...mine, claim: theirClaim, record: { ...mine.record, claim: theirClaim } };
      expect(ended(other, granted(), condemned)).toMatchObject({
        pair: mineCommitted,
        ended: null,
        suspect: true,
      });
    },
  );

  it('by a grant is refused without surprise: the grant has killed the token', () => {
    const record = taken(mine.record, 'grant');
    const pair = { ...mine.record.pair, unanswered: 0 };
    expect(ended(mine, given.refused, record)).toEqual({ ...record, pair, ended: 'rejected' });
  });

  it('takes nothing back if it did not take place: that may have been done, and one send too many is safe', () => {
    const record = taken(mine.record, 'probe');
    for (const ending of [given.notSent, given.wrongClient])
      expect(ended(mine, ending, record)).toBeNull();
  });

  it('leaves the other claim alone when its outcome is unknown', () => {
    expect(ended(mine, given.answered, taken(mine.record, 'probe'))).toBeNull();
  });

  it('and ended by a verdict brings the session back, suspect, if its answer comes late', () => {
    const record: AccountRecord = { ...lapsed(), ended: 'unknown' };
    expect(ended(mine, granted(), record)).toEqual({
      ...record,
      ...committed,
      ended: null,
      suspect: true,
    });
  });
});

describe('a refresh that another commit overtook', () => {
  const mine = claimed(lapsed(), 'refresh');

  it.each(endings)(
    'writes nothing over the pair of a refresh, a sign-in or a sign-out: %s',
    (_, ending) => {
      for (const move of [refreshed, signedInAnew])
        expect(ended(mine, ending, move(mine.record))).toBeNull();
      expect(ended(mine, ending, { ...signedOut(mine.record, now), claim: null })).toBeNull();
      expect(
        ended(mine, ending, { ...refreshed(mine.record), claim: claimFor('grant') }),
      ).toBeNull();
    },
  );

  it.each(endings)(
    'writes nothing over the same token at a later place, as an answer without a new one leaves it: %s',
    (_, ending) => {
      const { pair, lineage, generation } = mine.record;
      for (const place of [{ generation: generation + 1 }, { lineage: lineage + 1 }])
        expect(ended(mine, ending, { ...mine.record, ...place, claim: null, pair })).toBeNull();
    },
  );

  it('finds a verdict on its token there already, and is not a second surprise', () => {
    const record: AccountRecord = { ...mine.record, ended: 'rejected', conflicts: [now] };
    expect(ended(mine, given.refused, record)).toEqual({ ...record, claim: null });
  });

  it.each(endings)(
    'writes nothing over another token at the same place, as a store that forks may have it: %s',
    (_, ending) => {
      expect(ended(mine, ending, lapsed({ refreshToken: 'refresh-9' }))).toBeNull();
    },
  );

  it.each(endings)('removes its own claim from a tombstone, and nothing else: %s', (_, ending) => {
    const tombstone = signedOut(mine.record, now);
    expect(tombstone.claim).toEqual(mine.claim);
    expect(ended(mine, ending, tombstone)).toEqual({ ...tombstone, claim: null });
  });
});

describe('a grant that another commit overtook', () => {
  const mine = claimed(signedIn(), 'grant', { fingerprint: 'print-1' });

  it('writes its pair over that of a refresh, which can only have come first', () => {
    const record = refreshed(mine.record);
    expect(ended(mine, granted(), record)).toEqual({
      ...record,
      ...committed,
      lineage: 2,
      generation: 3,
    });
    expect(ended(mine, granted(), refreshed(refreshed(record)))).toMatchObject({
      lineage: 2,
      generation: 5,
      pair: mineCommitted,
    });
  });

  it('leaves the pair of another grant, suspect, for it is unknown which of them lives', () => {
    const record = signedInAnew(mine.record);
    expect(ended(mine, granted(), record)).toEqual({ ...record, suspect: true });
    expect(ended(mine, granted(), { ...record, claim: mine.claim })).toEqual({
      ...record,
      suspect: true,
    });
    expect(ended(mine, granted(), { ...record, suspect: true })).toBeNull();
  });

  it('makes its pair suspect if another grant has the same numbers, as a store that went back in time may have given them', () => {
    const same = { ...mine.record, claim: null, pair: theirs };
    const imported = claimed(stranger, 'grant', { imported: 'brought' });
    const suspect = { pair: mineCommitted, suspect: true };
    expect(ended(mine, granted(), { ...same, grants: [now + aSecond] })).toEqual({
      ...same,
      ...suspect,
      grants: [now + aSecond],
      ...{ lineage: 2, generation: 2, changedAt: now },
    });
    expect(
      ended(mine, granted(), { ...same, grants: [...mine.record.grants, now + aSecond] }),
    ).toMatchObject(suspect);
    expect(ended(mine, granted(), { ...same, grants: [] })).toMatchObject(suspect);
    expect(
      ended(imported, granted(), { ...imported.record, claim: null, pair: theirs, grants: [now] }),
    ).toMatchObject(suspect);
    expect(ended(mine, granted(), same)).toMatchObject({ pair: mineCommitted, suspect: false });
  });

  it('drops its pair after a sign-out, and takes its claim away', () => {
    const tombstone = signedOut(mine.record, now);
    expect(ended(mine, granted(), tombstone)).toEqual({ ...tombstone, claim: null });
    expect(ended(mine, granted(), { ...tombstone, claim: null })).toBeNull();
  });

  it('still says what it learned: the refusal, the block; its charge stays, for it may have been taken back already', () => {
    const record = signedInAnew(mine.record);
    expect(ended(mine, given.notSent, record)).toBeNull();
    expect(ended(mine, given.refused, record)).toEqual({ ...record, refused: 'print-1' });
    expect(ended(mine, given.tooMany, record)).toEqual({
      ...record,
      blocked: { refresh: null, grant: now + aMinute },
    });
    expect(ended(mine, given.unanswered, record)).toEqual({ ...record, suspect: true });
  });

  it('does not bring a token that no one can vouch for to an account that was signed in again or out', () => {
    const imported = claimed(stranger, 'grant', { imported: 'brought' });
    const elsewhere: AccountRecord = { ...signedInAnew(imported.record), ended: 'rejected' };
    expect(ended(imported, given.unanswered, elsewhere)?.pair).toEqual(theirs);
    expect(
      ended(imported, given.unanswered, signedOut(imported.record, now))?.pair ?? null,
    ).toBeNull();
  });
});

describe('a grant whose pair is in the record already, under a higher lineage', () => {
  const mine = claimed(signedIn(), 'grant');
  const written = (pair: Partial<Pair>): AccountRecord => ({
    ...signedInAnew(mine.record),
    pair: { ...mineCommitted, ...pair },
  });

  it('raises no doubt about it', () => {
    expect(ended(mine, granted(), written({}))).toBeNull();
  });

  it('doubts a pair that is another one in part', () => {
    for (const part of [{ accessToken: 'access-3' }, { refreshToken: 'refresh-3' }])
      expect(ended(mine, granted(), written(part))).toEqual({ ...written(part), suspect: true });
  });
});

describe('a doubt that a refresh could clear', () => {
  const doubted = (grantedAgo: number) =>
    claimed(lapsed({}, { suspect: true, grants: [now - grantedAgo] }), 'refresh');

  it('stays while a grant that was charged within two leases may still take effect', () => {
    for (const ago of [0, 2 * given.rules.lease - 1])
      expect(ended(doubted(ago), granted())?.suspect).toBe(true);
  });

  it('goes once two leases are over', () => {
    for (const ago of [2 * given.rules.lease, anHour])
      expect(ended(doubted(ago), granted())?.suspect).toBe(false);
  });

  it('goes also if it arose while the request was under way, unless another grant was charged since', () => {
    const mine = claimed(lapsed(), 'refresh');
    const doubtedSince = { ...mine.record, suspect: true };
    expect(ended(mine, granted(), doubtedSince)?.suspect).toBe(false);
    expect(ended(mine, granted(), { ...doubtedSince, grants: [now + 1] })?.suspect).toBe(true);
    expect(ended(mine, granted(), taken(doubtedSince, 'grant'))?.suspect).toBe(true);
    // A token that another process brings is refused where this refresh was granted.
    expect(ended(mine, granted(), { ...doubtedSince, claim: claimFor('grant') })?.suspect).toBe(
      false,
    );
  });
});

describe('a store that lost everything', () => {
  // The numbers of what came after the loss start again from 1, so that only the times say which is
  // newer.
  const old = lapsed({}, { lineage: 4, generation: 9, grants: [now - 6 * anHour] });
  const at = (changedAt: number, more: Partial<AccountRecord> = {}): AccountRecord =>
    signedIn(
      { accessToken: 'access-5', issuedAt: changedAt },
      { changedAt, grants: [changedAt - 1], ...more },
    );
  const fresh = at(now - aMinute);
  const all = [now - 6 * anHour, now - aMinute - 1];
  const above = { lineage: 5, generation: 10 };

  it('keeps the sign-in that came since, under numbers higher than any that a process knows', () => {
    expect(restored(fresh, old)).toEqual({ ...fresh, ...above, grants: all });
  });

  it('keeps the import that came since, which was charged to no budget', () => {
    expect(restored({ ...fresh, grants: [] }, old)).toEqual({
      ...fresh,
      ...above,
      grants: old.grants,
    });
  });

  it('keeps the sign-out that came since', () => {
    const tombstone = signedOut(stranger, now - aMinute);
    const kept = { ...tombstone, ...above, grants: old.grants };
    expect(restored(tombstone, old)).toEqual(kept);
    expect(restored(signedOut(fresh, now), old)).toMatchObject({
      ...above,
      pair: null,
      ended: 'signed_out',
    });
  });

  it('keeps what came since over an older sign-out, and a newer sign-out over what came before it', () => {
    expect(restored(fresh, signedOut(old, now - 2 * aMinute))).toMatchObject({
      lineage: 6,
      generation: 11,
      pair: fresh.pair,
    });
    const newer = signedOut(old, now - 1);
    expect(restored(fresh, newer)).toEqual({ ...newer, grants: all, suspect: true });
  });

  it('gets the old record back if what it has is older, or of the same moment', () => {
    for (const changedAt of [old.changedAt, old.changedAt - 1, 0]) {
      const record = at(changedAt);
      expect(restored(record, old)).toMatchObject({
        lineage: 4,
        generation: 9,
        pair: old.pair,
        suspect: true,
      });
    }
    expect(restored(at(old.changedAt + 1), old)).toMatchObject({
      ...above,
      pair: { accessToken: 'access-5' },
    });
  });

  it('doubts the pair that came since if a grant was charged after it was issued', () => {
    const contested = { ...fresh, grants: [...fresh.grants, now - 1] };
    expect(restored(contested, old)).toMatchObject({ ...above, pair: fresh.pair, suspect: true });
    expect(restored({ ...fresh, grants: [now - aMinute] }, old)).toMatchObject({
      ...above,
      suspect: false,
    });
  });

  it('gets an answer that was under way counted for the old pair alone', () => {
    const mine = claimed(old, 'refresh');
    expect(ended(mine, granted(), fresh)).toEqual({ ...fresh, ...above, grants: all });
    expect(ended(mine, given.refused, fresh)).toMatchObject({
      ...above,
      ended: null,
      conflicts: [],
    });
  });

  it('is never left with lower numbers than a process knows, nor with fewer grants', () => {
    const records = fc
      .tuple(anyRecord(), anyRecord())
      .filter(([older, newer]) => isBehind(older, newer));
    const cases = fc.property(records, ([older, newer]) => {
      const both = restored(older, newer);
      const isNews = older.changedAt > newer.changedAt;
      expect(both.pair).toEqual((isNews ? older : newer).pair);
      expect([isBehind(both, newer), isBehind(both, older)]).toEqual([false, false]);
      expect(both.lineage > newer.lineage).toBe(isNews);
      expect(new Set(both.grants)).toEqual(new Set([...older.grants, ...newer.grants]));
      for (const kind of ['refresh', 'grant'] as const)
        expect(both.blocked[kind] ?? 0).toBe(
          Math.max(older.blocked[kind] ?? 0, newer.blocked[kind] ?? 0),
        );
    });
    fc.assert(cases, { numRuns: 500 });
  });
});

describe('a record', () => {
  it('is behind by its lineage first: a new sign-in may follow many refreshes of the one before', () => {
    const [many, anew] = [
      signedIn({}, { lineage: 2, generation: 9 }),
      signedIn({}, { lineage: 3, generation: 4 }),
    ];
    expect([isBehind(many, anew), isBehind(anew, many), isBehind(many, many)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a grant whose claim was taken over', () => {
  const mine = claimed(signedIn(), 'grant');

  it.each(['refresh', 'probe'] as const)('by a %s writes its pair next to that', (purpose) => {
    const record = taken(mine.record, purpose);
    expect(ended(mine, granted(), record)).toEqual({ ...record, ...committed, lineage: 2 });
  });

  it('by another grant writes its pair next to that, suspect as the claim over it made it', () => {
    const record = taken(mine.record, 'grant');
    expect(ended(mine, granted(), record)).toEqual({
      ...record,
      ...committed,
      lineage: 2,
      suspect: true,
    });
  });
});

describe('a store that went back in time', () => {
  const mine = claimed(
    lapsed({}, { lineage: 3, generation: 7, grants: [now - aMinute], conflicts: [now - 2] }),
    'refresh',
  );
  // Grants that only the older record knows were sent after the store went back, so they may have
  // killed the newer pair.
  const older: Partial<AccountRecord> = {
    grants: [now - anHour, now - aMinute],
    conflicts: [now - 3],
    ended: 'rejected',
    refused: 'old',
  };

  it.each([
    ['generation', { lineage: 3, generation: 6 }],
    ['lineage', { lineage: 2, generation: 9 }],
  ])('to an older %s gets the newer record back, with all that limits grants', (_, place) => {
    const blocked = { refresh: now + aMinute, grant: now + 1 };
    const changedAt = now - 6 * anHour;
    const record = signedIn(
      {},
      { ...older, ...place, changedAt, blocked, claim: claimFor('grant') },
    );
    const all = { grants: [now - anHour, now - aMinute], conflicts: [now - 2], blocked };
    // The refresh went through after that grant, so the pair that it brought is the one that works.
    const proven = {
      ...lapsed({}, { lineage: 3, generation: 8, ...all }),
      pair: mineCommitted,
      changedAt: now,
    };
    expect(ended(mine, granted(), record)).toEqual(proven);
    const soon = { ...record, grants: [now - 2 * rules.lease + 1] };
    expect(ended(mine, granted(), soon)).toMatchObject({ pair: mineCommitted, suspect: true });
    expect(ended(mine, given.notSent, record)).toEqual(
      lapsed({}, { lineage: 3, generation: 7, suspect: true, ...all }),
    );
  });

  it.each([
    [9, 5, 9],
    [5, 9, 9],
    [9, null, 9],
    [null, 9, 9],
    [null, null, null],
  ])('gets the longer block of two: %j and %j', (newer, older, longer) => {
    const until = (refresh: number | null): Partial<AccountRecord> => ({
      blocked: { refresh, grant: null },
    });
    const blocked = claimed(lapsed({}, { lineage: 2, ...until(newer) }), 'refresh');
    expect(ended(blocked, granted(), signedIn({}, until(older)))?.blocked.refresh).toBe(longer);
  });

  it('gets the newer record back without a doubt if no one signed in meanwhile', () => {
    const record = signedIn(
      {},
      { grants: [now - aMinute], lineage: 2, changedAt: now - 6 * anHour },
    );
    expect(ended(mine, granted(), record)).toMatchObject({ lineage: 3, suspect: false });
    expect(restored({ ...record, grants: [] }, mine.record).suspect).toBe(false);
    expect(restored({ ...record, grants: [now - aMinute, now] }, mine.record).suspect).toBe(true);
    // Charged before the newer pair was issued, it may have been under way for longer.
    expect(
      restored(
        signedIn({ issuedAt: now - 7 * anHour }, { grants: [now - 6 * anHour] }),
        mine.record,
      ).suspect,
    ).toBe(true);
  });

  it('gets all grants in their order', () => {
    const known = claimed(lapsed({}, { lineage: 2, grants: [now - 30, now - 10] }), 'refresh');
    expect(
      ended(known, granted(), signedIn({}, { grants: [now - 40, now - 30, now - 5] }))?.grants,
    ).toEqual([40, 30, 10, 5].map((ago) => now - ago));
  });

  it.each(['machine', 'network'])(
    'and has no record at all gets it back where no one clears it on purpose: %s',
    (reach) => {
      expect(ended(mine, granted(), null, reach)).toMatchObject({
        lineage: 3,
        generation: 8,
        pair: mineCommitted,
        claim: null,
      });
      expect(ended(mine, given.notSent, null, reach)).toMatchObject({
        lineage: 3,
        generation: 7,
        claim: null,
      });
    },
  );

  it.each(['process', 'origin'])(
    'and has no record at all stays empty where a person or an exit cleared it: %s',
    (reach) => {
      for (const [, ending] of endings) expect(ended(mine, ending, null, reach)).toBeNull();
    },
  );
});

describe('a store that lost everything while a grant was under way', () => {
  const mine = claimed(signedIn(), 'grant');
  const { lineage, generation } = mine.record;

  it('has given the same numbers twice: what it has now stays, and a pair is suspect', () => {
    const since = now + aSecond;
    const fresh = signedIn(
      { accessToken: 'access-5' },
      { lineage, generation, changedAt: since, grants: [since] },
    );
    expect(ended(mine, granted(), fresh)).toEqual({ ...fresh, suspect: true });
    const tombstone = { ...signedOut(stranger, since), lineage, generation };
    expect(ended(mine, granted(), tombstone)).toBeNull();
    const imported = claimed(signedIn(), 'grant', { imported: 'brought' });
    expect(ended(imported, granted(), fresh)).toEqual({ ...fresh, suspect: true });
  });

  it('is distinguished from one that has what the grant was claimed on, or less', () => {
    for (const changedAt of [mine.record.changedAt, mine.record.changedAt - 1, 0])
      expect(ended(mine, granted(), { ...mine.record, changedAt })?.pair).toEqual(mineCommitted);
  });

  it('does not take a pair that is written late for what came last', () => {
    const refresh = claimed(lapsed(), 'refresh');
    const late =
      reconcile(refresh.record, refresh, granted(), now + 9 * anHour, 'network') ?? stranger;
    expect(late).toMatchObject({ changedAt: now, generation: 2 });
    const signedInSince = signedIn({}, { lineage: 2, generation: 2, changedAt: now + anHour });
    expect(restored(late, signedInSince)).toMatchObject({ lineage: 2, pair: signedInSince.pair });
  });
});

describe('whatever happened meanwhile', () => {
  const purpose = fc.constantFrom<Claim['purpose']>('refresh', 'probe', 'grant');
  const start = fc.constantFrom(
    stranger,
    signedIn(),
    lapsed(),
    lapsed({ unanswered: 1 }),
    lapsed({}, { ended: 'rejected' }),
    signedIn({}, { suspect: true }),
  );
  const moves = fc.array(
    fc.oneof(
      fc.constantFrom(
        (record: AccountRecord) => (record.pair === null ? record : refreshed(record)),
        signedInAnew,
        (record) => signedOut(record, now),
      ),
      purpose.map((each) => (record: AccountRecord) => taken(record, each)),
    ),
  );
  const cases = fc.tuple(
    start,
    purpose,
    moves,
    fc.constantFrom(...endings.map(([, ending]) => ending)),
  );

  it("no one else's claim is touched, numbers never go back, and what is written settles it", () => {
    const property = fc.property(cases, ([before, what, meanwhile, ending]) => {
      const mine = claimed(before, before.pair === null ? 'grant' : what);
      const record = meanwhile.reduce((moved, move) => move(moved), mine.record);
      const next = ended(mine, ending, record);
      if (next === null) return;
      if (record.claim?.id === 'theirs') expect(next.claim).toEqual(record.claim);
      else if (next.claim !== null)
        expect([next.claim.id, ending.type]).toEqual(['mine', 'unknown']);
      expect(next.lineage).toBeGreaterThanOrEqual(record.lineage);
      expect(next.generation).toBeGreaterThanOrEqual(record.generation);
      expect(next.pair?.unanswered ?? 0).toBeGreaterThanOrEqual(0);
      expect(next.changedAt === record.changedAt || next.changedAt === now).toBe(true);
      // The answer to this write may get lost, and then it is made once more.
      expect(ended(mine, ending, next) ?? next).toEqual(next);
      if (record.ended === 'signed_out' && record.lineage > mine.record.lineage)
        expect(next.pair).toBeNull();
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});
