import {
  actOnEndpoint,
  authorizationUrl,
  createSession,
  createSessionPool,
  isActOnTokenError,
  pollingWatch,
  readCallback,
  sealedStore,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { pollingWatchRules } from '../../packages/core/src/polling-watch.ts';
import { poolRules } from '../../packages/core/src/pool.ts';
import { sealingRules } from '../../packages/core/src/sealed-store.ts';
import {
  callRules,
  grantLimitRules,
  sessionRules,
} from '../../packages/core/src/session/options.ts';
import { authorizationRules, expectedRules } from '../../packages/core/src/wire/authorization.ts';
import { endpointRules } from '../../packages/core/src/wire/endpoint.ts';
import { grantRules } from '../../packages/core/src/wire/grant.ts';
import { type Table, wrongNames, wrongTexts } from './table.ts';

const client = { clientId: 'client', clientSecret: 'secret' };
export const endpoint = actOnEndpoint({
  ...client,
  fetch: () => Promise.reject(new TypeError('offline')),
});
export const store = memoryStore();
const session = { endpoint, account: 'ada@example.com', store };
const redirectUri = 'https://app.example/auth/callback';
const state = 'a state of sixteen characters';
const someKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

const wrongAddresses = [
  ...[
    7,
    true,
    {},
    [],
    ['https://api.actonsoftware.com'],
    { href: 'https://api.actonsoftware.com' },
    () => 'https://api.actonsoftware.com',
  ],
  ...[
    '',
    ' ',
    'api.actonsoftware.com',
    '/token',
    'http://api.actonsoftware.com',
    'https://user:canary@gateway.example',
    '$ACT_ON_BASE_URL',
  ],
  ...[
    '/api/1',
    '/api/1/',
    '/API/1',
    '/Api/1/',
    '//api/1',
    '/api//1/',
    '/api/1/list',
    '/ucl/v2',
    '/token',
    '/authorize/',
  ].flatMap((path) => [
    `https://api.actonsoftware.com${path}`,
    `https://gateway.example/act-on${path}`,
    `http://127.0.0.1:8400${path}`,
  ]),
  ...[
    'https://api.actonsoftware.com/v1',
    'https://api-eu.actonsoftware.com/rest/',
    new URL('https://restapi.actonsoftware.com/api/1'),
  ],
];
const rightAddresses = [
  'https://gateway.example/act-on',
  new URL('https://gateway.example/api/'),
  'http://localhost:8400',
  'https://restapi.actonsoftware.com/',
];
const wrongRedirects = [
  ...wrongTexts,
  '/callback',
  'https://app.example/#x',
  ' https://app.example/',
  'https://app.example/a b',
  'app.example',
];

const unlessLeft = (error: unknown): void => {
  if ((error as Error).message !== 'left') throw error;
};
const unlessClosed = (error: unknown): void => {
  if (!isActOnTokenError(error, 'closed')) throw error;
};
const left = AbortSignal.abort(new Error('left'));

const grantTable = (
  type: keyof typeof grantRules,
  good: object,
  more: Pick<Table, 'wrong' | 'right'>,
): Table => {
  const { type: _, ...rules } = grantRules[type] as Table['rules'];
  const make = (grant: object) =>
    createSession(session)
      .authorize(grant as never, { signal: left })
      .catch(unlessLeft);
  return {
    type: `${type === 'authorization_code' ? 'an' : 'a'} ${type} grant`,
    rules,
    good: { type, ...good },
    make,
    prefix: 'grant.',
    ...more,
  };
};

export const coreTables: readonly Table[] = [
  {
    type: 'SessionOptions',
    rules: sessionRules,
    good: session,
    make: (options) => createSession(options as never),
    wrong: { account: wrongNames, grantLimit: [[]] },
    right: {
      account: ['ada', 'Ada Lovelace', 'café', '👩‍🚀', 'x'.repeat(10_000)],
      refreshAhead: [0.5],
    },
  },
  {
    type: 'grantLimit',
    isOptional: true,
    rules: grantLimitRules,
    good: { limit: 100, window: 3_600_000, reserve: 1 },
    make: (grantLimit) => createSession({ ...session, grantLimit } as never),
    prefix: 'grantLimit.',
  },
  {
    type: 'AccessTokenOptions',
    isOptional: true,
    rules: callRules,
    good: {},
    make: async (options) => {
      const failure = await createSession(session)
        .getAccessToken(options as never)
        .catch((error: unknown) => error);
      if (!isActOnTokenError(failure, 'signed_out') && !isActOnTokenError(failure, 'timeout'))
        unlessLeft(failure);
    },
    right: { rejected: ['', 'token'], signal: [new AbortController().signal, left] },
  },
  {
    type: 'the options of authorize',
    isOptional: true,
    rules: { signal: callRules.signal },
    good: {},
    // Closed, so that nothing is sent.
    make: async (options) => {
      const closed = createSession(session);
      await closed.close();
      await closed
        .authorize({ type: 'refresh_token', refreshToken: 'x' }, options as never)
        .catch(unlessClosed);
    },
    right: { signal: [new AbortController().signal] },
  },
  {
    type: 'SessionPoolOptions',
    rules: { ...sessionOfPool(), ...poolRules },
    good: { endpoint, store },
    make: (options) => createSessionPool(options as never),
    wrong: { grantLimit: [[]] },
  },
  {
    type: 'ActOnEndpointOptions',
    rules: endpointRules,
    good: client,
    make: (options) => actOnEndpoint(options as never),
    wrong: { clientId: wrongNames, clientSecret: wrongNames, baseUrl: wrongAddresses },
    right: {
      clientId: ['x', 'a b'],
      clientSecret: ['x', 'it\'s "so" so', '+&=%é😀'],
      baseUrl: rightAddresses,
    },
  },
  {
    type: 'AuthorizationUrlOptions',
    rules: authorizationRules,
    good: { clientId: 'client', redirectUri },
    make: (options) => authorizationUrl(options as never),
    wrong: {
      clientId: wrongNames,
      redirectUri: wrongRedirects,
      baseUrl: wrongAddresses,
      scope: wrongNames,
      state: [...wrongTexts, 'fifteen letters', `${state}\n`],
    },
    right: {
      baseUrl: rightAddresses,
      scope: ['offline-access a+b'],
      state: [state],
      redirectUri: ['my-app://callback/done'],
    },
  },
  {
    type: 'ExpectedCallback',
    rules: expectedRules,
    good: { state, redirectUri },
    make: (expected) => {
      const { issuer } = Object(expected) as { issuer?: string };
      const url = new URL(`${redirectUri}?code=x&state=${encodeURIComponent(state)}`);
      if (issuer !== undefined) url.searchParams.set('iss', issuer);
      try {
        readCallback(url, expected as never);
      } catch (error) {
        // Nothing was kept, as in another browser: no mistake of the program.
        if (!isActOnTokenError(error, 'callback') || !/"state"/.test(error.message)) throw error;
      }
    },
    wrong: { redirectUri: wrongRedirects, issuer: wrongTexts.filter((text) => text !== ' ') },
    right: { codeVerifier: ['verifier'], issuer: ['https://act-on.example'] },
  },
  grantTable(
    'password',
    { username: 'ada', password: 'x' },
    {
      wrong: { username: wrongNames, password: wrongSecrets() },
      right: { password: [' a b ', '"x"'] },
    },
  ),
  grantTable(
    'authorization_code',
    { code: 'x', redirectUri },
    {
      wrong: { code: wrongSecrets(), redirectUri: wrongRedirects, codeVerifier: wrongSecrets() },
      right: { codeVerifier: ['x'] },
    },
  ),
  grantTable('refresh_token', { refreshToken: 'x' }, { wrong: { refreshToken: wrongSecrets() } }),
  {
    type: 'SealingKeys',
    rules: sealingRules,
    good: { current: someKey() },
    make: (keys) => sealedStore(store, keys as never),
    wrong: {
      current: [
        'canary'.repeat(8),
        new Uint8Array(32),
        new Uint8Array(32).fill(97),
        new Uint8Array(31),
        new Uint32Array(32),
      ],
      previous: ['', {}, 7],
    },
    right: { current: [someKey(), Buffer.from(someKey())], previous: [[], [someKey()]] },
  },
  {
    type: 'PollingWatchOptions',
    isOptional: true,
    rules: pollingWatchRules,
    good: {},
    make: (options) =>
      pollingWatch(
        async () => ({ record: null }),
        () => {},
        options as never,
      )(),
  },
];

function wrongSecrets(): readonly unknown[] {
  return wrongTexts.filter((text) => text !== ' ');
}

/** The account comes with each session. */
function sessionOfPool(): Table['rules'] {
  const { account: _, ...rules } = sessionRules;
  return rules;
}
