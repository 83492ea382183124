import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';
import { asMarkdown, asText, withFigures } from '../figures.ts';

const page =
  'prose\n\n<!-- figures:a -->\nold\n<!-- /figures -->\n\nmore\n\n<!-- figures:ab -->\n<!-- /figures -->\nend\n';

describe('figures', () => {
  it('replace their own block and leave the prose and the other blocks alone', () => {
    const written = withFigures(page, 'a', 'new');
    expect(written).toBe(
      page.replace('<!-- figures:a -->\nold\n', '<!-- figures:a -->\n\nnew\n\n'),
    );
    expect(withFigures(written, 'a', 'new')).toBe(written);
    expect(withFigures(page, 'ab', '$& $1')).toContain('prose\n\n<!-- figures:a -->\nold');
    expect(withFigures(page, 'ab', '$& $1')).toContain(
      '<!-- figures:ab -->\n\n$& $1\n\n<!-- /figures -->\nend',
    );
  });

  it('are refused by a page without their marks', () => {
    expect(() => withFigures(page, 'b', '')).toThrow('<!-- figures:b -->');
    expect(() => withFigures('<!-- figures:b -->', 'b', '')).toThrow('<!-- /figures -->');
  });

  it.each(globSync('docs/measured/*.md', { cwd: root }))(
    'have an end for each beginning in %s',
    (file) => {
      const marks = readFileSync(join(root, file), 'utf8').match(/^<!-- \/?figures.*?-->$/gm) ?? [];
      const begins = marks.filter((_, at) => at % 2 === 0);
      expect(begins.filter((mark) => !/^<!-- figures:[a-zA-Z]+ -->$/.test(mark))).toEqual([]);
      expect(marks.filter((_, at) => at % 2 === 1)).toEqual(begins.map(() => '<!-- /figures -->'));
    },
  );
});

describe('a table', () => {
  it('has columns of one width in a terminal, and bars in Markdown', () => {
    const table = [
      ['#', 'metric'],
      ['10', 'a|b'],
    ];
    expect(asText(table)).toBe('#   metric\n10  a|b');
    expect(asMarkdown(table)).toBe('| # | metric |\n| --- | --- |\n| 10 | a\\|b |');
  });
});
