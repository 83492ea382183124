// Pages of docs/measured: people write the prose, and a command writes the figures between two
// marks, `<!-- figures:NAME -->` and `<!-- /figures -->`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/paths.mjs';

/** The head, then the rows. */
export type Table = readonly (readonly string[])[];

/**
 * Writes these blocks of `docs/measured/<page>.md`, each under its name. Throws, and writes
 * nothing, if one has no marks.
 */
export function writeFigures(page: string, blocks: Readonly<Record<string, string>>): void {
  const file = join(root, 'docs', 'measured', `${page}.md`);
  const before = readFileSync(file, 'utf8');
  const after = Object.entries(blocks).reduce(
    (text, [name, figures]) => withFigures(text, name, figures),
    before,
  );
  writeFileSync(file, after);
}

/** The page with other figures between the marks of that name. Throws if it has no such marks. */
export function withFigures(page: string, name: string, figures: string): string {
  const [begin, end] = [`<!-- figures:${name} -->`, '<!-- /figures -->'];
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0)
    throw new Error(`The page has no "${begin}" that is followed by "${end}".`);
  return `${page.slice(0, from)}${begin}\n\n${figures}\n\n${page.slice(to)}`;
}

export function asMarkdown([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** For a terminal: each column as wide as its widest cell. */
export function asText(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  const padded = (cells: readonly string[]): string[] =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return table.map((cells) => padded(cells).join('  ').trimEnd()).join('\n');
}

/** `2026-11-22`. */
export const today = (): string => new Date().toISOString().slice(0, 10);
