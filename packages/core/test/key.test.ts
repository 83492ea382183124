import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountKey, randomId } from '../src/key.ts';
import { anyText } from './support/any-text.ts';

const parts = (key: string): unknown => JSON.parse(key);

describe('the key of an account', () => {
  it('is the same for the same three names', () => {
    expect(accountKey('act-on', 'client-1', 'ann')).toBe(accountKey('act-on', 'client-1', 'ann'));
  });

  it.each<[string, [string, string, string], [string, string, string]]>([
    ['where one name ends and the next begins', ['a', 'bc', 'd'], ['ab', 'c', 'd']],
    ['where the account begins', ['i', 'a', 'bc'], ['i', 'ab', 'c']],
    ['an empty name', ['i', '', 'a'], ['i', 'a', '']],
    ['a name that looks like two', ['i', 'a","b', 'c'], ['i', 'a', 'b","c']],
    ['a name that ends in a backslash', ['i', 'a\\', 'b'], ['i', 'a', '\\b']],
    ['capitals', ['i', 'c', 'Ann@example.test'], ['i', 'c', 'ann@example.test']],
    ['a blank in front', ['i', 'c', ' ann'], ['i', 'c', 'ann']],
    ['a composed and a decomposed letter', ['i', 'c', '\u00e9'], ['i', 'c', 'e\u0301']],
    ['control characters', ['i', 'c', 'a\u0000b'], ['i', 'c', 'a\u0001b']],
    ['a character and its escape', ['i', 'c', '\n'], ['i', 'c', '\\n']],
    ['two halves of surrogate pairs', ['i', 'c', '\ud800'], ['i', 'c', '\ud801']],
  ])('distinguishes by %s', (_, one, other) => {
    expect(accountKey(...one)).not.toBe(accountKey(...other));
  });

  it('is printable text that names can be read back from, whatever they are', () => {
    const name = anyText();
    const cases = fc.property(name, name, name, (...names) => {
      const key = accountKey(...names);
      expect(parts(key)).toEqual(names);
      expect([...key].every((letter) => letter >= ' ')).toBe(true);
    });
    fc.assert(cases, { numRuns: 1_000 });
  });

  it('may be of any length', () => {
    const long = 'x'.repeat(10_000);
    expect(parts(accountKey('i', 'c', long))).toEqual(['i', 'c', long]);
  });
});

describe('a random id', () => {
  it('is 128 bits in hex', () => {
    for (let time = 0; time < 1_000; time += 1) expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
  });

  it('does not come twice', () => {
    expect(new Set(Array.from({ length: 10_000 }, randomId)).size).toBe(10_000);
  });

  it('has chance in every place', () => {
    const ids = Array.from({ length: 1_000 }, randomId);
    for (let place = 0; place < 32; place += 1)
      expect(new Set(ids.map((id) => id[place])).size).toBe(16);
  });
});
