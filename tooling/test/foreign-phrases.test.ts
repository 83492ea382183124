import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder } from '../bootstrap/fingerprint.mjs';
import { root } from '../bootstrap/paths.mjs';
import { workspacePackages } from '../build/workspace-packages.ts';
import { foreignPhrases, pageTexts, userTexts } from '../foreign-phrases.ts';

const pages = [
  'README.md',
  ...globSync(['packages/*/README.md', 'examples/*/README.md', 'docs/**/*.md'], { cwd: root }),
].filter((page) => !/^docs\/(measured|public)\//.test(page));

describe('what a user reads is plain English', () => {
  it.each(workspacePackages())(
    'in the doc comments, errors and help texts of $folder',
    ({ folder }) => {
      const files = filesUnder(join(root, 'packages', folder.replace(/^packages\//, ''), 'src'));
      const complaints = files
        .filter((file) => /\.tsx?$/.test(file))
        .flatMap((file) =>
          userTexts(file, readFileSync(file, 'utf8')).flatMap(({ line, text }) =>
            foreignPhrases(text).map((phrase) => `${file}:${line} "${phrase}"`),
          ),
        );
      expect(files.length).toBeGreaterThan(0);
      expect(complaints).toEqual([]);
    },
  );

  it.each(pages.sort())('on the page %s', (page) => {
    const complaints = pageTexts(readFileSync(join(root, page), 'utf8')).flatMap(({ line, text }) =>
      foreignPhrases(text).map((phrase) => `${page}:${line} "${phrase}"`),
    );
    expect(complaints).toEqual([]);
  });

  it('and the check reads all of a page but its code, its comments, its addresses and its figures', () => {
    const page = [
      '# Nobody waits',
      '',
      'A token at',
      'hand costs nothing; `somebody` [tells](./anew.md "Whoever asks").',
      '',
      '<!-- before',
      'whoever();',
      '-->',
      '```ts',
      'if (told) beside(); // for ever',
      '```',
      '',
      '| a | the record lies in a store |',
      '| b | there is no timer, and it is no longer needed |',
      '<!-- figures:a -->',
      '| told |',
      '<!-- /figures -->',
      '- Or else it waits, for it cannot know, else it sends.',
    ].join('\n');
    const found = pageTexts(page).flatMap(({ line, text }) =>
      foreignPhrases(text).map((phrase) => `${line} ${phrase}`),
    );
    expect(found).toEqual([
      '1 Nobody',
      '3 tells',
      '3 at hand',
      '13 lies in',
      '18 , else',
      '18 , for it',
    ]);
  });

  it('and the check finds each phrase where a user reads it, and nowhere else', () => {
    const source = [
      '/** Tells the time. */',
      'export interface A {',
      '  /** Whoever asks. */',
      '  b: string;',
      '}',
      '/** Nobody reads this. */',
      "const c = 'there is no such file';",
      "throw new Error('the store stood in the way of it');",
      'export class D {',
      '  /** What somebody holds. */',
      '  #e = 1;',
      '}',
    ].join('\n');
    const found = userTexts('a.ts', source).flatMap(({ line, text }) =>
      foreignPhrases(text).map((phrase) => `${line} ${phrase}`),
    );
    expect(found).toEqual(['1 Tells', '3 Whoever', '8 stood in']);
  });
});
