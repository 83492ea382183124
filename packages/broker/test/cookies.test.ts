import { describe, expect, it } from 'vitest';
import { readCookies } from '../src/cookies.ts';
import { ada, bob, createWorld } from './support/world.ts';

const ours = '__Host-Http-act-on.AAAAAAAAAAAAAAAA';
/**
 * What a runtime may make of a byte in front of or behind a name: Latin-1, UTF-8, or the mark for
 * what is neither.
 */
const strange = [
  '\u00a0',
  'Â\u00a0',
  '\u000b',
  '\u000c',
  '\u0085',
  'Â\u0085',
  '\ufeff',
  '\u2003',
  '\u3000',
  '\u2028',
  '\u0000',
  '\u001f',
  '\ufffd',
  'é',
];
const shown = (text: string): string =>
  [...text].map((char) => (char.codePointAt(0) ?? 0).toString(16)).join(' ');

describe('the Cookie header', () => {
  it.each([
    ['a=1; b=2', { a: '1', b: '2' }],
    [' a = 1 ;\tb=2\t', { a: '1', b: '2' }],
    ['a=1=2; b="q"; c=%41; d', { a: '1=2', b: '"q"', c: '%41' }],
    ['__proto__=1; constructor=2', { ['__proto__']: '1', constructor: '2' }],
    ['', {}],
    [null, {}],
    ['; ;=; =x', {}],
  ])('%j is read pair by pair, values as they are', (header, expected) => {
    expect(Object.entries(expected)).toEqual([...readCookies(header)]);
  });

  it('gives neither value of a name that comes twice, whatever is in between', () => {
    expect([...readCookies(`${ours}=a; x=1; ${ours}=b`)]).toEqual([['x', '1']]);
    expect([...readCookies(`${ours}=a; ${ours} =b; ${ours}\t=c`)]).toEqual([]);
  });

  it.each(strange.map((char) => [shown(char), char]))(
    'never makes a name of ours of one with %s in front or behind',
    (_, char) => {
      for (const name of [
        `${char}${ours}`,
        `${ours}${char}`,
        ` ${char} ${ours}`,
        `${char}${char}${ours}`,
        `__Host-${char}Http-act-on.A`,
      ]) {
        expect([...readCookies(`${name}=planted`)]).toEqual([]);
        // Nor does it count as a second one.
        expect([...readCookies(`${ours}=mine; ${name}=planted`)]).toEqual([[ours, 'mine']]);
        expect([...readCookies(`${name}=planted; ${ours}=mine`)]).toEqual([[ours, 'mine']]);
      }
    },
  );
});

describe('a cookie that a sibling host planted', () => {
  it.each(strange.map((char) => [shown(char), char]))(
    'signs no one in, and no one out, with %s at its name',
    async (_, char) => {
      const world = createWorld();
      const [victim, attacker] = [await world.signedIn(ada), await world.signedIn(bob)];
      const [name, value] = pair(attacker.jar);
      const [mine, own] = pair(victim.jar);
      const ask = async (cookie: string) => {
        const headers = Object.defineProperty(new Headers({ 'x-act-on-broker': '1' }), 'get', {
          value: (header: string) =>
            header === 'cookie' ? cookie : Headers.prototype.get.call(headers, header),
        });
        const request = Object.defineProperty(
          new Request('https://app.example/auth/session'),
          'headers',
          { value: headers },
        );
        return (await world.broker(request)).json();
      };
      for (const planted of [`${char}${name}`, `${name}${char}`]) {
        expect(await ask(`${planted}=${value}`)).toMatchObject({ active: false, accounts: [] });
        expect(await ask(`${mine}=${own}; ${planted}=${value}`)).toMatchObject({
          accounts: [{ name: ada.username }],
        });
      }
      for (const planted of [`${char}${mine}`, `${mine}${char}`])
        expect(await ask(`${planted}=x; ${mine}=${own}`)).toMatchObject({
          active: true,
          account: { name: ada.username },
        });
    },
  );
});

const pair = (jar: ReadonlyMap<string, { value: string }>): [string, string] => {
  const [[name = '', cookie] = []] = [...jar];
  return [name, cookie?.value ?? ''];
};
