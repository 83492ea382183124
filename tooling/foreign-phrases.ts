import ts from '@typescript/typescript6';

/*
 * Phrases that are correct in another language and foreign in English: no one would say them in a code review. What a user
 * reads must be free of them.
 */

const phrases: readonly RegExp[] = [
  /\b(stands?|stood) (in|on|there)\b(?! for)/i,
  /\bstood still\b/i,
  /\b(lies?|lay) (in|on|there|beside)\b/i,
  /\b(tells?|told)\b/i,
  /\b(whoever|nobody|somebody|anybody|everybody)\b/i,
  /\b(is|are) no [a-z]+\b(?! longer)/i,
  /\bas good as none\b/i,
  /\banew\b/i,
  /\bbesides?\b/i,
  /\bat hand\b/i,
  /\bleft alone\b/i,
  /\bforesaw\b/i,
  /\bdid not do its work\b/i,
  /\bfor ever\b/i,
  /\bcomes? along\b/i,
  /\bReturns what stops\b/i,
  // "anything else" is English; "else" as "otherwise" is not.
  /[,;.] else\b|\band else\b/i,
  // "for" in the sense of "because".
  /[,;:] for (it|they|he|she|there|nothing|without|otherwise)\b/i,
];

/** Takes out English that looks alike and is right: "there is no timer", "no longer". */
const isRight = (text: string): string =>
  text.replace(/\bthere (is|are|was|were) no\b/gi, '').replace(/\b(is|are) no longer\b/gi, '');

/** The foreign phrases in a text. */
export function foreignPhrases(text: string): string[] {
  const plain = isRight(text.replace(/\s*\n\s*\*?\s*/g, ' '));
  return phrases.flatMap((phrase) => phrase.exec(plain)?.[0] ?? []);
}

/** A text that a user reads, and the line it begins in. */
export interface UserText {
  readonly line: number;
  readonly text: string;
}

/** The doc comments of what a file exports, with those of its members, and the sentences among its strings. */
export function userTexts(name: string, source: string): UserText[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: UserText[] = [];
  const add = (position: number, text: string): void => {
    found.push({ line: file.getLineAndCharacterOfPosition(position).line + 1, text });
  };
  const docs = new Set<ts.Node>();
  const visit = (node: ts.Node, isExported: boolean): void => {
    const exported = (isExported || (ts.isStatement(node) && hasExport(node))) && !isPrivate(node);
    if (exported) for (const doc of ts.getJSDocCommentsAndTags(node)) docs.add(doc);
    if (isText(node) && /[a-z]+ [a-z]+ [a-z]+/i.test(node.text)) add(node.pos, node.text);
    // What is inside a function is not exported with it.
    ts.forEachChild(node, (child) => visit(child, exported && !ts.isBlock(node)));
  };
  visit(file, false);
  for (const doc of docs) add(doc.pos, doc.getText(file));
  return found.sort((a, b) => a.line - b.line);
}

/**
 * The paragraphs, table rows and headings of a page. Code, comments, addresses and their titles, and figures that a command
 * wrote are left out.
 */
export function pageTexts(markdown: string): UserText[] {
  const blank = (text: string): string => text.replace(/[^\n]/g, '');
  const prose = markdown
    .replace(/<!-- figures:[\s\S]*?<!-- \/figures -->/g, blank)
    .replace(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`]*`/g, (code) => `\`${blank(code)}\``)
    .replace(/\]\([^()]*(?:\([^()]*\)[^()]*)*\)/g, (link) => `]${blank(link)}`);
  const found: { line: number; text: string }[] = [];
  let isOpen = false;
  for (const [at, line] of prose.split('\n').entries()) {
    const paragraph = isOpen && !/^\s*(?:\||#|[-*] |\d+\. )/.test(line) ? found.at(-1) : undefined;
    if (paragraph !== undefined) paragraph.text += `\n${line}`;
    else found.push({ line: at + 1, text: line });
    isOpen = line.trim() !== '';
  }
  return found.filter(({ text }) => text.trim() !== '');
}

const hasExport = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);

const isPrivate = (node: ts.Node): boolean =>
  ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name);

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateLiteralToken;

function isText(node: ts.Node): node is Text {
  return ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);
}
