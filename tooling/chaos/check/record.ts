import type { RecordView } from '../history.ts';
import type { AccountFacts, Facts, Sight } from './facts.ts';
import type { Violation } from './violation.ts';

/** What is wrong with how an account's record changed. */
export function judgeRecord(facts: Facts, account: AccountFacts): Violation[] {
  return [...forks(account), ...stepsBack(account), ...droppedPairs(facts, account), ...silentLoss(facts, account)];
}

/** A compare-and-swap register is a chain: what two swaps replaced, one of them replaced wrongly. */
function forks({ account, swaps }: AccountFacts): Violation[] {
  const replacedBy = new Map<string | null, string>();
  return swaps.flatMap(({ life, from, expected, next, ok }) => {
    const other = replacedBy.get(expected) ?? next.version;
    if (ok === true) replacedBy.set(expected, other);
    if (ok !== true || other === next.version) return [];
    return [
      { rule: 'oneWriter', account, at: from, story: `${life} replaced version ${expected}, which had been replaced already` } as const,
    ];
  });
}

/** Who begins to look after somebody else has seen a record must not see an older one. */
function stepsBack({ account, sights }: AccountFacts): Violation[] {
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
    return isBehind(sight, newest) ? [{ rule: 'neverBack', account, at: sight.at, story: storyOf(sight, newest) } as const] : [];
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

/** Only of processes that ended well: who was killed had no time. Who was told that its pair came too late was told. */
function droppedPairs({ evidence }: Facts, { account, answers, sights, swaps, events }: AccountFacts): Violation[] {
  const closed = new Set(evidence.lives.filter(({ ending }) => ending === 'closed').map(({ name }) => name));
  const written = new Set(
    sights.map(({ record }) => record?.refresh).concat(swaps.map(({ ok, next }) => (ok === false ? null : next.refresh))),
  );
  return answers.flatMap(({ life, at, status, refresh, request }) => {
    if (status !== 200 || refresh === null || !closed.has(life) || written.has(refresh)) return [];
    const isTold = events.some((each) => each.life === life && each.at >= at && each.event === 'superseded');
    const story = `the pair that request ${request} brought ${life} is in no record, and nobody was told`;
    return isTold ? [] : [{ rule: 'noPairDropped', account, at, story } as const];
  });
}

/** At the end, and whenever somebody looked at both. What was taken from outside no record can know. */
function silentLoss({ evidence }: Facts, { account }: AccountFacts): Violation[] {
  const { looks = [], records, server, terms } = evidence;
  const last = { at: terms.to, account, record: records[account] ?? null, live: server.live[account] ?? null };
  const isForeign = server.foreign?.includes(account) ?? false;
  const all = [...looks.filter((look) => look.account === account), ...(isForeign ? [] : [last])];
  return all.flatMap(({ at, record, live }) => {
    if (isMarked(record) || (record?.refresh ?? null) === live) return [];
    const story = `the record has ${record?.refresh ?? 'no pair'} and says nothing against it; the server takes ${live ?? 'none'}`;
    return [{ rule: 'noSilentLoss', account, at, story } as const];
  });
}

function isMarked(record: RecordView | null): boolean {
  return record !== null && (record.unanswered > 0 || record.suspect || record.ended !== null || record.claim !== null);
}
