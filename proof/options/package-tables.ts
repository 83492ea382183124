import { createRequire } from 'node:module';
import { createBroker } from '@act-on-token/broker';
import { createBrokerSession } from '@act-on-token/broker/client';
import { durableObjectStore } from '@act-on-token/cloudflare';
import { createSession, isActOnTokenError } from '@act-on-token/core';
import { denoKvStore } from '@act-on-token/deno-kv';
import { dynamoDbStore } from '@act-on-token/dynamodb';
import { createEmulator, serveEmulator } from '@act-on-token/emulator';
import { fileStore } from '@act-on-token/file';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { actOnKy, createRateLimit } from '@act-on-token/ky';
import { memoryStore } from '@act-on-token/memory';
import { redisStore } from '@act-on-token/redis';
import { mysqlStore, postgresStore, sqliteStore } from '@act-on-token/sql';
import { createCallLimit } from '@act-on-token/throttle';
import { brokerSessionRules } from '../../packages/broker/src/client/broker-session.ts';
import { brokerRules } from '../../packages/broker/src/settings.ts';
import { durableObjectRules } from '../../packages/cloudflare/src/durable-object-store.ts';
import { denoKvRules } from '../../packages/deno-kv/src/deno-kv-store.ts';
import { dynamoDbRules } from '../../packages/dynamodb/src/dynamo-db-store.ts';
import type { Demand } from '../../packages/emulator/src/check.ts';
import { optionDemands } from '../../packages/emulator/src/check-options.ts';
import { switchDemands } from '../../packages/emulator/src/check-switches.ts';
import { fileRules } from '../../packages/file/src/directory.ts';
import { indexedDbRules } from '../../packages/indexeddb/src/indexed-db-store.ts';
import { actOnKyRules } from '../../packages/ky/src/act-on-ky.ts';
import { rateLimitRules } from '../../packages/ky/src/rate-limit.ts';
import { memoryRules } from '../../packages/memory/src/memory-store.ts';
import { authorizationRules } from '../../packages/oauth/src/authorization-request.ts';
import { discoverRules } from '../../packages/oauth/src/discover-endpoint.ts';
import {
  authorizationRequest,
  discoverEndpoint,
  oauthEndpoint,
} from '../../packages/oauth/src/index.ts';
import { oauthEndpointRules } from '../../packages/oauth/src/oauth-endpoint.ts';
import { redisRules } from '../../packages/redis/src/redis-store.ts';
import { mysqlRules } from '../../packages/sql/src/mysql-store.ts';
import { postgresRules } from '../../packages/sql/src/postgres-store.ts';
import { sqliteRules } from '../../packages/sql/src/sqlite-store.ts';
import { callLimitRules } from '../../packages/throttle/src/call-limit.ts';
import { endpoint, store } from './core-tables.ts';
import { type Table, wrongTexts } from './table.ts';

const session = createSession({ endpoint, account: 'ada', store });
// It connects at its first command, and there is none.
const { Redis } = createRequire(new URL('../../packages/redis/package.json', import.meta.url))(
  'ioredis',
);
const redis = new Redis({ lazyConnect: true });
const secret = 'Zm9yIGEgdGVzdCwgMzIgcmFuZG9tIGJ5dGVz';

const rulesOf = (demands: Readonly<Record<string, Demand>>): Table['rules'] =>
  Object.fromEntries(
    Object.entries(demands).map(([name, { isMet, must }]) => [name, [isMet, undefined, must]]),
  );

const noPaths = [
  ...wrongTexts,
  ...[
    '$HOME/act-on',
    '\u0024{HOME}/act-on',
    '%USERPROFILE%\\act-on',
    '%APPDATA%/act-on',
    '/data/$USER/act-on',
    '/data/\u0024{USER}',
    '~ada/act-on',
  ],
  ...[
    './~/act-on',
    'data/~',
    '~/$USER',
    '~/~/act-on',
    'file:///var/lib/act-on',
    'file:/var/lib',
    'FILE:///x',
    'redis://127.0.0.1',
    's3://bucket/x',
  ],
  ...[
    ' /var/lib/act-on',
    '/var/lib/act-on ',
    '"/var/lib/act-on"',
    "'~/act-on'",
    new URL('file:///var/lib/act-on'),
  ],
];

const noRows = async (): Promise<unknown[]> => [];
const noTables = [...wrongTexts, 'a b', 'a;b', '"a"', 'a.b.c', '1a', 'x'.repeat(64), 'a--', '.a'];

