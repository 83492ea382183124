import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { number } from '../harness/row.ts';
import { asText } from '../harness/table.ts';
import { sizeParts } from './size.ts';

/** What docs/measured/limits.md is made of. */
export async function printLimits(): Promise<void> {
  const parts = await sizeParts();
  const rows = parts.map(({ name, minified, saved }) => [number(minified), number(saved), name]);
  console.log(`${asText([['minified', 'brotli', 'left out'], ...rows])}\n`);
  for (const [file, ...args] of [['heap.ts', 'read'], ['heap.ts', 'refreshed'], ['least-heap.ts'], ['parts.ts']]) {
    const path = fileURLToPath(new URL(file ?? '', import.meta.url));
    spawnSync(process.execPath, ['--expose-gc', path, ...args], { stdio: 'inherit' });
  }
}
