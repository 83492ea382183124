import type { Evidence, ServerRequest } from './evidence.ts';
import type { AccountFacts, Facts } from './facts.ts';
import type { Violation } from './violation.ts';

/**
 * What is wrong with the grants that were sent for an account, and with the tokens that its callers
 * got.
 */
export function judgeTokens(facts: Facts, account: AccountFacts): Violation[] {
  return [...grantsOverLimit(facts, account), ...badTokens(facts, account)];
}

/** By the server's ledger: grants that were refused count as well. */
function grantsOverLimit({ evidence }: Facts, { account }: AccountFacts): Violation[] {
  const { limit, window } = evidence.terms.grantLimit;
  const isGrant = (each: ServerRequest): boolean =>
    each.account === account && each.grant !== 'refresh_token';
  const times = evidence.server.requests.filter(isGrant).map(({ at }) => at);
  return times.flatMap((at, index) => {
    const first = times[index - limit];
    if (first === undefined || at - first >= window) return [];
    return [
      {
        rule: 'withinLimit',
        account,
        at,
        story: `${limit + 1} grants came in ${at - first} ms`,
      } as const,
    ];
  });
}

/**
 * Alive when it was asked for: between that and the hand-over a process may be stopped for any
 * time. What a store whose clock was set back, or a machine that slept and whose clock was set
 * back, cannot know is on top of its life.
 */
function badTokens({ evidence }: Facts, { account, calls, sights }: AccountFacts): Violation[] {
  return calls.flatMap(({ life, from, token }) => {
    if (token === null) return [];
    const issued = evidence.server.accessTokens[token];
    const isOurs = issued !== undefined && issued.account === account;
    const isGood =
      isOurs &&
      (issued.expiresAt >= from ||
        issued.expiresAt +
          setBack(evidence, issued.expiresAt - lifetime, from) +
          unseen(evidence, life, sights, from) >=
          from);
    const fault =
      issued === undefined
        ? 'which nobody issued'
        : issued.account !== account
          ? `which is of ${issued.account}`
          : 'which had expired';
    return isGood
      ? []
      : [
          {
            rule: 'goodTokens',
            account,
            at: from,
            story: `${life} handed out ${token}, ${fault}`,
          } as const,
        ];
  });
}

const lifetime = 3_600_000;

/** How far the store's clock went back meanwhile. */
function setBack({ faults }: Evidence, from: number, to: number): number {
  const jumps = faults.filter(
    ({ type, at }) => type === 'store_clock_back' && at >= from && at <= to,
  );
  return jumps.reduce((sum, { at, until }) => sum + until - at, 0);
}

/**
 * How much time passed unseen in a process since it heard from its store: while its machine slept
 * its monotonic clock stood still, and its wall clock was set back. Either clock alone would have
 * shown it.
 */
function unseen(
  { faults }: Evidence,
  life: string,
  sights: AccountFacts['sights'],
  to: number,
): number {
  const machine = life.split('.')[0];
  const heard = sights
    .filter((sight) => sight.life === life && sight.at <= to)
    .map(({ from }) => from);
  const since = heard.reduce((latest, at) => Math.max(latest, at), 0);
  let slept = 0;
  let back = 0;
  for (const { type, at, until, worker } of faults) {
    if (until < since || at > to || worker?.split('.')[0] !== machine) continue;
    if (type === 'pause_sleep' && worker === life)
      slept += Math.min(until, to) - Math.max(at, since);
    if (type === 'clock_back' && at >= since) back += until - at;
    if (type === 'clock_forward' && at >= since) back -= until - at;
  }
  return Math.max(0, Math.min(slept, back));
}
