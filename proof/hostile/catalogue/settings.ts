import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ActOnEndpointOptions,
  accountKey,
  actOnEndpoint,
  authorizationUrl,
  createSession,
  createSessionPool,
  type SessionOptions,
} from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { memoryStore } from '@act-on-token/memory';
import { expect, vi } from 'vitest';
import { outcome } from '../../../packages/cli/test/support/in-process.ts';
import { each, type HostileCase, hostile } from './case.ts';
import { expectThrow } from './refusal.ts';

const client = { clientId: 'client', clientSecret: 'secret-canary' };
const endpoint = (more: object = {}) =>
  actOnEndpoint({ ...client, ...more } as ActOnEndpointOptions);

const addresses: [string, RegExp][] = [
  ['http://api.actonsoftware.com', /neither https nor http on this machine/],
  ['https://user-canary:pass-canary@api.actonsoftware.com', /contains credentials/],
  ['javascript:alert(1)', /neither https/],
  ['file:///etc/passwd', /neither https/],
  ['https://api.actonsoftware.com.', /ends in a dot/],
  ['https://93.184.216.34', /IP address/],
  ['https://[2606:2800::1]', /IP address/],
  ['http://127.0.0.1.evil.example', /neither https/],
  ['https://api.actonsoftware.com/?token=token-canary', /query or a fragment/],
  ['api.actonsoftware.com', /is not an absolute URL|neither https/],
  ['', /is not an absolute URL/],
];

const wrongOptions: [Partial<Record<keyof SessionOptions, unknown>>, RegExp][] = [
  [{ account: '' }, /"account"/],
  [{ account: undefined }, /"account"/],
  [{ endpoint: {} }, /"endpoint"/],
  [{ store: {} }, /"store"/],
  [{ minValidity: Number.NaN }, /"minValidity"/],
  [{ refreshAhead: -1 }, /"refreshAhead"/],
  [{ minRefreshInterval: Number.POSITIVE_INFINITY }, /"minRefreshInterval"/],
  [{ maxLifetime: '3600000' }, /"maxLifetime"/],
  [{ grantLimit: { limit: 0, window: 3_600_000, reserve: 0 } }, /"grantLimit.limit"/],
  [{ grantLimit: { limit: 5, window: 3_600_000, reserve: 6 } }, /"grantLimit.reserve"/],
  [{ onUnknown: 'retry' }, /"onUnknown"/],
];

/** Names that look alike, that are too long, or that mean something to somebody. */
const names = [
  'caf\u00e9',
  'cafe\u0301',
  'x'.repeat(10_240),
  'a',
  'a b',
  'A',
  'a:b',
  '{a}',
  '*',
  '../../etc/passwd',
  'con',
  '__proto__',
  '\ufffd',
];

/**
 * Names with something around or within them that its giver does not see, or that a program put in
 * the place of a name.
 */
const slips = [
  'a\0',
  'a\r',
  'a\n',
  'a\r\n',
  ' a',
  'a ',
  '\ta',
  'a\u00a0',
  '\ufeffa',
  'a\u0085',
  '\ud800',
  'a\udc00',
  '"a"',
  '\u0024{ACCOUNT}',
  'undefined',
];

async function signIn(account: string, directory: string, tag: string): Promise<void> {
  const store = fileStore({ directory });
  const fetch = async (): Promise<Response> =>
    Response.json({ access_token: `access-${tag}`, refresh_token: `refresh-${tag}` });
  const session = createSession({ endpoint: endpoint({ fetch }), account, store });
  await session.authorize({ type: 'password', username: account, password: 'password-canary' });
  await session.close();
  await store.close();
}

