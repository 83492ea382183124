import { type Attempt, type Ending, isUnknownOver } from '../../src/machine.ts';
import type { AccountRecord } from '../../src/record.ts';
import { library, type Machine } from './setting.ts';

/*
 * The library's rules, each with one thing taken away by changing what goes into it or what comes
 * out.
 */

type Reconcile = Machine['reconcile'];

const isRefresh = ({ claim }: Attempt): boolean => claim.purpose !== 'grant';

/** What goes into reconcile is changed. */
const given =
  (
    change: (
      record: AccountRecord,
      mine: Attempt,
      ending: Ending,
    ) => { record?: AccountRecord; mine?: Attempt },
  ): Reconcile =>
  (record, mine, ending, now, reach) => {
    const changed = record === null ? {} : change(record, mine, ending);
    return library.reconcile(changed.record ?? record, changed.mine ?? mine, ending, now, reach);
  };

/** What comes out of it is changed. */
const giving =
  (
    change: (
      next: AccountRecord,
      record: AccountRecord,
      mine: Attempt,
      ending: Ending,
    ) => AccountRecord,
  ): Reconcile =>
  (record, mine, ending, now, reach) => {
    const next = library.reconcile(record, mine, ending, now, reach);
    return next === null || record === null ? next : change(next, record, mine, ending);
  };

/** The attempt as if the record had stayed where it was. */
function atHome(record: AccountRecord, mine: Attempt): Attempt {
  const { lineage, generation, pair } = record;
  return {
    ...mine,
    refreshToken: pair?.refreshToken ?? null,
    record: { ...mine.record, lineage, generation },
  };
}

export const withoutGeneration: Reconcile = given((record, mine, ending) =>
  ending.type === 'granted' && isRefresh(mine) ? { mine: atHome(record, mine) } : {},
);

export const withoutAdopting: Reconcile = given((record, mine, ending) =>
  ending.type === 'refused' && isRefresh(mine) ? { mine: atHome(record, mine) } : {},
);

/** A grant's pair is given up wherever the generation has moved. */
export const withoutLineage: Reconcile = given((record, mine, ending) => {
  const moved =
    ending.type === 'granted' && !isRefresh(mine) && record.generation !== mine.record.generation;
  return moved ? { mine: { ...mine, record: { ...mine.record, lineage: -1 } } } : {};
});

/** A refresh removes whatever claim stands. */
export const overwritingGrants: Reconcile = giving((next, record, mine, ending) =>
  ending.type === 'granted' && isRefresh(mine) && record.claim?.purpose === 'grant'
    ? { ...next, claim: null }
    : next,
);

/** A refresh that went well takes a doubt back although a grant may still be under way. */
export const trustingSoon: Reconcile = giving((next, record, mine, ending) => {
  const trusts =
    ending.type === 'granted' &&
    isRefresh(mine) &&
    record.suspect &&
    record.claim?.id === mine.claim.id;
  return trusts ? { ...next, suspect: false } : next;
});

/** A refresh met a probe only if the probe's claim still stands. */
export const overlookingProbes: Reconcile = giving((next, record, mine, ending) => {
  const wasSure =
    ending.type === 'granted' && isRefresh(mine) && !record.suspect && record.ended === null;
  return wasSure ? { ...next, suspect: next.claim?.purpose === 'probe' } : next;
});

/**
 * A grant's pair is written as if what it knows of other grants, or what the record does, were all
 * there is.
 */
const trustingNumbers = (whose: 'record' | 'mine'): Reconcile =>
  given((record, mine, ending) => {
    if (ending.type !== 'granted' || isRefresh(mine)) return {};
    const grants = [...new Set([...record.grants, ...mine.record.grants])];
    return whose === 'mine'
      ? { mine: { ...mine, record: { ...mine.record, grants } } }
      : { record: { ...record, grants } };
  });

export const overlookingGrants: Reconcile = trustingNumbers('mine');
export const overlookingOwnCharge: Reconcile = trustingNumbers('record');

/** A record that goes back into a store takes no notice of what was granted there meanwhile. */
export const restoringSurely: Machine['restored'] = (older, newer) => ({
  ...library.restored(older, newer),
  suspect: newer.suspect,
});

export const forgettingUnanswered: Reconcile = giving((next, _record, _mine, ending) =>
  ending.type === 'withdrawn' && next.pair !== null
    ? { ...next, pair: { ...next.pair, unanswered: 0 } }
    : next,
);

