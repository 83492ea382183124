import { rules } from './rules.ts';
import type { Title } from './titles.ts';

const head = `# The emulator's rules, and the tests that hold them

Which tests name which rule, read from their titles. \`%s\` and the like stand for the cases of a test that has several.
A rule is tested if a test that is not skipped names it; that the tests pass is what \`npm test\` says, and one of them compares
this file with the titles. It is written by

    npm test -- packages/emulator --update

| rule | the emulator | tests | status |
| --- | --- | --- | --- |
`;

/** The table as Markdown. */
export function tableOf(titles: readonly Title[]): string {
  return `${head}${rules.map((text, index) => rowOf(index + 1, text, titles)).join('')}`;
}

export function testsOf(rule: number, titles: readonly Title[]): Title[] {
  return titles.filter((title) => title.rules.includes(rule) && !title.isSkipped);
}

function rowOf(rule: number, text: string, titles: readonly Title[]): string {
  const tests = testsOf(rule, titles);
  const cells = tests.map(({ file, text }) => `\`${file.replace('.test.ts', '')}\` ${escaped(text.replace(/^(E\d+(–E\d+)? )*/, ''))}`);
  return `| E${rule} | ${escaped(text)} | ${cells.join('<br>')} | ${tests.length > 0 ? 'tested' : 'not tested'} |\n`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
