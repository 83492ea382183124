import type { FaultType } from './evidence.ts';
import { type AccountFacts, type Facts, type Sight, wasPausedPastLease } from './facts.ts';
import type { Print, RecordView } from './history.ts';
import type { Violation } from './violation.ts';

/** What is wrong with how an account's record changed. */
export function judgeRecord(facts: Facts, account: AccountFacts): Violation[] {
  return [
    ...forks(account),
    ...stepsBack(facts, account),
    ...droppedPairs(facts, account),
    ...latePairs(facts, account),
    ...savedOnes(account),
    ...silentLoss(facts, account),
  ];
}

/**
 * A compare-and-swap register is a chain: what two swaps replaced, one of them replaced wrongly.
 */
function forks({ account, swaps }: AccountFacts): Violation[] {
  const replacedBy = new Map<string | null, string>();
  return swaps.flatMap(({ life, from, expected, next, ok }) => {
    const other = replacedBy.get(expected) ?? next.version;
    if (ok === true) replacedBy.set(expected, other);
    if (ok !== true || other === next.version) return [];
    return [
      {
        rule: 'oneWriter',
        account,
        at: from,
        story: `${life} replaced version ${expected}, which had been replaced already`,
      } as const,
    ];
  });
}

/** What a store says for as long as these strike may be old, or wrong. */
const liars: readonly FaultType[] = ['store_lags', 'store_nonsense', 'store_field_lost'];

/** Who begins to look after somebody else has seen a record must not see an older one. */
function stepsBack({ evidence }: Facts, { account, sights: all }: AccountFacts): Violation[] {
  if (evidence.terms.readsLag) return [];
  const lies = evidence.faults.filter(({ type }) => liars.includes(type));
  const isLie = ({ life, from, at }: Sight): boolean =>
    lies.some(
      (lie) => (lie.worker === null || lie.worker === life) && lie.at <= at && lie.until >= from,
    );
  const sights = lies.length === 0 ? all : all.filter((sight) => !isLie(sight));
  const byEnd = [...sights].sort((a, b) => a.at - b.at);
  const byStart = [...sights].sort((a, b) => a.from - b.from);
  const newest = { lineage: 0, generation: 0 };
  let seen = 0;
  return byStart.flatMap((sight) => {
    for (let next = byEnd[seen]; next !== undefined && next.at < sight.from; next = byEnd[seen]) {
      newest.lineage = Math.max(newest.lineage, next.record?.lineage ?? 0);
      newest.generation = Math.max(newest.generation, next.record?.generation ?? 0);
      seen += 1;
    }
    return isBehind(sight, newest)
      ? [{ rule: 'neverBack', account, at: sight.at, story: storyOf(sight, newest) } as const]
      : [];
  });
}

interface Numbers {
  readonly lineage: number;
  readonly generation: number;
}

const numbersOf = ({ record }: Sight): Numbers => record ?? { lineage: 0, generation: 0 };

function isBehind(sight: Sight, newest: Numbers): boolean {
  const { lineage, generation } = numbersOf(sight);
  return lineage < newest.lineage || generation < newest.generation;
}

function storyOf(sight: Sight, newest: Numbers): string {
  const { lineage, generation } = numbersOf(sight);
  return `the record stood at ${lineage}/${generation} after it had been at ${newest.lineage}/${newest.generation}`;
}

/**
 * Only of processes that ended well: who was killed had no time. Who was told that its pair came
 * too late was told.
 */
function droppedPairs(
  { evidence }: Facts,
  { account, answers, sights, swaps, events }: AccountFacts,
): Violation[] {
  const closed = new Set(
    evidence.lives.filter(({ ending }) => ending === 'closed').map(({ name }) => name),
  );
  const written = new Set(
    sights
      .map(({ record }) => record?.refresh)
      .concat(swaps.map(({ ok, next }) => (ok === false ? null : next.refresh))),
  );
  return answers.flatMap(({ life, at, status, refresh, request }) => {
    if (status !== 200 || refresh === null || !closed.has(life) || written.has(refresh)) return [];
    const isTold = events.some(
      (each) => each.life === life && each.at >= at && ends.includes(each.event),
    );
    const story = `the pair that request ${request} brought ${life} is in no record, and nobody was told`;
    return isTold ? [] : [{ rule: 'noPairDropped', account, at, story } as const];
  });
}

