import { csvLine } from '@act-on-token/api';

export type RecordFormat = 'csv' | 'ndjson';

/** The rows as text; with CSV the headers come before the first. */
export function formatRows(
  format: RecordFormat,
  headers: readonly string[],
  rows: readonly (readonly unknown[])[],
  isFirst: boolean,
): string {
  if (format === 'csv') return [...(isFirst ? [headers] : []), ...rows].map(csvLine).join('');
  const names = distinct(headers);
  const object = (row: readonly unknown[]): unknown =>
    Object.fromEntries(names.map((name, column) => [name, row[column] ?? '']));
  return rows.map((row) => `${JSON.stringify(object(row))}\n`).join('');
}

/** A list may have two columns of one name; the second is then "name (2)". */
function distinct(headers: readonly string[]): string[] {
  const names: string[] = [];
  for (const header of headers) {
    let name = header;
    for (let number = 2; names.includes(name); number += 1) name = `${header} (${number})`;
    names.push(name);
  }
  return names;
}
