import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../bootstrap/paths.mjs';
import { parseBlocks } from '../blocks/read-blocks.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const page = read('docs/guides/frameworks.md');
const rows = [
  ...page.matchAll(/^\| \[([^\]]+)\]\(#\S+\) \| (\d+) \| \[test\]\((\S+) "([^"]+)"\) \|$/gm),
].map(([, name = '', lines, file = '', sentence = '']) => ({
  name,
  lines: Number(lines),
  file: file.replace('https://github.com/act-on-token/act-on-token/blob/main/', ''),
  sentence,
}));

/** Of the blocks under this heading, without comments. */
function linesUnder(heading: string): number {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const code = parseBlocks('', section).flatMap((block) => block.code.split('\n'));
  return code.filter((line) => /^\s*[^\s/*]/.test(line)).length;
}

describe('the page of other frameworks', () => {
  it('has each of the recipes that there are', () => {
    const packages = ['Vue', 'Svelte', 'Solid', 'Angular', 'nanostores', 'Preact signals'];
    expect(rows.map(({ name }) => name)).toEqual([...packages, 'TanStack Query', 'SWR']);
    const quoted = parseBlocks('', page)
      .map(({ code }) => code)
      .join('\n');
    const exported = ['recipes.ts', 'queries.ts'].flatMap((file) =>
      [
        ...read(`examples/frameworks/${file}`).matchAll(/^export .*?(?:const|function) (\w+)/gm),
      ].map(([, name = '']) => name),
    );
    expect(exported.length).toBeGreaterThan(10);
    expect(exported.filter((name) => !new RegExp(`export .*\\b${name}\\b`).test(quoted))).toEqual(
      [],
    );
  });

  it.each(rows)('counts the lines of $name as they are', ({ name, lines }) => {
    expect(lines).toBe(linesUnder(name));
  });

  it.each(rows)('names a test of $name that there is', ({ file, sentence }) => {
    expect(read(file)).toContain(sentence);
  });
});
