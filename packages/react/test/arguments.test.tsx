import type { Session } from '@act-on-token/core';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import {
  ActOnTokenProvider,
  expectCallback,
  useActOnCallback,
  useActOnToken,
  useActOnTokenReady,
  useActOnTokenSelector,
} from '../src/index.ts';
import { world } from './support/world.ts';

const untyped = <T,>(value: unknown): T => value as T;
const configuration = (says: RegExp) =>
  expect.objectContaining({ code: 'configuration', message: expect.stringMatching(says) });

/** What a component throws that calls this while it is rendered. */
function rendering(use: () => unknown): () => string {
  function Component(): null {
    use();
    return null;
  }
  return () => renderToString(<Component />);
}

const noSessions = [
  null,
  'session',
  7,
  true,
  {},
  [],
  () => {},
  Promise.resolve(),
  { subscribe: 7 },
];

describe('what is not a session', () => {
  it('is refused by the provider, as its "session"', () => {
    for (const session of [undefined, ...noSessions])
      expect(() =>
        renderToString(<ActOnTokenProvider session={untyped<Session>(session)} />),
      ).toThrow(configuration(/^"session" of <ActOnTokenProvider>/));
  });

  it('is refused by each hook, as its own', () => {
    for (const given of noSessions) {
      const session = untyped<Session>(given);
      expect(rendering(() => useActOnToken(session))).toThrow(
        configuration(/^"session" of useActOnToken\(\)/),
      );
      expect(
        rendering(() => useActOnTokenSelector((token) => token.usable, Object.is, session)),
      ).toThrow(configuration(/^"session" of useActOnTokenSelector/));
      expect(rendering(() => useActOnTokenReady('read', session))).toThrow(
        configuration(/^"session" of useActOnTokenReady/),
      );
      expect(rendering(() => useActOnCallback(session))).toThrow(
        configuration(/^"session" of useActOnCallback/),
      );
    }
  });
});

describe('a hook refuses', () => {
  const { session } = world();
  const mine = session();

  it.each([undefined, null, 'usable', 7, {}, []])('the selector %j', (selector) => {
    expect(
      rendering(() => useActOnTokenSelector(untyped<() => boolean>(selector), Object.is, mine)),
    ).toThrow(configuration(/"selector" must be a function/));
  });

  it.each([null, 'shallow', true, {}])('the comparison %j', (isEqual) => {
    expect(
      rendering(() =>
        useActOnTokenSelector((token) => token.usable, untyped<() => boolean>(isEqual), mine),
      ),
    ).toThrow(configuration(/"isEqual" must be a function/));
  });

  it.each([null, '', 'account', 'Token', true, {}, 'constructor', '__proto__'])(
    'to wait until %j',
    (until) => {
      expect(rendering(() => useActOnTokenReady(untyped<'read'>(until), mine))).toThrow(
        configuration(/"until" must be "read" or "token"/),
      );
    },
  );
});

describe('expectCallback refuses', () => {
  const good = {
    state: 'a state of sixteen characters',
    redirectUri: 'https://app.example/callback',
  };
  const wrong = [
    undefined,
    null,
    'canary',
    7,
    [],
    {},
    Promise.resolve(good),
    { ...good, state: '' },
    { ...good, redirectUri: 7 },
  ];
  const more = [
    { ...good, codeVerifier: '' },
    { ...good, codeVerifier: 7 },
    { ...good, issuer: '' },
    { ...good, issuer: null },
  ];

  it.each([...wrong, ...more].map((expected) => ({ expected })))('$expected', ({ expected }) => {
    expect(() => expectCallback(untyped<typeof good>(expected))).toThrow(
      configuration(/^expectCallback\(\) takes what authorizationUrl\(\) resolved with/),
    );
  });
});
