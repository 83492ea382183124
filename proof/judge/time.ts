import type { Fault } from './evidence.ts';
import type { AccountFacts, CallFact, Facts } from './facts.ts';
import type { Violation } from './violation.ts';

/** What a busy machine may add to each delay, in milliseconds. */
const slack = 10_000;

/** Whether callers of an account were helped in time, and in the end. */
export function judgeTime(facts: Facts, account: AccountFacts): Violation[] {
  const isSparse = facts.evidence.terms.callersAreSparse ?? false;
  return [
    ...(isSparse ? refusedTooLong(facts, account) : slowRecoveries(facts, account)),
    ...openEnd(facts, account),
  ];
}

/**
 * Between two moments at which somebody was helped there may lie a lease after the last fault, or
 * the time for which callers were told to wait. Time runs from when somebody asked: nobody can be
 * helped before.
 */
function slowRecoveries({ evidence }: Facts, facts: AccountFacts): Violation[] {
  const { account, calls } = facts;
  const { lease, requestTimeout, from, to } = evidence.terms;
  const ended = calls.filter(({ at }) => at !== null).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const moments = [from, ...ended.filter(isHelped).map(({ at }) => at ?? 0), to].filter(
    (at) => at >= from,
  );
  return moments.slice(1).flatMap((helped, index) => {
    const since = moments[index] ?? from;
    if (helped - since <= slack) return [];
    const faults = evidence.faults.filter(
      (fault) => concerns(fault, facts, lease) && fault.at < helped && fault.until > since - lease,
    );
    const told = ended
      .filter(({ at }) => at !== null && at > since && at <= helped)
      .map(({ failure }) => failure?.retryAt ?? 0);
    const due =
      Math.max(since, ...faults.map(({ until }) => until + lease), ...told) +
      requestTimeout +
      slack;
    if (helped <= due) return [];
    return [
      {
        rule: 'recovery',
        account,
        at: helped,
        story: `nobody was helped for ${helped - since} ms`,
      } as const,
    ];
  });
}

/**
 * For callers that come when they like: from the first one that got nothing until one got
 * something, nobody may wait, or be sent away, for longer than that.
 */
function refusedTooLong({ evidence }: Facts, facts: AccountFacts): Violation[] {
  const { account, calls } = facts;
  const { lease, requestTimeout, to } = evidence.terms;
  const endings = new Map(evidence.lives.map(({ name, endedAt }) => [name, endedAt]));
  const ends = calls
    .map((call) => ({ call, end: Math.min(call.at ?? endings.get(call.life) ?? to, to) }))
    .sort((a, b) => a.end - b.end);
  let since: number | null = null;
  let told = 0;
  return ends.flatMap(({ call, end }) => {
    // One that never heard, because its process died or because it gave up by its own `maxWait`,
    // shows its own wait only.
    const isOver = call.at !== null && call.failure?.code !== 'timeout';
    const began: number = isOver ? Math.min(since ?? call.from, call.from) : call.from;
    const isGood = isOver && isHelped(call);
    told = Math.max(told, call.failure?.retryAt ?? 0);
    if (isOver) since = isGood ? null : began;
    if (end - began <= requestTimeout + slack || (isGood && end - call.from <= slack)) return [];
    const strikes = (fault: Fault): boolean =>
      fault.worker === call.life || concerns(fault, facts, lease);
    const faults = evidence.faults.filter(
      (fault) => fault.at < end && fault.until > began - lease && strikes(fault),
    );
    const due =
      Math.max(began, told, ...faults.map(({ until }) => until + lease)) + requestTimeout + slack;
    if (end <= due) return [];
    const story = `somebody who asked ${end - call.from} ms before was not helped, as nobody was for ${end - began} ms`;
    return [{ rule: 'recovery', account, at: end, story } as const];
  });
}

/**
 * What strikes a process concerns the accounts on whose records it was at work; what strikes the
 * store concerns all.
 */
function concerns(
  { worker, account, at, until }: Fault,
  facts: AccountFacts,
  lease: number,
): boolean {
  if (account === facts.account) return true;
  if (worker === null) return account === null;
  return facts.swaps.some(
    ({ life, from, ok }) => life === worker && ok !== false && from >= at - lease && from <= until,
  );
}

/** Somebody got a token, or was told that a person must sign in. */
function isHelped({ token, failure }: CallFact): boolean {
  return token !== null || failure?.needsGrant === true;
}

/**
 * A run that ends sooner after the last fault has seen nothing of how it ends. Each process asks
 * more often than that.
 */
const shortestEnd = 5_000;

/**
 * After that long no answer is a time to come back at any more: no pause between two sends, and no
 * block, is as long.
 */
const longestPatience = 2 * 3_600_000;

/**
 * What callers were told after the last fault. Who waits still is not lost: one that asked shortly
 * before the end may wait for as long as a session has patience.
 */
function openEnd({ evidence }: Facts, { account, calls }: AccountFacts): Violation[] {
  const { quietFrom, to, lease, requestTimeout } = evidence.terms;
  if (to - quietFrom < shortestEnd) return [];
  const recent = calls.filter(({ from, at }) => from <= to && (at === null || at >= quietFrom));
  const last = recent
    .filter(({ at }) => at !== null)
    .sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
    .at(-1);
  const mayWait = to - quietFrom < longestPatience && last?.failure?.retryAt != null;
  if (last !== undefined && (isHelped(last) || mayWait)) return [];
  const isPatient = ({ from, at }: CallFact): boolean =>
    at === null && to - from <= lease + requestTimeout + slack;
  if (last === undefined && recent.some(isPatient)) return [];
  const story =
    last === undefined
      ? 'nobody got an answer after the last fault'
      : `the last caller was told ${last.failure?.code} and no more`;
  return [{ rule: 'happyEnd', account, at: to, story }];
}
