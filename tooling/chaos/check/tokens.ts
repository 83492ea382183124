import type { AccountFacts, Facts } from './facts.ts';
import type { Violation } from './violation.ts';

/** What is wrong with the grants that were sent for an account, and with the tokens that its callers got. */
export function judgeTokens(facts: Facts, account: AccountFacts): Violation[] {
  return [...grantsOverLimit(facts, account), ...badTokens(facts, account)];
}

/** By the server's ledger: grants that were refused count as well. */
function grantsOverLimit({ evidence }: Facts, { account }: AccountFacts): Violation[] {
  const { limit, window } = evidence.terms.grantLimit;
  const times = evidence.server.requests.filter((each) => each.account === account && each.grant === 'password').map(({ at }) => at);
  return times.flatMap((at, index) => {
    const first = times[index - limit];
    if (first === undefined || at - first >= window) return [];
    return [{ rule: 'withinLimit', account, at, story: `${limit + 1} grants came in ${at - first} ms` } as const];
  });
}

/** Alive when it was asked for: between that and the hand-over a process may be stopped for any time. */
function badTokens({ evidence }: Facts, { account, calls }: AccountFacts): Violation[] {
  return calls.flatMap(({ life, from, token }) => {
    if (token === null) return [];
    const issued = evidence.server.accessTokens[token];
    const isGood = issued !== undefined && issued.account === account && issued.expiresAt >= from;
    const fault =
      issued === undefined ? 'which nobody issued' : issued.account !== account ? `which is of ${issued.account}` : 'which had expired';
    return isGood ? [] : [{ rule: 'goodTokens', account, at: from, story: `${life} handed out ${token}, ${fault}` } as const];
  });
}
