import type { Exchange } from './evidence.ts';
import { type AccountFacts, type Facts, wasPausedPastLease } from './facts.ts';
import type { Print, RecordView } from './history.ts';
import type { Violation } from './violation.ts';

/**
 * What is wrong with how an account's token requests went out, and how often only a pause past the
 * lease made it right.
 */
export interface SendingVerdict {
  readonly violations: readonly Violation[];
  readonly excused: number;
}

export function judgeSending(facts: Facts, account: AccountFacts): SendingVerdict {
  const found = [
    ...overlaps(account),
    ...(facts.evidence.server.keepsTokens ? [] : knowingSends(account)),
  ];
  const unexcused = found.filter(
    ({ isExcusedBy, hidden }) =>
      !isExcusedBy.some(([exchange, to]) => wasHeldUp(facts, account, exchange, to)) &&
      !(hidden && wasHidden(facts, ...hidden)),
  );
  const violations = unexcused.map(({ violation }) => violation);
  return {
    violations: [...violations, ...resends(account), ...codesTwice(account)],
    excused: found.length - unexcused.length,
  };
}

interface Finding {
  readonly violation: Violation;
  /** Any of these senders, if it was paused past the lease between its claim and that time. */
  readonly isExcusedBy: readonly (readonly [sender: Exchange, to: number])[];
  /**
   * A page that was hidden at that time: its timers ring once a minute, so it may give a request up
   * too late.
   */
  readonly hidden?: readonly [sender: Exchange, to: number] | false;
}

function wasHidden({ evidence }: Facts, { worker }: Exchange, to: number): boolean {
  return evidence.faults.some(
    (fault) =>
      fault.type === 'page_hidden' && fault.worker === worker && fault.at < to && fault.until >= to,
  );
}

/** From the moment at which its claim was on its way to the store. */
function wasHeldUp(
  facts: Facts,
  { swaps }: AccountFacts,
  { worker, claim, at }: Exchange,
  to: number,
): boolean {
  const claiming = swaps.find(
    ({ life, next }) => life === worker && claim !== null && next.claim?.id === claim,
  );
  return wasPausedPastLease(facts, worker, claiming?.from ?? at, to);
}

function overlaps({ account, exchanges }: AccountFacts): Finding[] {
  let open: Exchange[] = [];
  return exchanges.flatMap((later) => {
    open = open.filter(({ doneAt }) => (doneAt ?? Number.POSITIVE_INFINITY) > later.at);
    const others = open.filter((earlier) => !isSameRequest(earlier, later));
    open.push(later);
    return others.map((earlier): Finding => {
      const story = `${nameOf(later)} was sent while ${nameOf(earlier)} was under way`;
      const violation: Violation = { rule: 'oneAtATime', account, at: later.at, story };
      // The pair that the later one brings is marked as one that may be dead.
      const hidden = earlier.worker !== later.worker && ([earlier, later.at] as const);
      return {
        violation,
        isExcusedBy: [[earlier, later.at] as const, [later, later.at] as const],
        hidden,
      };
    });
  });
}

function knowingSends({ account, exchanges, sights, answers }: AccountFacts): Finding[] {
  const inRecord = knownFrom(sights);
  const inAnswer = answeredAt(exchanges, answers);
  return exchanges.flatMap((exchange, index) => {
    const { token, worker, at, grant } = exchange;
    if (token === null || grant !== 'refresh_token') return [];
    const known = Math.min(
      inRecord(token),
      inAnswer.get(`${worker} ${token}`) ?? Number.POSITIVE_INFINITY,
    );
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

/** When a process first got a verdict on a token that it sent. */
function answeredAt(
  exchanges: AccountFacts['exchanges'],
  answers: AccountFacts['answers'],
): Map<string, number> {
  const requests = new Map(
    exchanges.map(({ worker, request, token }) => [`${worker} ${request}`, token]),
  );
  const first = new Map<string, number>();
  for (const { life, request, status, at } of answers) {
    const token = requests.get(`${life} ${request}`);
    if (token == null || !isVerdict(status) || first.has(`${life} ${token}`)) continue;
    first.set(`${life} ${token}`, at);
  }
  return first;
}

const isVerdict = (status: number): boolean => status === 200 || status === 403;

/**
 * When the first record was seen that is past a token: it has another one of a later generation, or
 * says that this one is dead.
 */
function knownFrom(sights: AccountFacts['sights']): (token: Print) => number {
  const lowest = new Map<Print, number>();
  const seen = sights
    .flatMap(({ record, at }) => (record === null ? [] : [{ record, at }]))
    .sort((a, b) => a.at - b.at);
  for (const { refresh, generation } of seen.map(({ record }) => record))
    if (refresh !== null)
      lowest.set(refresh, Math.min(generation, lowest.get(refresh) ?? Number.POSITIVE_INFINITY));
  const steps = seen.filter(isNews());
  return (token) => {
    const generation = lowest.get(token) ?? Number.POSITIVE_INFINITY;
    const isPast = ({ record }: { record: RecordView }): boolean =>
      record.refresh === token ? record.ended !== null : record.generation > generation;
    return steps.find(isPast)?.at ?? Number.POSITIVE_INFINITY;
  };
}

/**
 * Of records that say the same about tokens, and that were seen one after the other, the first
 * tells all.
 */
function isNews(): (sight: { readonly record: RecordView }) => boolean {
  let last: RecordView | null = null;
  return ({ record }) => {
    const isSame =
      last?.refresh === record.refresh &&
      last.generation === record.generation &&
      last.ended === record.ended;
    last = record;
    return !isSame;
  };
}

/** Of one process: a code that two processes are given both may send. */
function codesTwice({ account, exchanges }: AccountFacts): Violation[] {
  const sent = new Set<string>();
  return exchanges.flatMap((exchange) => {
    if (exchange.grant !== 'authorization_code' || exchange.status === null) return [];
    const key = `${exchange.worker} ${exchange.token}`;
    if (!sent.has(key)) {
      sent.add(key);
      return [];
    }
    const story = `${nameOf(exchange)} carried a code that this process had sent before`;
    return [{ rule: 'codeOnce', account, at: exchange.at, story } as const];
  });
}

function resends({ account, exchanges }: AccountFacts): Violation[] {
  const seen = new Set<string>();
  return exchanges.flatMap((exchange) => {
    const key = `${exchange.worker} ${exchange.request}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const story = `${nameOf(exchange)} came by once more, by no wish of its program`;
    return [{ rule: 'sentOnce', account, at: exchange.at, story } as const];
  });
}

export function isSameRequest(a: Exchange, b: Exchange): boolean {
  return a.worker === b.worker && a.account === b.account && a.request === b.request;
}

function nameOf({ worker, request }: Exchange): string {
  return `request ${request} of ${worker}`;
}