/** A claim is taken back as often as that is written. */
export const undoingTwice: Reconcile = (record, mine, ending, now, reach) => {
  const isUndone =
    ending.type === 'withdrawn' &&
    isRefresh(mine) &&
    record !== null &&
    record.claim === null &&
    record.pair !== null;
  if (!isUndone || record.pair.unanswered === 0)
    return library.reconcile(record, mine, ending, now, reach);
  return { ...record, pair: { ...record.pair, unanswered: record.pair.unanswered - 1 } };
};

export const refusingTwice: Reconcile = given((record, _mine, ending) =>
  ending.type === 'refused' ? { record: { ...record, ended: null } } : {},
);

export const forgettingRefusals: Reconcile = giving((next, _record, mine, ending) =>
  ending.type === 'refused' && isRefresh(mine) && next.pair !== null
    ? { ...next, ended: null, pair: { ...next.pair, unanswered: 1 } }
    : next,
);

/** A grant is charged with its outcome. */
export const chargingLate: Reconcile = giving((next, _record, mine, ending) => {
  const counts =
    ending.type === 'granted' || ending.type === 'refused' || ending.type === 'unknown';
  return mine.charged && counts ? { ...next, grants: [...next.grants, mine.claim.at] } : next;
});

/** The record that a claim writes keeps something of the record that was there. */
export const keeping =
  (kept: (record: AccountRecord) => Partial<AccountRecord>): Machine['attempt'] =>
  (record, request, now) => {
    const mine = library.attempt(record, request, now);
    return { ...mine, record: { ...mine.record, ...kept(record) } };
  };

export const joiningAlways: Machine['decide'] = (record, question) =>
  record.claim === null
    ? library.decide(record, question)
    : { type: 'join', until: record.claim.until };

export const overTombstones: Machine['decide'] = (record, question) =>
  library.decide(record.ended === 'signed_out' ? { ...record, ended: null } : record, question);

/** A server that sends no new refresh token is taken to have sent none that can be used. */
export const forgettingOldToken: Reconcile = giving((next, _record, _mine, ending) =>
  ending.type === 'granted' && ending.tokens.refreshToken === null && next.pair !== null
    ? { ...next, pair: { ...next.pair, refreshToken: null } }
    : next,
);

/** A probe is as good as a refresh, whatever may still be on its way. */
export const trustingProbes: Reconcile = given((_record, mine, ending) => {
  const { pair } = mine.record;
  if (ending.type !== 'granted' || mine.claim.purpose !== 'probe' || pair === null) return {};
  const failing = { since: 0, count: pair.unanswered };
  return { mine: { ...mine, record: { ...mine.record, pair: { ...pair, failing } } } };
});

/** A verdict is left to the probe that another process is about to make. */
export const leavingVerdicts: Reconcile = (record, mine, ending, now, reach) => {
  const isLeft =
    ending.type === 'refused' &&
    isRefresh(mine) &&
    record?.claim != null &&
    record.claim.id !== mine.claim.id;
  return isLeft && record.claim?.purpose !== 'grant'
    ? null
    : library.reconcile(record, mine, ending, now, reach);
};

/** What a store has after it lost everything is judged by its numbers. */
export const restoringByNumbers: Machine['restored'] = (older, newer) =>
  library.restored({ ...older, changedAt: 0 }, newer);

/**
 * The numbers on which a grant was claimed are taken for the same although a store gave them twice.
 */
export const trustingEqualNumbers: Reconcile = given((record, mine) =>
  record.generation === mine.record.generation
    ? { record: { ...record, changedAt: mine.record.changedAt } }
    : {},
);

/** A pair that is written late counts as new. */
export const datingByWrite: Reconcile = (record, mine, ending, now, reach) => {
  const next = library.reconcile(record, mine, ending, now, reach);
  return next?.changedAt === mine.claim.at ? { ...next, changedAt: now } : next;
};

/** What was charged before a clock went back is dropped. */
export const forgettingFuture: Machine['read'] = (record, now) => {
  const read = library.read(record, now);
  return { ...read, grants: read.grants.filter((at) => at <= now + 140_000) };
};

/** Once "unknown" is over, a program signs in as often as it likes. */
export const insistingOnGrants: Machine['decide'] = (record, question) => {
  const isOver = isUnknownOver(record, question.now, question.rules);
  return library.decide(isOver ? { ...record, grants: [], claim: null } : record, question);
};

/** A pair is not doubted because a grant brought another one, which is given up. */
export const trustingTheOther: Reconcile = giving((next, record, mine, ending) => {
  const isGivenUp =
    ending.type === 'granted' &&
    !isRefresh(mine) &&
    next.pair?.accessToken !== ending.tokens.accessToken;
  return isGivenUp ? { ...next, suspect: record.suspect } : next;
});
