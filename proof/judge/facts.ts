import type { Evidence, Exchange, Fault } from './evidence.ts';
import type { Answered, FailedCall, Line, RecordView } from './history.ts';

/** The evidence, sorted by what it is about. */
export interface Facts {
  readonly evidence: Evidence;
  readonly accounts: readonly AccountFacts[];
  /** The pauses of each life. */
  readonly pauses: ReadonlyMap<string, readonly Fault[]>;
  /** How long the claims of each life last. */
  readonly leases: ReadonlyMap<string, number>;
}

export interface AccountFacts {
  readonly account: string;
  readonly exchanges: readonly Exchange[];
  readonly swaps: readonly SwapFact[];
  readonly sights: readonly Sight[];
  readonly calls: readonly CallFact[];
  readonly answers: readonly (Timed<Answered> & { readonly life: string })[];
  readonly events: readonly {
    readonly life: string;
    readonly at: number;
    readonly event: string;
  }[];
}

type Timed<T> = T & { readonly at: number };

export interface SwapFact {
  readonly life: string;
  readonly from: number;
  readonly expected: string | null;
  readonly next: RecordView;
  /** `null`: nobody knows. */
  readonly ok: boolean | null;
}

/**
 * Somebody saw a record: it stood at some moment between `from` and `at`, unless a store that lags
 * said so.
 */
export interface Sight {
  readonly life: string;
  readonly from: number;
  readonly at: number;
  readonly record: RecordView | null;
}

/** A caller asked for a token at `from`; `at` is `null` if it never heard. */
export interface CallFact {
  readonly life: string;
  readonly from: number;
  readonly at: number | null;
  readonly token: string | null;
  readonly failure: Pick<FailedCall, 'code' | 'needsGrant' | 'retryAt'> | null;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Building = {
  [Name in keyof Omit<AccountFacts, 'account'>]: Mutable<AccountFacts[Name][number]>[];
} & { readonly account: string };

export function gatherFacts(evidence: Evidence): Facts {
  const byAccount = new Map<string, Building>();
  const of = (account: string): Building => {
    const found = byAccount.get(account) ?? {
      account,
      exchanges: [],
      swaps: [],
      sights: [],
      calls: [],
      answers: [],
      events: [],
    };
    byAccount.set(account, found);
    return found;
  };
  for (const account of Object.keys(evidence.records)) of(account);
  for (const exchange of evidence.exchanges) of(exchange.account).exchanges.push(exchange);
  for (const { name, lines } of evidence.lives) readLife(name, lines, of);
  const leases = new Map(
    evidence.lives.map(({ name, lease }) => [name, lease ?? evidence.terms.lease]),
  );
  return { evidence, accounts: [...byAccount.values()], pauses: pausesIn(evidence.faults), leases };
}

/** What begins and what ends in one life belong together by account and number. */
function readLife(life: string, lines: readonly Line[], of: (account: string) => Building): void {
  const calls = new Map<string, Mutable<CallFact>>();
  const swaps = new Map<string, Mutable<SwapFact>>();
  for (const line of lines) {
    if (!('account' in line)) continue;
    const facts = of(line.account);
    if (line.type === 'asked') {
      const call = { life, from: line.at, at: null, token: null, failure: null };
      calls.set(`${line.account} ${line.call}`, call);
      facts.calls.push(call);
    } else if (line.type === 'got' || line.type === 'failed') {
      const call = calls.get(`${line.account} ${line.call}`);
      if (call !== undefined)
        Object.assign(
          call,
          { at: line.at },
          line.type === 'got' ? { token: line.token } : { failure: line },
        );
    } else if (line.type === 'swapping') {
      const swap = { life, from: line.at, expected: line.expected, next: line.next, ok: null };
      swaps.set(`${line.account} ${line.swap}`, swap);
      facts.swaps.push(swap);
    } else if (line.type === 'swapped') {
      const swap = swaps.get(`${line.account} ${line.swap}`);
      if (swap === undefined) continue;
      swap.ok = line.ok;
      facts.sights.push({
        life,
        from: swap.from,
        at: line.at,
        record: line.ok ? swap.next : line.record,
      });
    } else if (line.type === 'read')
      facts.sights.push({ life, from: line.from, at: line.at, record: line.record });
    else if (line.type === 'answered') facts.answers.push({ ...line, life });
    else if (line.type === 'event') facts.events.push({ life, at: line.at, event: line.event });
  }
}

function pausesIn(faults: readonly Fault[]): Map<string, Fault[]> {
  const pauses = new Map<string, Fault[]>();
  for (const fault of faults) {
    if (!fault.type.startsWith('pause_') || fault.worker === null) continue;
    pauses.set(fault.worker, [...(pauses.get(fault.worker) ?? []), fault]);
  }
  return pauses;
}

/** Whether a life was stopped for longer than a lease, and not all of that outside these times. */
export function wasPausedPastLease(
  { evidence, pauses, leases }: Facts,
  life: string,
  from: number,
  to: number,
): boolean {
  const lease = leases.get(life) ?? evidence.terms.lease;
  const isLong = ({ at, until }: Fault): boolean => until - at >= lease;
  return (pauses.get(life) ?? []).some(
    (pause) => isLong(pause) && pause.at <= to && pause.until >= from,
  );
}