/** What is told of a pair that is not kept. */
const ends = ['superseded', 'lost'];

/** What a claim must have left for the pair to be written down. */
const timeToCommit = 8_000;

/**
 * An answer that came while the claim of its process kept all others away: nothing was lost yet,
 * however long it took. Only of processes that ran on, and whose store could be reached.
 */
function latePairs(
  facts: Facts,
  { account, exchanges, swaps, sights, events }: AccountFacts,
): Violation[] {
  const { evidence, leases } = facts;
  const endings = new Map(evidence.lives.map(({ name, endedAt }) => [name, endedAt]));
  const written = new Set(sights.map(({ record }) => record?.refresh));
  for (const { ok, next } of swaps) if (ok !== false) written.add(next.refresh);
  return exchanges.flatMap(({ worker, request, claim, status, refresh, offeredAt, at }) => {
    if (status !== 200 || refresh === null || offeredAt == null || written.has(refresh)) return [];
    const claiming = swaps.find(
      ({ life, next }) => life === worker && claim !== null && next.claim?.id === claim,
    );
    const lease = leases.get(worker) ?? 0;
    if (claiming === undefined || offeredAt - claiming.from > lease - timeToCommit) return [];
    const until = claiming.from + lease;
    const isStruck = evidence.faults.some(
      (fault) =>
        fault.at <= until &&
        fault.until >= at &&
        (fault.worker === worker || concernsStore.includes(fault.type)),
    );
    if (
      isStruck ||
      (endings.get(worker) ?? 0) < until ||
      wasPausedPastLease(facts, worker, at, until)
    )
      return [];
    const isTold = events.some(
      (each) => each.life === worker && each.at >= offeredAt && ends.includes(each.event),
    );
    const story = `the pair that request ${request} brought ${worker} after ${offeredAt - at} ms is in no record`;
    return isTold ? [] : [{ rule: 'lateIsKept', account, at: offeredAt, story } as const];
  });
}

const concernsStore: readonly FaultType[] = [
  'store_down',
  'store_field_lost',
  'store_clock_back',
  'store_clock_leap',
];

/** Who says that a pair is saved has one in the record that it was given. */
function savedOnes({ account, events, answers, sights, swaps }: AccountFacts): Violation[] {
  const saved = events.filter(({ event }) => event === 'saved');
  if (saved.length === 0) return [];
  const written = new Set(sights.map(({ record }) => record?.refresh));
  for (const { ok, next } of swaps) if (ok !== false) written.add(next.refresh);
  return saved.flatMap(({ life, at }) => {
    const brought = answers.filter(
      (each) => each.life === life && each.at <= at && each.status === 200,
    );
    const last = brought.at(-1)?.refresh;
    // A server that does not rotate sends no refresh token, so there is none to look for.
    if (last == null || written.has(last)) return [];
    const story = `${life} said that its pair ${last} is saved, and it is in no record`;
    return [{ rule: 'savedIsSaved', account, at, story } as const];
  });
}

/**
 * At the end, and whenever somebody looked at both. What was taken from outside no record can know.
 */
function silentLoss({ evidence }: Facts, { account }: AccountFacts): Violation[] {
  const { looks = [], records, server, terms } = evidence;
  const last = {
    at: terms.to,
    account,
    record: records[account] ?? null,
    live: server.live[account] ?? null,
  };
  const isForeign = server.foreign?.includes(account) ?? false;
  const all = [...looks.filter((look) => look.account === account), ...(isForeign ? [] : [last])];
  return all.flatMap(({ at, record, live }) => {
    if (!isSilentLoss(record, live)) return [];
    const story = `the record has ${record?.refresh ?? 'no pair'} and says nothing against it; the server takes ${live ?? 'none'}`;
    return [{ rule: 'noSilentLoss', account, at, story } as const];
  });
}

/** The record has a pair that does not work, or none, and says nothing against it. */
export function isSilentLoss(record: RecordView | null, live: Print | null): boolean {
  return !isMarked(record) && (record?.refresh ?? null) !== live;
}

function isMarked(record: RecordView | null): boolean {
  return (
    record !== null &&
    (record.unanswered > 0 || record.suspect || record.ended !== null || record.claim !== null)
  );
}