const notWhole = [
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0.5,
  '1',
  '',
  true,
  {},
  [],
  () => 1,
];
const noList = [null, '', 'x', 7, true, {}, () => [], [null], [7], [{}], ['']];
const noBoolean = [null, '', 'true', 0, 1, {}, [], () => true];
const noFunction = [null, '', 'x', 7, {}, [], Promise.resolve()];

const wrongUrls = [
  ...wrongTexts,
  '/token',
  'id.example/token',
  'http://id.example/token',
  'https://ada:canary@id.example/token',
  'https://id.example/token#canary',
  'javascript:canary',
  ['https://id.example/token'],
  { href: 'https://id.example/token' },
];

export const packageTables: readonly Table[] = [
  {
    type: 'OAuthEndpointOptions',
    rules: oauthEndpointRules,
    good: { name: 'Example', tokenUrl: 'https://id.example/token', clientId: 'client' },
    make: (options) => {
      try {
        oauthEndpoint(options as never);
      } catch (error) {
        // Each of them is right by itself; not every client needs each.
        if (!/^"clientAuth" is /.test((error as Error).message)) throw error;
      }
    },
    wrong: {
      name: [...wrongTexts.filter((text) => text !== 'x'), 'x'.repeat(41), 'Exämple'],
      tokenUrl: wrongUrls,
      authorizeUrl: wrongUrls,
      revocationUrl: wrongUrls,
      apiBase: wrongUrls,
      parameters: ['', 'canary', 7, true, () => ({}), { a: 1 }, { a: null }],
      fields: ['', 'canary', 7, {}, [7], [''], ['id_token'], Array(17).fill('a')],
    },
    right: {
      name: ['x', 'Xero', 'Example & Co.', 'x'.repeat(40)],
      tokenUrl: [new URL('https://id.example/token'), 'http://127.0.0.1:8400/token?t=1'],
      apiBase: ['https://api.example/v1', 'http://localhost:3000'],
      parameters: [{}, { audience: 'https://api.example' }],
      fields: [[], ['instance_url', 'realmId']],
      grantLimit: [{ limit: 5, window: 3_600_000, reserve: 1 }],
    },
  },
  {
    type: 'DiscoverEndpointOptions',
    rules: discoverRules,
    good: { name: 'Example', clientId: 'client' },
    make: async (options) => {
      const issuer = 'http://127.0.0.1:9';
      const fetch = async () => Response.json({ issuer, token_endpoint: `${issuer}/token` });
      try {
        await discoverEndpoint(issuer, { fetch, ...options } as never);
      } catch (error) {
        // Each of them is right by itself; not every client needs each, and not every fetch answers.
        const isOfTwo = /^"(clientAuth|privateKey)" (is|goes) /.test((error as Error).message);
        if (!isOfTwo && !isActOnTokenError(error, 'not_sent')) throw error;
      }
    },
    wrong: {
      name: [...wrongTexts.filter((text) => text !== 'x'), 'x'.repeat(41), 'Exämple'],
      apiBase: wrongUrls,
      parameters: ['', 'canary', 7, true, () => ({}), { a: 1 }, { a: null }],
      fields: ['', 'canary', 7, {}, [7], [''], ['id_token'], Array(17).fill('a')],
    },
    right: { fields: [[], ['instance_url']], parameters: [{ audience: 'https://api.example' }] },
  },
  {
    type: 'AuthorizationOptions',
    rules: authorizationRules,
    good: { redirectUri: 'https://app.example/callback' },
    make: (options) =>
      authorizationRequest(
        oauthEndpoint({
          name: 'Example',
          tokenUrl: 'https://id.example/token',
          authorizeUrl: 'https://id.example/authorize',
          clientId: 'client',
        }),
        options as never,
      ),
    wrong: {
      redirectUri: [...wrongTexts, '/callback', 'https://app.example/#x', 'https://a b.example/'],
      parameters: ['', 'canary', 7, true, () => ({}), { a: 1 }],
    },
    right: { redirectUri: ['my-app://callback/done'], parameters: [{ prompt: 'consent' }] },
  },
  {
    type: 'MemoryStoreOptions',
    isOptional: true,
    rules: memoryRules,
    good: {},
    make: (options) => memoryStore(options as never),
  },
  {
    type: 'FileStoreOptions',
    rules: fileRules,
    good: { directory: '/nowhere/at/all' },
    make: (options) => fileStore(options as never),
    wrong: { directory: noPaths },
    right: {
      directory: [
        '/var/lib/act-on',
        'relative/path',
        './here',
        '..',
        '~',
        '~/act-on',
        'C:\\data',
        '/data/with space',
        '/data/~x',
        '/srv/act-on$',
        '\\\\server\\c$\\x',
      ],
    },
  },
  {
    type: 'IndexedDbStoreOptions',
    isOptional: true,
    rules: indexedDbRules,
    good: {},
    make: (options) => indexedDbStore(options as never),
    right: { database: ['mine'] },
  },
  {
    type: 'RedisStoreOptions',
    isOptional: true,
    rules: redisRules,
    good: {},
    make: (options) => redisStore(redis, options as never),
    right: { prefix: ['mine:', '{mine}:'] },
  },
  {
    type: 'PostgresStoreOptions',
    rules: postgresRules,
    good: { query: noRows },
    make: (options) => postgresStore(options as never),
    wrong: { table: noTables },
    right: { table: ['records', 'own.records'] },
  },
  {
    type: 'MysqlStoreOptions',
    rules: mysqlRules,
    good: { query: noRows },
    make: (options) => mysqlStore(options as never),
    wrong: { table: noTables },
    right: { table: ['records', 'own.records'] },
  },
  {
    type: 'SqliteStoreOptions',
    rules: sqliteRules,
    good: { run: noRows },
    make: (options) => sqliteStore(options as never),
    wrong: { table: noTables },
    right: { table: ['records'] },
  },
  {
    type: 'DurableObjectStoreOptions',
    rules: durableObjectRules,
    good: { namespace: { idFromName: noRows, get: noRows } },
    make: (options) => durableObjectStore(options as never),
  },
  {
    type: 'DenoKvStoreOptions',
    rules: denoKvRules,
    good: { kv: { get: noRows, watch: noRows, atomic: noRows } },
    make: (options) => denoKvStore(options as never),
    right: { prefix: ['mine'] },
  },
  {
    type: 'DynamoDbStoreOptions',
    rules: dynamoDbRules,
    good: { client: { getItem: noRows, putItem: noRows } },
    make: (options) => dynamoDbStore(options as never),
    right: { table: ['mine'], partitionKey: ['id'] },
  },
  {
    type: 'ActOnKyOptions',
    isOptional: true,
    rules: actOnKyRules,
    good: {},
    make: (options) => actOnKy(session, options as never),
    wrong: { fetch: [() => {}, globalThis.fetch], baseUrl: ['', 'https://canary.example'] },
    right: { rateLimit: [createRateLimit()] },
  },
  {
    type: 'RateLimitOptions',
    isOptional: true,
    rules: rateLimitRules,
    good: {},
    make: (options) => createRateLimit(options as never),
  },
  {
    type: 'CallLimitOptions',
    rules: callLimitRules,
    good: { limiter: { consume: async () => {}, block: async () => {} } },
    make: (options) => createCallLimit(options as never),
  },
  {
    type: 'BrokerOptions',
    rules: brokerRules,
    good: {
      endpoint,
      store,
      redirectUri: 'https://app.example/auth/callback',
      sessionSecret: secret,
    },
    make: (options) => createBroker(options as never),
    wrong: {
      redirectUri: [
        ...wrongTexts,
        '/auth/callback',
        'http://app.example/auth/callback',
        'https://app.example/cb?a=1',
        'https://app.example/cb#x',
        'https://u:canary@app.example/cb',
      ],
      sessionSecret: [
        ...wrongTexts,
        'canary',
        'x'.repeat(64),
        [secret, 'canary'],
        [secret, null],
        [],
        [[secret]],
      ],
      basePath: [
        ...wrongTexts.filter((text) => text !== ''),
        'auth',
        '/auth/',
        '/a/..',
        '/a//b',
        'https://app.example/auth',
      ],
      allowedPaths: [
        ...wrongTexts,
        [],
        ['/'],
        ['/api/1'],
        ['/api/../'],
        [7],
        '/api/1/',
        ['/api/1/', null],
      ],
      cookieName: [...wrongTexts, 'my app', 'a;b', 'x'.repeat(41)],
      expectAccount: [
        ...wrongTexts.filter((value) => typeof value !== 'function'),
        '1001 ',
        '1001\n',
      ],
      session: [[], '', 'canary', 7, true, () => ({})],
    },
    right: {
      sessionSecret: [[secret], [secret, `${secret}x`]],
      basePath: ['', '/', '/auth', '/a/b'],
      allowedPaths: [['/api/1/list/'], Object.freeze(['/ucl/v2/'])],
      cookieName: ['x', 'x'.repeat(40)],
      expectAccount: ['1001', () => true],
      issuer: ['https://act-on.example'],
      session: [{}, { minValidity: 0 }, { grantLimit: undefined }],
    },
  },
  {
    type: 'session of BrokerOptions',
    isOptional: true,
    rules: {
      minValidity: [[0, 86_400_000]],
      onUnknown: [['probe', 'stop']],
      refreshAhead: [[0, 86_400_000]],
    },
    good: {},
    make: (inner) =>
      createBroker({
        endpoint,
        store,
        redirectUri: 'https://app.example/cb',
        sessionSecret: secret,
        session: inner,
      } as never),
  },
  {
    type: 'BrokerSessionOptions',
    rules: brokerSessionRules,
    good: { url: '/auth', mode: 'token' },
    make: (options) => createBrokerSession(options as never),
    wrong: { url: [...wrongTexts, 'http://', '/a b', { href: '/auth' }] },
    right: {
      url: ['/auth', new URL('https://app.example/auth')],
      account: ['acc-1'],
      store: [memoryStore()],
    },
  },
  {
    type: 'EmulatorOptions',
    refusal: 'TypeError',
    isOptional: true,
    rules: { ...rulesOf(withoutServer()), ...rulesOf(switchDemands) },
    nullable: Object.keys(switchDemands).filter((name) =>
      switchDemands[name as 'cors'].isMet(null),
    ),
    good: {},
    make: (options) => createEmulator(options as never),
    wrong: {
      profile: [...wrongTexts, 'wso2', 'Current', 'constructor'],
      now: noFunction,
      seed: ['', ' ', 7, {}, [], true],
      clients: [
        ...noList,
        [{ id: 'x' }],
        [{ id: 'x', secret: 7 }],
        [{ id: 'x', secret: 'y', redirectUri: 'z' }],
      ],
      users: [
        ...noList,
        [{ username: 'x' }],
        [{ username: 'x', password: 'y', apiEnabled: 'no' }],
        [{ userName: 'x', password: 'y' }],
      ],
      lists: [...noList, [{ name: 'x', type: 'LIST' }], [{ name: 'x', rows: [7] }]],
      redirectUris: [...noList, '/callback', ['/callback'], ['https://app.example/#x']],
      codeGrantEnabled: noBoolean,
      state: [null, '', 7, [], { schema: 2 }],
      ledgerLimit: notWhole,
      ...Object.fromEntries(
        Object.keys(switchDemands).map((name) => [
          name,
          [{}, Symbol('x'), -1, 'nonsense', () => {}].filter(
            (value) => !switchDemands[name as 'cors'].isMet(value),
          ),
        ]),
      ),
    },
    right: {
      seed: ['x'],
      redirectUris: [['https://app.example/cb']],
      users: [[{ username: 'x', password: 'y' }]],
      lists: [[], [{ name: 'x' }]],
      ledgerLimit: [0, 5],
    },
  },
  {
    type: 'ServeOptions',
    refusal: 'TypeError',
    isOptional: true,
    rules: rulesOf({
      port: optionDemands.port,
      hostname: optionDemands.hostname,
      control: optionDemands.control,
    }),
    good: {},
    make: async (options) => (await serveEmulator(options as never)).close(),
    wrong: {
      port: [...notWhole, 65_536, '8400'],
      hostname: [7, {}, [], true, '', 'a b', 'http://localhost', '127.0.0.1:80'],
      control: noBoolean,
    },
    right: { port: [0], hostname: ['127.0.0.1', '0.0.0.0'], control: [true, false] },
  },
  ...[
    [
      'ClientOptions',
      'clients',
      { id: 'x', secret: 'y' },
      { redirectUris: [...noList, ['x']], codeGrantEnabled: noBoolean },
    ] as const,
    [
      'UserOptions',
      'users',
      { username: 'x', password: 'y' },
      { account: [7, '', {}], apiEnabled: noBoolean },
    ] as const,
    [
      'ListOptions',
      'lists',
      { name: 'x' },
      { id: [7, '', {}], type: [7, 'x', {}], headers: [7, 'x', [7]], rows: [7, [7], [[7]]] },
    ] as const,
  ].map(
    ([type, option, good, wrong]): Table => ({
      type,
      refusal: 'TypeError',
      isOptional: true,
      // One message for all that such an object holds.
      named: `"${option}"`,
      isClosed: true,
      rules: Object.fromEntries(
        [...Object.keys(good), ...Object.keys(wrong)].map((name) => [
          name,
          [() => true, name in good ? null : undefined],
        ]),
      ),
      good,
      make: (item) => createEmulator({ [option]: [item] } as never),
      wrong: {
        ...Object.fromEntries(Object.keys(good).map((name) => [name, [7, '', ' ', {}, []]])),
        ...wrong,
      },
    }),
  ),
];

function withoutServer(): Readonly<Record<string, Demand>> {
  const { port: _p, hostname: _h, control: _c, ...others } = optionDemands;
  return others;
}
