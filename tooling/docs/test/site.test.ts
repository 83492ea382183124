import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../bootstrap/paths.mjs';
import { isMeasured, pages } from '../pages.ts';

// `npm run check` finds broken links. These are about the site, which has the pages of docs/ and
// nothing outside.

const sitePages = pages.filter((page) => page.startsWith('docs/'));

/** The pages and files of the repository that a page links to. */
function linksOf(page: string): string[] {
  const prose = readFileSync(join(root, page), 'utf8').replaceAll(
    /^( *)(`{3,})[\s\S]*?^\1\2$/gm,
    '',
  );
  const targets = [...prose.matchAll(/\]\((?![a-z]+:|#)([^()#\s]+)/g)].map(
    ([, target = '']) => target,
  );
  return targets.map((target) => normalize(join(dirname(page), target)));
}

describe('a page of the site', () => {
  it('links to nothing outside of the site but by its address', () => {
    const leaving = sitePages.filter((page) =>
      linksOf(page).some((target) => !target.startsWith('docs/')),
    );
    expect(leaving).toEqual([]);
  });

  it('can be reached from the first page', () => {
    const reached = new Set(['docs/index.md']);
    for (const page of reached)
      for (const target of linksOf(page)) if (sitePages.includes(target)) reached.add(target);
    expect(sitePages.filter((page) => !reached.has(page) && !isMeasured(page))).toEqual([]);
    expect(reached.size).toBeGreaterThan(20);
  });
});
