import type { Control } from './controls.ts';
import type { Found } from './explore.ts';
import type { Case } from './runs.ts';
import type { Bounds } from './scenarios.ts';

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Row): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const count = (value: number): string => value.toLocaleString('en');

function boundsInWords({ total, ...each }: Bounds): string {
  const kinds = Object.entries(each).map(([event, times]) =>
    times === 1 ? event : `${event} ×${times}`,
  );
  return `${kinds.join(', ')}${total === undefined || total >= kinds.length ? '' : `; any ${total}`}`;
}

/** The runs as a table: what could happen, how many states that makes, and what was found. */
export function runsInWords(
  runs: readonly { readonly explored: Case; readonly found: Found }[],
): string {
  const rows = runs.map(({ explored: { title, processes, bounds }, found }): Row => {
    const states = `${count(found.states)}${found.complete ? '' : ' (not all)'}`;
    const violations = found.violation === null ? '0' : found.violation.invariant;
    return [
      title,
      String(processes),
      boundsInWords(bounds),
      states,
      count(found.steps),
      `${found.seconds.toFixed(1)} s`,
      violations,
    ];
  });
  const all = runs.reduce((sum, { found }) => sum + found.states, 0);
  const head = [
    'what happens',
    'processes',
    'each at most once unless given',
    'states',
    'steps',
    'processor time',
    'violations',
  ];
  return `${table(head, rows)}\n${count(all)} states in all.\n\n${assumptions.map((each) => `- ${each}`).join('\n')}`;
}

/** What the world of the exploration takes for granted. They belong beside every figure. */
export const assumptions: readonly string[] = [
  'Time comes in classes: a claim stands or is long over, a pair is fresh, due or lapsed, a charge is of now or of an hour ago.',
  'No window of the budget of grants ends while a run lasts.',
  'A request is processed within an hour or never; at a server that revokes, before the next refresh has cleared the doubt that it left.',
  'What a 503 answered is not processed later. A 504 is silence.',
  'A store swaps one record at a time, has one clock for an account, and is put right in one step when it went back.',
  'A store loses what it has, or goes back, once in a story.',
  'A promise that never settles belongs to a caller; what is written in the background goes on.',
];

export function controlsInWords(
  runs: readonly { readonly control: Control; readonly found: Found }[],
): string {
  const rows = runs.map(({ control, found }): Row => {
    const { violation, trace, states } = found;
    return [control.without, violation?.invariant ?? 'none', String(trace.length), count(states)];
  });
  return table(['without', 'broken', 'shortest trace', 'states until then'], rows);
}
