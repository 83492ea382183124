import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder } from '../bootstrap/fingerprint.mjs';
import { root } from '../bootstrap/paths.mjs';
import { workspacePackages } from '../build/workspace-packages.ts';
import { foreignPhrases, userTexts } from '../foreign-phrases.ts';

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
