import type { Evidence } from '../judge/evidence.ts';
import type { Line, RecordView } from '../judge/history.ts';
import type { Violation } from '../judge/violation.ts';

type Moment = readonly [at: number, text: string];

/**
 * What led to a violation: everything that concerned its account, from some time before it to
 * shortly after, in order.
 */
export function storyOf(
  evidence: Evidence,
  { account, at }: Violation,
  before: number,
  most: number,
): string[] {
  const isNear = (time: number): boolean => time >= at - before && time <= at + 1_000;
  const moments = [
    ...faultsOf(evidence, account),
    ...exchangesOf(evidence, account),
    ...linesOf(evidence, account),
  ]
    .filter(([time]) => isNear(time))
    .sort((a, b) => a[0] - b[0]);
  return moments.slice(-most).map(([time, text]) => `${new Date(time).toISOString()} ${text}`);
}

function faultsOf({ faults }: Evidence, account: string | null): Moment[] {
  return faults
    .filter((fault) => fault.account === null || account === null || fault.account === account)
    .map(
      ({ type, at, until, worker }): Moment => [
        at,
        `fault: ${type} ${worker ?? ''} for ${until - at} ms`,
      ],
    );
}

function exchangesOf({ exchanges }: Evidence, account: string | null): Moment[] {
  return exchanges.flatMap((exchange): Moment[] => {
    const { worker, request, grant, token, at, doneAt, status, fate, refresh } = exchange;
    if (exchange.account !== account) return [];
    const sent: Moment = [at, `${worker} sends request ${request}: ${grant} ${token ?? ''}`];
    const ended = `request ${request} of ${worker} is over: ${fate}, the server said ${status ?? 'nothing'} ${refresh ?? ''}`;
    return doneAt === null ? [sent] : [sent, [doneAt, ended]];
  });
}

function linesOf({ lives }: Evidence, account: string | null): Moment[] {
  return lives.flatMap(({ name, lines }) =>
    lines.flatMap((line): Moment[] => {
      const text = 'account' in line && line.account === account ? textOf(line) : null;
      return text === null ? [] : [[line.at, `${name} ${text}`]];
    }),
  );
}

function textOf(line: Line): string | null {
  switch (line.type) {
    case 'asked':
      return `is asked (${line.call})`;
    case 'got':
      return `hands out ${line.token} (${line.call})`;
    case 'failed':
      return `answers ${line.code}, ${line.retryAt === null ? 'no time to come back' : `come back at ${new Date(line.retryAt).toISOString()}`} (${line.call})`;
    case 'read':
      return `has read ${shown(line.record)}`;
    case 'swapping':
      return `swaps ${line.expected?.slice(0, 6) ?? 'nothing'} for ${shown(line.next)}`;
    case 'swapped':
      return `swapped: ${line.ok ? 'done' : `no, there is ${shown(line.record)}`}`;
    case 'event':
      return `tells ${line.event}`;
    case 'answered':
      return `has the answer to request ${line.request}`;
    case 'store_failed':
      return 'has no answer from its store';
    default:
      return null;
  }
}

function shown(record: RecordView | null): string {
  if (record === null) return 'nothing';
  const { version, lineage, generation, access, refresh, unanswered, ended, suspect, claim } =
    record;
  const marks = [
    ended,
    suspect ? 'suspect' : null,
    unanswered > 0 ? `unanswered ${unanswered}` : null,
  ].filter((mark) => mark !== null);
  const holder =
    claim === null
      ? ''
      : `, ${claim.purpose} ${claim.id.slice(0, 6)} ${new Date(claim.at).toISOString()} to ${new Date(claim.until).toISOString()}`;
  return `[${version.slice(0, 6)} at ${lineage}/${generation} ${access?.slice(0, 6) ?? '-'} ${refresh ?? '-'} ${marks.join(', ')}${holder}]`;
}
