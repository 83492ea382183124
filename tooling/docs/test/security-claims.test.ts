import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../bootstrap/paths.mjs';

const site = 'https://github.com/act-on-token/act-on-token/blob/main/';
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** `[test](file "a sentence of it")`. */
const namedTests = (text: string) =>
  [...text.matchAll(/\[test\]\((\S+) "([^"]+)"\)/g)].map(([, target = '', sentence = '']) => ({
    file: target.replace(site, ''),
    sentence,
  }));

describe.each(['SECURITY.md', 'docs/security.md'])('%s', (page) => {
  const text = read(page);

  it('names tests that exist, by a sentence that is in them', () => {
    const tests = namedTests(text);
    expect(tests.length).toBeGreaterThan(10);
    const wrong = tests.filter(
      ({ file, sentence }) =>
        !/\.test\.ts$/.test(file) ||
        !existsSync(join(root, file)) ||
        !read(file).includes(sentence),
    );
    expect(wrong).toEqual([]);
    expect(text.match(/\[test\]/g)).toHaveLength(tests.length);
  });

  it('does not count on PKCE', () => {
    expect(text).toMatch(/PKCE[^.|]*Act-On does not document[^.|]*may ignore it[^|]*counts on it/);
  });
});

describe('SECURITY.md', () => {
  const section = (heading: string): string =>
    read('SECURITY.md').split(`## ${heading}`)[1]?.split('\n## ')[0] ?? '';

  it('names a test for every threat', () => {
    const rows =
      section('What could happen')
        .match(/^\|.*\|$/gm)
        ?.slice(2) ?? [];
    expect(rows.length).toBeGreaterThan(14);
    expect(rows.filter((row) => namedTests(row).length === 0)).toEqual([]);
  });

  it('names a test for everything that it says of the supply chain', () => {
    const items = section('The supply chain').split(/^- /m).slice(1);
    expect(items.length).toBeGreaterThan(4);
    expect(items.filter((item) => namedTests(item).length === 0)).toEqual([]);
  });
});
