import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { decodeTrie } from 'cspell-trie-lib';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** British English, and in `words.txt` the words of this project, one on a line. */
const dictionary = decodeTrie(gunzipSync(readFileSync(at('node_modules/@cspell/dict-en-gb/en_GB.trie.gz'))));

export const ownWords: readonly string[] = readFileSync(at('words.txt'), 'utf8')
  .split('\n')
  .filter((word) => word !== '');
const own = new Set(ownWords.map((word) => word.toLowerCase()));

/** What is prose in a page: neither code, nor addresses, nor comments, nor what is written in `code`. */
export function proseOf(markdown: string): string {
  return markdown
    .replaceAll(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, blank)
    .replaceAll(/^ {4,}(?![-*\d]).*$/gm, blank)
    .replaceAll(/<!--[\s\S]*?-->/g, blank)
    .replaceAll(/(`+)[^`][\s\S]*?\1/g, blank)
    .replaceAll(/\]\([^)]*\)/g, blank)
    .replaceAll(/<?https?:[^\s>)]+>?/g, blank)
    .replaceAll(/[\w./@-]*[@/][\w./@-]+/g, blank);
}

/** Lines stay where they are. */
const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

/** The words of a page that nobody knows, with their lines: `12: recieve`. */
export function unknownWords(markdown: string): string[] {
  return proseOf(markdown)
    .split('\n')
    .flatMap((line, i) =>
      wordsOf(line)
        .filter((word) => !isKnown(word))
        .map((word) => `${i + 1}: ${word}`),
    );
}

/** Names in capitals, letters alone and what has a digit in it are nobody's business. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/(?<![\p{L}\p{N}_.$])\p{L}[\p{L}\p{N}_’']*(?![\p{L}\p{N}_])/gu)].map(([word]) =>
    word.replace(/[’']s?$/, ''),
  );
  return words.filter((word) => word.length > 2 && !/[\p{N}_]/u.test(word) && word !== word.toUpperCase() && !/\p{Ll}\p{Lu}/u.test(word));
}

function isKnown(word: string): boolean {
  const plain = word.replaceAll('’', "'");
  const lower = plain.toLowerCase();
  return [plain, lower].some((form) => dictionary.has(form)) || own.has(lower);
}
