import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from '@typescript/typescript6';

/** One test as it stands in the source; a table of cases counts once. */
export interface Title {
  readonly file: string;
  readonly text: string;
  /** The numbers of the rules at its head. */
  readonly rules: readonly number[];
  /** Whether it is left out of a run. */
  readonly isSkipped: boolean;
}

const folder = fileURLToPath(new URL('..', import.meta.url));

/** The titles of all tests of the emulator, by file and in their order. */
export function readTitles(): Title[] {
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.test.ts') && file !== 'rules.test.ts',
  );
  return files.sort().flatMap((file) => titlesOf(file, readFileSync(`${folder}${file}`, 'utf8')));
}

export function titlesOf(file: string, code: string): Title[] {
  const titles: Title[] = [];
  const visit = (node: ts.Node): void => {
    const title = ts.isCallExpression(node) ? titleOf(file, node) : null;
    if (title) titles.push(title);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.ES2022));
  return titles;
}

function titleOf(
  file: string,
  { expression, arguments: [first] }: ts.CallExpression,
): Title | null {
  const [root, ...modifiers] = wordsOf(expression);
  if ((root !== 'it' && root !== 'test') || !first || !ts.isStringLiteralLike(first)) return null;
  const isSkipped = modifiers.some((word) =>
    ['skip', 'skipIf', 'runIf', 'todo', 'fails'].includes(word),
  );
  return { file, text: first.text, rules: rulesOf(first.text), isSkipped };
}

/** `['it', 'each']` for `it.each(cases)` and for `it.each`. */
function wordsOf(node: ts.Expression): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) return [...wordsOf(node.expression), node.name.text];
  return ts.isCallExpression(node) || ts.isTaggedTemplateExpression(node)
    ? wordsOf(ts.isCallExpression(node) ? node.expression : node.tag)
    : [];
}

/** `E6–E9 E12 refuses …` names 6, 7, 8, 9 and 12. */
function rulesOf(title: string): number[] {
  const [head = ''] = /^(E\d+(–E\d+)? )*/.exec(title) ?? [];
  return head.split(' ').flatMap((word) => {
    const [, first, last = first] = /^E(\d+)(?:–E(\d+))?$/.exec(word) ?? [];
    if (first === undefined) return [];
    return Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, index) => Number(first) + index,
    );
  });
}
