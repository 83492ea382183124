import type { Evidence, FaultType } from './evidence.ts';
import { type CallFact, type Facts, gatherFacts } from './facts.ts';

/** What a run was like, in numbers. Times in milliseconds. */
export interface Figures {
  readonly refreshes: number;
  readonly faults: Readonly<Partial<Record<FaultType, number>>>;
  /** Answers that the server gave, or Redis, and that nobody got. */
  readonly lostReplies: { readonly http: number; readonly store: number };
  /** A refresh token that was sent once more: its outcome was unknown, so it had to be. */
  readonly probes: number;
  readonly resends: number;
  readonly grants: {
    readonly sent: number;
    readonly mostPerAccount: number;
    readonly mostPerWindow: number;
  };
  readonly calls: number;
  readonly longestWait: number;
  /** Of the time for which processes ran and wanted a token for an account. */
  readonly usableShare: number;
  readonly accountsAtEnd: { readonly usable: number; readonly all: number };
}

export function figuresOf(evidence: Evidence): Figures {
  const facts = gatherFacts(evidence);
  const { exchanges, faults, server } = evidence;
  const sent = repeated(
    exchanges.filter(({ token }) => token !== null),
    ({ token }) => token,
  );
  const resent = repeated(
    exchanges,
    ({ worker, account, request }) => `${worker} ${account} ${request}`,
  ).filter((each) => sent.includes(each));
  const calls = facts.accounts.flatMap((account) => account.calls);
  return {
    refreshes: server.requests.filter(({ grant, granted }) => grant === 'refresh_token' && granted)
      .length,
    faults: countBy(faults.map(({ type }) => type)),
    lostReplies: {
      http: exchanges.filter(({ fate }) => fate === 'lost' || fate === 'cut').length,
      store: faults.filter(
        ({ type }) => type === 'store_answer_lost' || type === 'store_answer_cut',
      ).length,
    },
    probes: sent.length - resent.length,
    resends: resent.length,
    grants: grantFigures(evidence),
    calls: calls.length,
    longestWait: longestWait(facts),
    usableShare: usableShare(facts),
    accountsAtEnd: { usable: usableAtEnd(facts), all: facts.accounts.length },
  };
}

/** Those whose like came by before. */
function repeated<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): Item[] {
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const key = keyOf(item);
    return seen.has(key) || !seen.add(key);
  });
}

function countBy<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}

function grantFigures({ server, terms }: Evidence): Figures['grants'] {
  const grants = server.requests.filter(({ grant }) => grant === 'password');
  const byAccount = [...groupBy(grants, ({ account }) => account).values()];
  const inWindow = (times: readonly number[]): number[] =>
    times.map(
      (end, index) =>
        times.slice(0, index + 1).filter((at) => at > end - terms.grantLimit.window).length,
    );
  return {
    sent: grants.length,
    mostPerAccount: Math.max(0, ...byAccount.map((each) => each.length)),
    mostPerWindow: Math.max(0, ...byAccount.flatMap((each) => inWindow(each.map(({ at }) => at)))),
  };
}

/** Without the time for which a process was stopped: it did not wait then. */
function longestWait(facts: Facts): number {
  const waits = facts.accounts.flatMap(({ calls }) =>
    calls.map((call) =>
      call.at === null
        ? 0
        : call.at - call.from - pausedWithin(facts, call.life, call.from, call.at),
    ),
  );
  return waits.reduce((longest, wait) => Math.max(longest, wait), 0);
}

function pausedWithin({ pauses }: Facts, life: string, from: number, to: number): number {
  const shares = (pauses.get(life) ?? []).map(
    (pause) => Math.min(pause.until, to) - Math.max(pause.at, from),
  );
  return shares.reduce((sum, share) => sum + Math.max(0, share), 0);
}

/**
 * From each call to the next of the same process the account is as usable as the call's outcome;
 * while a call waits it is not.
 */
function usableShare(facts: Facts): number {
  const total = { usable: 0, all: 0 };
  const endings = new Map(facts.evidence.lives.map(({ name, endedAt }) => [name, endedAt]));
  for (const { calls } of facts.accounts) {
    for (const [life, own] of groupBy(calls, (call) => call.life))
      addLife(facts, own, Math.min(endings.get(life) ?? 0, facts.evidence.terms.quietFrom), total);
  }
  return total.all === 0 ? 1 : total.usable / total.all;
}

function addLife(
  facts: Facts,
  calls: readonly CallFact[],
  end: number,
  total: { usable: number; all: number },
): void {
  for (const [index, { life, from, at, token }] of calls.entries()) {
    const until = Math.min(calls[index + 1]?.from ?? end, end);
    const start = Math.max(from, facts.evidence.terms.from);
    if (until <= start) continue;
    total.all += until - start - pausedWithin(facts, life, start, until);
    const since = Math.max(at ?? until, start);
    if (token !== null && since < until)
      total.usable += until - since - pausedWithin(facts, life, since, until);
  }
}

function usableAtEnd({ accounts }: Facts): number {
  return accounts.filter(({ calls }) => calls.filter(({ at }) => at !== null).at(-1)?.token != null)
    .length;
}
