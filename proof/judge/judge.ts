import type { Evidence } from './evidence.ts';
import { type Facts, gatherFacts } from './facts.ts';
import { judgeRecord } from './record.ts';
import { judgeSending } from './sending.ts';
import { judgeTime } from './time.ts';
import { judgeTokens } from './tokens.ts';
import type { Violation } from './violation.ts';

export interface Verdict {
  /** In order of time. */
  readonly violations: readonly Violation[];
  /** Sends that would have been violations had nobody been paused past the lease. */
  readonly excused: number;
}

/**
 * Holds a run against the promises, from the outside: what processes wrote down, what passed the
 * wire, what the server says. Pure.
 */
export function judge(evidence: Evidence): Verdict {
  const facts = gatherFacts(evidence);
  const sendings = facts.accounts.map((account) => judgeSending(facts, account));
  const others = facts.accounts.flatMap((account) => [
    ...judgeRecord(facts, account),
    ...judgeTokens(facts, account),
    ...judgeTime(facts, account),
  ]);
  const found = sendings.flatMap((each) => each.violations);
  const seen = evidence.findings ?? [];
  const violations = [
    ...found,
    ...others,
    ...seen,
    ...unsoundProcesses(facts),
    ...incompleteBooks(facts),
  ];
  return {
    violations: violations.sort((a, b) => a.at - b.at),
    excused: sendings.reduce((sum, { excused }) => sum + excused, 0),
  };
}

function unsoundProcesses({ evidence }: Facts): Violation[] {
  return evidence.lives
    .filter(({ ending }) => ending === 'died by itself' || ending === 'did not end')
    .map(({ name, ending, endedAt }) => ({
      rule: 'soundProcesses',
      account: null,
      at: endedAt,
      story: `${name} ${ending}`,
    }));
}

/** Else somebody went past the wire, and the rest of the judgement is worth nothing. */
function incompleteBooks({ evidence }: Facts): Violation[] {
  const { exchanges, server, terms } = evidence;
  const onWire = exchanges.filter(({ status }) => status !== null).length;
  if (onWire === server.requests.length) return [];
  const story = `${onWire} requests came by the wire, and the server's ledger has ${server.requests.length}`;
  return [{ rule: 'completeBooks', account: null, at: terms.to, story }];
}
