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
  readonly line: number;
  readonly text: string;
  readonly replacement: string;
}

export interface Tally {
  readonly file: string;
  /** All but those that a comment in the source says change nothing. */
  readonly mutants: number;
  readonly noticed: number;
  /** Of a mutator that a comment in the source has disabled for the line, with its reason. */
  readonly ignored: number;
  readonly open: readonly Survivor[];
}

/** The share of mutants that tests noticed, in percent. */
export function score(tallies: readonly Tally[]): number {
  return (100 * sumOf(tallies, 'noticed')) / sumOf(tallies, 'mutants');
}

export function sumOf(tallies: readonly Tally[], what: 'mutants' | 'noticed' | 'ignored'): number {
  return tallies.reduce((total, each) => total + each[what], 0);
}

export function tally(report: Report): Tally[] {
  return Object.entries(report.files).map(([file, { source, mutants }]) => {
    const having = (...statuses: Mutant['status'][]): Mutant[] =>
      mutants.filter(({ status }) => statuses.includes(status));
    const noticed = having('Killed', 'Timeout').length;
    const survivors = having('Survived', 'NoCoverage');
    return {
      file,
      mutants: noticed + survivors.length,
      noticed,
      ignored: having('Ignored').length,
      open: survivors.map((mutant) => survivorOf(file, source, mutant)),
    };
  });
}

function survivorOf(
  file: string,
  source: string,
  { location: { start }, replacement = '' }: Mutant,
): Survivor {
  return {
    file,
    line: start.line,
    text: (source.split('\n')[start.line - 1] ?? '').trim(),
    replacement: replacement.replace(/\s+/g, ' '),
  };
}
