import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';

const dist = join(root, 'packages', 'react', 'dist');
const built = readFileSync(join(dist, 'index.js'), 'utf8').split('\n');

it.each(['index', 'devtools'])(
  "%s begins with 'use client' as its source does, so that server components may import it",
  (entry) => {
    const [first] = readFileSync(join(dist, `${entry}.js`), 'utf8').split('\n');
    expect(first).toBe("'use client';");
  },
);

it('the source map still says where each line comes from', () => {
  const map = new SourceMap(JSON.parse(readFileSync(join(dist, 'index.js.map'), 'utf8')));
  const start = 'function useActOnToken(';
  const line = built.findIndex((text) => text.startsWith(start));
  const { originalSource, originalLine } = map.findEntry(line, 0) as {
    originalSource: string;
    originalLine: number;
  };
  expect(originalSource).toBe('../src/use-act-on-token.ts');
  const source = readFileSync(join(dist, originalSource), 'utf8').split('\n');
  expect(source[originalLine]).toContain(start);
});
