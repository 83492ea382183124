import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';
import { asMarkdown, withFigures } from '../figures.ts';

const stores = [
  ['memory', 'memory'],
  ['file', 'file'],
  ['IndexedDB', 'indexeddb'],
  ['Redis, any client', 'redis'],
  ['PostgreSQL, MySQL and SQLite', 'sql'],
  ['Durable Objects', 'cloudflare'],
  ['Deno KV', 'deno-kv'],
  ['DynamoDB', 'dynamodb'],
] as const;
/** What one reads in one sitting. */
const mostLines = 200;

const isCode = (line: string): boolean => line.trim() !== '';
const withoutComments = (source: string): string =>
  source.replace(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '').replace(/^\s*\/\/.*$/gm, '');

function linesOf(folder: string): number[] {
  const src = join(root, 'packages', folder, 'src');
  return readdirSync(src).map((file) => {
    const source = readFileSync(join(src, file), 'utf8');
    return withoutComments(source).split('\n').filter(isCode).length;
  });
}

it('the guide says how long each store is, and no file of one is longer than one sitting', () => {
  const rows = stores.map(([name, folder]) => {
    const lines = linesOf(folder);
    const longest = Math.max(...lines);
    expect(longest, folder).toBeLessThanOrEqual(mostLines);
    const sum = lines.reduce((total, each) => total + each, 0);
    return [name, `packages/${folder}`, lines.length, sum.toLocaleString('en'), longest].map(
      String,
    );
  });
  const head = ['place', 'package', 'files', 'lines of code', 'the longest file'];
  const page = readFileSync(join(root, 'docs', 'write-your-own-store.md'), 'utf8');
  expect(page).toBe(withFigures(page, 'lines', asMarkdown([head, ...rows])));
});