/** 71–75: settings and names. */
export const settings: readonly HostileCase[] = [
  hostile(71, 'an address that a secret must not go to', async () => {
    await each(addresses, async ([baseUrl, says]) => {
      await expectThrow(() => endpoint({ baseUrl }), 'configuration', says);
      await expectThrow(
        () => authorizationUrl({ clientId: 'x', redirectUri: 'https://app.example/cb', baseUrl }),
        'configuration',
        says,
      );
    });
    await expectThrow(
      () => endpoint({ region: 'mars' }),
      'configuration',
      /"region" must be "us" or "eu"/,
    );
    await expectThrow(
      () => endpoint({ region: 'eu', baseUrl: 'https://x.example' }),
      'configuration',
      /exclude each other/,
    );
    expect(endpoint({ baseUrl: 'http://127.0.0.1:8400' }).apiBase.href).toBe(
      'http://127.0.0.1:8400/',
    );
  }),
  hostile(72, 'a blank client, and times that make no sense', async () => {
    await each(['', ' ', undefined, 7], (clientId) =>
      expectThrow(() => endpoint({ clientId }), 'configuration', /"clientId"/),
    );
    await each(['', undefined], (clientSecret) =>
      expectThrow(() => endpoint({ clientSecret }), 'configuration', /"clientSecret"/),
    );
    await each(
      [Number.NaN, -1, 1, 0, Number.POSITIVE_INFINITY, 120_001, '10000', null],
      (requestTimeout) =>
        expectThrow(
          () => endpoint({ requestTimeout }),
          'configuration',
          /"requestTimeout" must be from 1,000 to 120,000 ms/,
        ),
    );
    const good = { endpoint: endpoint(), account: 'a', store: memoryStore() };
    await each(wrongOptions, async ([wrong, says]) => {
      await expectThrow(
        () => createSession({ ...good, ...wrong } as SessionOptions),
        'configuration',
        says,
      );
      if ('account' in wrong) return;
      await expectThrow(
        () => createSessionPool({ ...good, ...wrong } as SessionOptions),
        'configuration',
        says,
      );
    });
    const command = await outcome(['token'], { ACT_ON_CLIENT_ID: ' ', ACT_ON_CLIENT_SECRET: '' });
    expect(command).toMatchObject({
      exit: 2,
      message: expect.stringMatching(/ACT_ON_CLIENT_SECRET/),
    });
  }),
  hostile(73, 'a client secret in a browser', async () => {
    vi.stubGlobal('document', {});
    vi.stubGlobal('window', globalThis);
    try {
      await expectThrow(() => endpoint(), 'configuration', /a web page cannot keep one/);
      expect(endpoint({ dangerouslyAllowBrowser: true }).clientId).toBe('client');
    } finally {
      vi.unstubAllGlobals();
    }
  }),
  hostile(74, 'names that look alike, are too long or mean something', async () => {
    expect(new Set(names.map((name) => accountKey('act-on', 'client', name))).size).toBe(
      names.length,
    );
    const directory = mkdtempSync(join(tmpdir(), 'act-on-token-names-'));
    try {
      for (const [i, name] of names.entries()) await signIn(name, directory, String(i));
      for (const [i, name] of names.entries()) {
        const store = fileStore({ directory });
        const session = createSession({ endpoint: endpoint(), account: name, store });
        expect(await session.getAccessToken()).toBe(`access-${i}`);
        await store.close();
      }
      const others = { endpoint: endpoint(), store: memoryStore() };
      const pool = createSessionPool(others);
      await each(slips, async (account) => {
        await expectThrow(
          () => createSession({ ...others, account }),
          'configuration',
          /^"account" must be/,
        );
        await expectThrow(() => pool.get(account), 'configuration', /^"account" must be/);
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  }),
  hostile(75, 'parts of a name that could be shifted', () => {
    const keys = [
      accountKey('a', 'b', 'c'),
      accountKey('ab', 'c', ''),
      accountKey('a', 'bc', ''),
      accountKey('a', 'b","c', ''),
      accountKey('a","b', 'c', ''),
      accountKey('', 'a', 'bc'),
      accountKey('a,b', '', 'c'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  }),
];
