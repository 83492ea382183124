import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withFigures } from '../../../tooling/figures.ts';
import { rules } from './rules/rules.ts';
import { tableOf, testsOf } from './rules/table.ts';
import { readTitles, titlesOf } from './rules/titles.ts';

const titles = readTitles();

describe('the rules', () => {
  it('have a test each', () => {
    const untested = rules
      .map((_, index) => index + 1)
      .filter((rule) => testsOf(rule, titles).length === 0);
    expect(untested).toEqual([]);
  });

  it('are fifty-eight, and no test names another', () => {
    expect(rules).toHaveLength(58);
    expect(
      titles.filter((title) => title.rules.some((rule) => rule < 1 || rule > rules.length)),
    ).toEqual([]);
    // A rule that stands elsewhere in a title would not be seen.
    expect(
      titles.filter(({ text }) => /\bE\d/.test(text.replace(/^(E\d+(–E\d+)? )*/, ''))),
    ).toEqual([]);
  });

  it('are in docs/measured/emulator-rules.md with the titles of today', async () => {
    const file = new URL('../../../docs/measured/emulator-rules.md', import.meta.url);
    const page = withFigures(readFileSync(file, 'utf8'), 'rules', tableOf(titles));
    await expect(page).toMatchFileSnapshot(fileURLToPath(file));
  });
});

describe('reading titles', () => {
  it('sees tests, tests with cases and tests that are left out, and nothing else', () => {
    const code = `
      describe('E1 a group', () => {
        it('E1 E3 one', () => {});
        it.each([1, 2])('E5–E7 many %s', () => {});
        test.skip('E8 later', () => {});
        it(\`E9 in backticks\`, () => expect('E10 text'));
        exit('E11 nothing');
      });`;
    expect(
      titlesOf('a.test.ts', code).map(({ text, rules, isSkipped }) => [text, rules, isSkipped]),
    ).toEqual([
      ['E1 E3 one', [1, 3], false],
      ['E5–E7 many %s', [5, 6, 7], false],
      ['E8 later', [8], true],
      ['E9 in backticks', [9], false],
    ]);
  });
});
