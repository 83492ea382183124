import { asMarkdown } from '../runtimes/table.ts';
import { isUntold, type Measured } from './measure.ts';

/** What was measured under one runtime. */
export interface Column {
  readonly runtime: string;
  readonly version: string;
  readonly cells: readonly Measured[];
}

const opening = '<!-- the table, written by npm run network -->';
const end = '<!-- end of the table -->';

/** The page with the table between its marks replaced. */
export function withTable(page: string, columns: readonly Column[], day: string): string {
  const [before, after] = [page.indexOf(opening), page.indexOf(end)];
  if (before === -1 || after < before) throw new Error(`The page has lost its marks "${opening}" and "${end}".`);
  const versions = columns.map(({ runtime, version }) => `${runtime.split(' ')[0]} ${version}`).join(', ');
  return `${page.slice(0, before)}${opening}\n\n${tableOf(columns)}\n\n${versions}; ${day}.\n\n${page.slice(after)}`;
}

function tableOf(columns: readonly Column[]): string {
  const rows = columns.flatMap(({ cells }) => cells.map(({ row }) => row)).filter((row, at, all) => all.indexOf(row) === at);
  const lines = rows.map((row) => {
    const cells = columns.map((column) => column.cells.find((cell) => cell.row === row));
    const seen = cells.some((cell) => (cell?.seen ?? 0) > 0) ? 'the request' : 'nothing';
    return [row.name, seen, ...cells.map((cell) => (cell === undefined ? '–' : `${cell.type}${isUntold(cell) ? ' (!)' : ''}`))];
  });
  return asMarkdown([['what happens', 'the server read', ...columns.map(({ runtime }) => runtime)], ...lines]);
}
