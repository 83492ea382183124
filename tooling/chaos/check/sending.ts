import type { Exchange } from '../evidence.ts';
import type { Print, RecordView } from '../history.ts';
import { type AccountFacts, type Facts, wasPausedPastLease } from './facts.ts';
import type { Violation } from './violation.ts';

/** What is wrong with how an account's token requests went out, and how often only a pause past the lease made it right. */
export interface SendingVerdict {
  readonly violations: readonly Violation[];
  readonly excused: number;
}

export function judgeSending(facts: Facts, account: AccountFacts): SendingVerdict {
  const found = [...overlaps(account), ...knowingSends(account)];
  const unexcused = found.filter(({ isExcusedBy }) => !isExcusedBy.some(([exchange, to]) => wasHeldUp(facts, account, exchange, to)));
  const violations = unexcused.map(({ violation }) => violation);
  return { violations: [...violations, ...resends(account)], excused: found.length - unexcused.length };
}

interface Finding {
  readonly violation: Violation;
  /** Any of these senders, if it was paused past the lease between its claim and that time. */
  readonly isExcusedBy: readonly (readonly [sender: Exchange, to: number])[];
}

/** From the moment at which its claim was on its way to the store. */
function wasHeldUp(facts: Facts, { swaps }: AccountFacts, { worker, claim, at }: Exchange, to: number): boolean {
  const claiming = swaps.find(({ life, next }) => life === worker && claim !== null && next.claim?.id === claim);
  return wasPausedPastLease(facts, worker, claiming?.from ?? at, to);
}

function overlaps({ account, exchanges }: AccountFacts): Finding[] {
  return exchanges.flatMap((later, index) =>
    exchanges.slice(0, index).flatMap((earlier) => {
      if ((earlier.doneAt ?? Number.POSITIVE_INFINITY) <= later.at || isSameRequest(earlier, later)) return [];
      const story = `${nameOf(later)} was sent while ${nameOf(earlier)} was under way`;
      const violation: Violation = { rule: 'oneAtATime', account, at: later.at, story };
      return [{ violation, isExcusedBy: [[earlier, later.at] as const, [later, later.at] as const] }];
    }),
  );
}

function knowingSends({ account, exchanges, sights, answers }: AccountFacts): Finding[] {
  return exchanges.flatMap((exchange, index) => {
    const { token, worker, at } = exchange;
    if (token === null) return [];
    const inRecord = knownFrom(token, sights);
    const requests = exchanges.filter((each) => each.token === token && each.worker === worker).map(({ request }) => request);
    const answer = answers.find(({ life, request, status }) => life === worker && requests.includes(request) && isVerdict(status));
    const known = Math.min(inRecord, answer?.at ?? Number.POSITIVE_INFINITY);
    if (at <= known) return [];
    const story = `${nameOf(exchange)} carried ${token} ${at - known} ms after its outcome was known`;
    const before = exchanges.slice(0, index).filter((each) => each.token === token);
    return [
      {
        violation: { rule: 'neverKnowingly', account, at, story } as const,
        isExcusedBy: [exchange, ...before].map((each) => [each, at] as const),
      },
    ];
  });
}

const isVerdict = (status: number): boolean => status === 200 || status === 403;

/** When the first record was seen that is past this token: it has another one of a later generation, or says that this one is dead. */
function knownFrom(token: Print, sights: AccountFacts['sights']): number {
  const generations = sights.flatMap(({ record }) => (record?.refresh === token ? [record.generation] : []));
  const generation = Math.min(...generations);
  const isPast = (record: RecordView | null): boolean =>
    record !== null && (record.refresh === token ? record.ended !== null : record.generation > generation);
  return sights.reduce((first, { at, record }) => (at < first && isPast(record) ? at : first), Number.POSITIVE_INFINITY);
}

function resends({ account, exchanges }: AccountFacts): Violation[] {
  return exchanges.flatMap((later, index) =>
    exchanges.slice(0, index).some((earlier) => isSameRequest(earlier, later))
      ? [{ rule: 'sentOnce', account, at: later.at, story: `${nameOf(later)} came by once more, by no wish of its program` } as const]
      : [],
  );
}

export function isSameRequest(a: Exchange, b: Exchange): boolean {
  return a.worker === b.worker && a.account === b.account && a.request === b.request;
}

function nameOf({ worker, request }: Exchange): string {
  return `request ${request} of ${worker}`;
}
