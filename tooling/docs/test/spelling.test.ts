import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../bootstrap/paths.mjs';
import { pages } from '../pages.ts';
import { ownWords, proseOf, unknownWords } from '../spelling.ts';

describe('the spelling of a page', () => {
  it.each(pages)('%s is right', (page) => {
    expect(unknownWords(readFileSync(join(root, page), 'utf8'))).toEqual([]);
  });
});

describe('the check of spelling', () => {
  it('finds a word that is wrong, and says where', () => {
    expect(unknownWords('All is well.\n\nTokens are recieved seperately, the behaviour is favourite.')).toEqual([
      '3: recieved',
      '3: seperately',
    ]);
  });

  it('leaves code, addresses and comments alone', () => {
    expect(unknownWords('`recieve()` [x](https://recieve.example)\n\n```ts\nrecieve\n```\n<!-- recieve -->')).toEqual([]);
  });

  it('knows no word of its own that no page needs', () => {
    const prose = pages.map((page) => proseOf(readFileSync(join(root, page), 'utf8')).toLowerCase()).join('\n');
    expect(ownWords.filter((word) => !prose.includes(word.toLowerCase()))).toEqual([]);
    expect(ownWords).toEqual([...new Set(ownWords)].sort((a, b) => a.localeCompare(b, 'en')));
  });
});
