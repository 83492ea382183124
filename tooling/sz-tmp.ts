import { sizeOf } from './size.ts';

const rows: [string, string[], (string[] | undefined)?, string?][] = [
  ['core', ['createSession', 'actOnEndpoint']],
  ['core', ['sealedStore']],
  ['core', ['pollingWatch']],
  ['memory', ['memoryStore']],
  ['indexeddb', ['indexedDbStore'], ['@act-on-token/core']],
  ['react', ['ActOnTokenProvider', 'useActOnToken', 'useActOnTokenSelector'], ['react', '@act-on-token/core']],
  ['react', ['useActOnTokenReady', 'ActOnTokenSuspense'], ['react', '@act-on-token/core']],
  ['react', ['useActOnCallback', 'expectCallback'], ['react', '@act-on-token/core']],
  ['ky', ['actOnKy'], ['ky', '@act-on-token/core']],
  ['ky', ['actOnKy', 'createRateLimit'], ['ky', '@act-on-token/core']],
  ['broker', ['createBrokerSession'], undefined, 'client'],
];
for (const r of rows) console.log(r[0], r[1].join(','), JSON.stringify(await sizeOf(r[0], r[1], r[2], r[3])));
