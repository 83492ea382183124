import type { Equivalent } from './equivalents.ts';

/** What of Stryker's report is read (mutation-testing-report-schema). */
export interface Report {
  readonly files: Readonly<
    Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>
  >;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status:
    | 'Killed'
    | 'Timeout'
    | 'Survived'
    | 'NoCoverage'
    | 'RuntimeError'
    | 'CompileError'
    | 'Ignored';
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A change that no test noticed. */
export interface Survivor {
  readonly file: string;
  /** The line that was changed, and at which column. */
  readonly line: string;
  readonly column: number;
  readonly replacement: string;
}

export interface Tally {
  readonly file: string;
  readonly mutants: number;
  readonly detected: number;
  readonly explained: number;
  readonly open: readonly Survivor[];
}

/** The share of mutants that were detected, of those that could be: in percent. */
export function score(tallies: readonly Tally[]): number {
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  return (100 * sum(({ detected }) => detected)) / sum(({ mutants }) => mutants);
}

export function tally(report: Report, equivalents: readonly Equivalent[]): Tally[] {
  return Object.entries(report.files).map(([file, { source, mutants }]) => {
    const judged = mutants.filter(({ status }) =>
      ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status),
    );
    const survivors = judged.filter(
      ({ status }) => status === 'Survived' || status === 'NoCoverage',
    );
    const all = survivors.map((mutant) => survivorOf(file, source, mutant));
    const open = all.filter((survivor) => !equivalents.some((each) => explains(each, survivor)));
    return {
      file,
      mutants: judged.length,
      detected: judged.length - all.length,
      explained: all.length - open.length,
      open,
    };
  });
}

function survivorOf(
  file: string,
  source: string,
  { location: { start }, replacement = '' }: Mutant,
): Survivor {
  const line = source.split('\n')[start.line - 1] ?? '';
  const indent = line.length - line.trimStart().length;
  return {
    file,
    line: line.trim(),
    column: start.column - indent,
    replacement: squeezed(replacement),
  };
}

/** An entry without a replacement is about every change of that line at that place. */
function explains({ file, line, at, replacement }: Equivalent, survivor: Survivor): boolean {
  const isHere =
    survivor.file.endsWith(file) &&
    survivor.line === line &&
    line.indexOf(at) + 1 === survivor.column;
  return isHere && (replacement === undefined || squeezed(replacement) === survivor.replacement);
}

const squeezed = (text: string): string => text.replace(/\s+/g, ' ');
