import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../bootstrap/paths.mjs';
import { isMeasured, pages } from '../pages.ts';

interface Link {
  readonly page: string;
  readonly target: string;
}

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** What readers see: neither code nor comments. */
const proseOf = (markdown: string): string =>
  markdown
    .replaceAll(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/(`+)[^`\n][\s\S]*?\1/g, 'code');

const links = pages.flatMap((page): Link[] => {
  const text = proseOf(read(page));
  const found = [...text.matchAll(/\]\(([^()\s]+)\)/g), ...text.matchAll(/<(https?:[^>\s]+)>/g), ...text.matchAll(/^\[[^\]]+\]: (\S+)/gm)];
  return found.map(([, target = '']) => ({ page, target }));
});
const isExternal = ({ target }: Link): boolean => /^[a-z]+:/.test(target);

/** The anchors of a page, as GitHub and the site make them from headings that are plain words. */
function anchorsOf(page: string): string[] {
  const headings = [...proseOf(read(page)).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

function fault({ page, target }: Link): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
  if (file.startsWith('..') || !existsSync(join(root, file))) return `there is no ${file}`;
  if (anchor === undefined) return null;
  return file.endsWith('.md') && anchorsOf(file).includes(anchor) ? null : `${file} has no heading for #${anchor}`;
}

describe('a link', () => {
  it('leads to a file and a heading that are there', () => {
    const broken = links.filter((link) => !isExternal(link)).flatMap((link) => fault(link) ?? []);
    expect(links.length).toBeGreaterThan(80);
    expect(broken).toEqual([]);
  });

  it('to elsewhere is https, or on the reader’s machine, and carries no name of a user', () => {
    const wrong = links.filter(isExternal).filter(({ target }) => !URL.canParse(target) || !isFine(new URL(target)));
    expect(wrong).toEqual([]);
  });

  it('from a page of the site does not leave docs/, where the site ends', () => {
    const leaving = links.filter(
      (link) => link.page.startsWith('docs/') && !isExternal(link) && normalize(join(dirname(link.page), link.target)).startsWith('..'),
    );
    const outside = links.filter(
      ({ page, target }) =>
        page.startsWith('docs/') && !/^[a-z]+:|^#/.test(target) && !normalize(join(dirname(page), target)).startsWith('docs/'),
    );
    expect([...leaving, ...outside]).toEqual([]);
  });

  it('within a package leads to pages that come along with it, or to the repository', () => {
    for (const { page, target } of links.filter((link) => link.page.startsWith('packages/') && !isExternal(link))) {
      expect(statSync(join(root, dirname(page), target.split('#')[0] ?? '')), `${page}: ${target}`).toBeDefined();
    }
  });
});

function isFine({ protocol, hostname, username }: URL): boolean {
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost'));
}

describe('a page', () => {
  it('of docs/ can be reached from its first page', () => {
    const reached = new Set(['docs/index.md']);
    for (const page of reached) {
      const next = links
        .filter((link) => link.page === page && !isExternal(link))
        .map(({ target }) => normalize(join(dirname(page), target.split('#')[0] ?? '')));
      for (const file of next) if (file.endsWith('.md') && file.startsWith('docs/')) reached.add(file);
    }
    const lost = pages.filter((page) => page.startsWith('docs/') && !reached.has(page) && !isMeasured(page));
    expect(lost).toEqual([]);
  });
});
