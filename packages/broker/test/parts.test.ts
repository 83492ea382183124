import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readApiPath } from '../src/api-path.ts';
import { readCookies } from '../src/cookies.ts';
import { readReturnTo } from '../src/return-to.ts';
import { createSeal } from '../src/seal.ts';

vi.setConfig({ testTimeout: 30_000 });

const origin = 'https://app.example';

describe('a path to return to', () => {
  it.each([
    '/',
    '/lists',
    '/lists?page=2#top',
    '/a%20b',
    '/ümläut',
    '/auth2',
    '/authentic/x',
    '/a//b',
    '/?returnTo=//x',
  ])('may be %s', (path) => {
    expect(readReturnTo(path, origin, '/auth')).toBe(new URL(path, origin).href);
  });

  it('never leaves the origin, whatever it is', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2f',
      '%5C',
      '%2e',
      ':',
      '@',
      'evil.example',
      'https:',
      '\t',
      '\n',
      ' ',
      '?',
      '#',
      '//',
      ';',
      '\u0000',
      'x',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const target = readReturnTo(text, origin, '/auth');
        if (target === null) return;
        const { origin: where, pathname } = new URL(target);
        expect(where).toBe(origin);
        expect(pathname).not.toMatch(/^\/[/\\]|^\/auth(\/|$)/);
        // Nor would a browser that were given only the path of it.
        expect(new URL(target.slice(origin.length), 'https://elsewhere.example').origin).toBe(
          'https://elsewhere.example',
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a path of the API', () => {
  const allowed = ['/api/1/', '/ucl/v2/'];

  it.each([
    'api/1/list',
    'api/1/list/l-0001/record',
    'api/1/list/l-0001:12',
    'api/1/x/ada%40example.test',
    'ucl/v2/1001/tables/',
    'api/1/a.b',
  ])('may be %s', (path) => {
    expect(readApiPath(path, allowed)).toEqual({ path: `/${path}` });
  });

  it.each([
    ...[
      '%20..',
      '..%20',
      '%20..%20',
      '.%20.',
      '%20',
      '%C2%A0..',
      '..%E2%80%83',
      '%E3%80%80..',
      '..%09',
      '%0b..',
      '%C2%85..',
    ],
    // A soft hyphen, zero-width characters, a variation selector, a joiner and a filler are dropped
    // by some.
    ...[
      '.%C2%AD.',
      '..%E2%80%8B',
      '%EF%BB%BF..',
      '..%EF%B8%8F',
      '.%CD%8F.',
      '%E3%85%A4..',
      '%E2%81%A0',
    ],
    // Characters whose compatibility form is dots: one, two and three dot leaders, small and
    // fullwidth full stops.
    ...[
      '%E2%80%A4%E2%80%A4',
      '%E2%80%A5',
      '%E2%80%A6',
      '%EF%B9%92.',
      '%EF%BC%8E%EF%BC%8E',
      '%EF%BC%8E%20%EF%BC%8E',
      '.%EF%BD%A1',
      '%E3%80%82.',
    ],
    // Slashes: fullwidth, account of, care of, a backslash, fractions; and what else ends a step.
    ...[
      'a%EF%BC%8F..',
      '%E2%84%80',
      '%E2%84%85',
      'a%EF%BC%BCb',
      'a%EF%B9%A8b',
      'a%E2%81%84b',
      'a%E2%88%95b',
      '%C2%BD',
      'a%E2%A7%B8b',
      'a%E2%A7%B5b',
    ],
    ...['a%EF%BC%85b', 'a%EF%BC%9Bb', 'a%CD%BEb', 'a%EF%BC%9Fb', 'a%EF%BC%83b'],
  ])('is refused with the step %s, which some program may read as another', (step) => {
    for (const path of [
      `api/1/${step}`,
      `api/1/${step}/token`,
      `api/1/list/${step}/x`,
      `${step}/api/1/list`,
    ])
      expect(readApiPath(path, allowed)).toEqual({ fault: 'unclean' });
  });

  it.each([
    'api/1/my%20list',
    'api/1/%E5%90%8D%E5%89%8D',
    'api/1/caf%C3%A9',
    'api/1/a.b..c',
    'api/1/%EF%BC%A1',
    'api/1/x%20',
  ])('may be %s', (path) => {
    expect(readApiPath(path, allowed)).toEqual({ path: `/${path}` });
  });

  it('that is let through stays what it is, however often it is decoded and normalised', () => {
    const pieces = fc.constantFrom(
      'api/1/',
      'ucl/v2/',
      '/',
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '%252e',
      '%2f',
      '%5c',
      ';',
      '\\',
      'token',
      'list',
      '%00',
      '%20',
      '%E2%80%A5',
      '%EF%BC%8F',
      '%C2%AD',
      '?',
      '#',
      '@',
      ':',
      '%',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 8 }).map((parts) => `api/1/${parts.join('')}`),
        (rest) => {
          const found = readApiPath(rest, allowed);
          if ('fault' in found) return;
          const decoded = decodeURIComponent(found.path);
          expect(new URL(found.path, origin).pathname).toBe(found.path);
          expect(new URL(decoded, origin).pathname).toMatch(/^\/(api\/1|ucl\/v2)\//);
          expect(decodeURIComponent(decoded)).toBe(decoded);
          expect(
            new URL(decoded.normalize('NFKC').replace(/[\s\p{DI}]/gu, ''), origin).pathname,
          ).toMatch(/^\/(api\/1|ucl\/v2)\//);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('cookies', () => {
  it('are read as browsers send them, and one that came twice is none', () => {
    expect([...readCookies('a=1; b=x=y;c= 2 ; broken; a2=3')]).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
      ['c', '2'],
      ['a2', '3'],
    ]);
    expect([...readCookies('a=1; b=2; a=3')]).toEqual([['b', '2']]);
    expect(readCookies(null).size).toBe(0);
  });
});

describe('a seal', () => {
  const [older, newer] = ['an older secret of 32 characters!', 'a newer secret of 32 characters!!'];

  it('opens what it made, for what it was made for', async () => {
    const seal = createSeal([newer], 'here');
    const sealed = await seal.seal('session', { a: 1 });
    expect(await seal.open('session', sealed)).toEqual({ claims: { a: 1 }, isCurrent: true });
    expect(await seal.open('sign-in', sealed)).toBeNull();
    expect(await createSeal([newer], 'there').open('session', sealed)).toBeNull();
  });

  it('never makes the same text twice', async () => {
    const seal = createSeal([newer], 'here');
    const texts = await Promise.all(
      Array.from({ length: 50 }, () => seal.seal('session', { a: 1 })),
    );
    expect(new Set(texts).size).toBe(50);
  });

  it('opens with every key that it was given, and says if that is not the newest', async () => {
    const sealed = await createSeal([older], 'here').seal('session', { a: 1 });
    expect(await createSeal([newer, older], 'here').open('session', sealed)).toEqual({
      claims: { a: 1 },
      isCurrent: false,
    });
    expect(await createSeal([newer], 'here').open('session', sealed)).toBeNull();
  });

  it('opens nothing that was changed, in any character', async () => {
    const seal = createSeal([newer], 'here');
    const sealed = await seal.seal('session', { a: 'b' });
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'Q' : 'A'}${sealed.slice(at + 1)}`;
      expect(await seal.open('session', changed)).toBeNull();
    }
  });
});
