import { asMarkdown } from '../../tooling/figures.ts';
import { isUntold, type Measured } from './measure.ts';

/** What was measured under one runtime. */
export interface Column {
  readonly runtime: string;
  readonly version: string;
  readonly cells: readonly Measured[];
}

/** The figures of docs/measured/network.md. */
export function figuresOf(columns: readonly Column[], day: string): string {
  const versions = columns
    .map(({ runtime, version }) => `${runtime.split(' ')[0]} ${version}`)
    .join(', ');
  return `${tableOf(columns)}\n\n${versions}; ${day}.`;
}

function tableOf(columns: readonly Column[]): string {
  const rows = columns
    .flatMap(({ cells }) => cells.map(({ row }) => row))
    .filter((row, at, all) => all.indexOf(row) === at);
  const lines = rows.map((row) => {
    const cells = columns.map((column) => column.cells.find((cell) => cell.row === row));
    const seen = cells.some((cell) => (cell?.seen ?? 0) > 0) ? 'the request' : 'nothing';
    return [
      row.name,
      seen,
      ...cells.map((cell) =>
        cell === undefined ? '–' : `${cell.type}${isUntold(cell) ? ' (!)' : ''}`,
      ),
    ];
  });
  return asMarkdown([
    ['what happens', 'the server read', ...columns.map(({ runtime }) => runtime)],
    ...lines,
  ]);
}
