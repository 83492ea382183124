import { asMarkdown, asText, writeFigures } from '../tooling/figures.ts';
import { inProcess } from './harness/child.ts';
import { number } from './harness/row.ts';
import type { AccountParts } from './tasks/account-parts.ts';

/** What is less than a field is left out of the table. */
const least = 8;

/** What an account consists of, into docs/measured/limits.md. */
export async function writeLimits(): Promise<void> {
  const [read, refreshed] = [
    await inProcess<AccountParts>('account-parts', 'read'),
    await inProcess<AccountParts>('account-parts', 'refreshed'),
  ];
  const names = Object.keys({ ...read.parts, ...refreshed.parts });
  const rows = names
    .map((name) => [name, read.parts[name] ?? 0, refreshed.parts[name] ?? 0] as const)
    .filter(([, ...bytes]) => Math.max(...bytes) >= least)
    .sort((a, b) => b[1] - a[1] || b[2] - a[2]);
  const table = [
    ['what, in bytes', 'read', 'refreshed here'],
    ...[...rows, ['all of it', read.bytes, refreshed.bytes] as const].map(([name, ...bytes]) => [
      name,
      ...bytes.map(number),
    ]),
  ];
  console.log(asText(table));
  writeFigures('limits', { account: asMarkdown(table) });
}
