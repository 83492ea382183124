import { asMarkdown } from '../../../../tooling/figures.ts';
import { rules } from './rules.ts';
import type { Title } from './titles.ts';

/** The table as Markdown. */
export function tableOf(titles: readonly Title[]): string {
  return asMarkdown([
    ['rule', 'the emulator', 'tests', 'status'],
    ...rules.map((text, index) => cellsOf(index + 1, text, titles)),
  ]);
}

export function testsOf(rule: number, titles: readonly Title[]): Title[] {
  return titles.filter((title) => title.rules.includes(rule) && !title.isSkipped);
}

function cellsOf(rule: number, text: string, titles: readonly Title[]): string[] {
  const tests = testsOf(rule, titles).map(
    ({ file, text }) =>
      `\`${file.replace('.test.ts', '')}\` ${escaped(text.replace(/^(E\d+(–E\d+)? )*/, ''))}`,
  );
  return [
    `E${rule}`,
    escaped(text),
    tests.join('<br>'),
    tests.length > 0 ? 'tested' : 'not tested',
  ];
}

const escaped = (text: string): string => text.replaceAll('<', '&lt;');
