import { fileURLToPath } from 'node:url';
import { ActOnAccount, durableObjectStore } from '@act-on-token/cloudflare';
import { actOnEndpoint, createSession, type TokenStore } from '@act-on-token/core';
import { serveEmulator } from '@act-on-token/emulator';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundleOf } from '../../../proof/support/bundle.ts';
import { expire } from '../../../proof/support/expire.ts';
import type { KitResults } from '../../../proof/support/kit-results.ts';
import { passesTheKitElsewhere } from '../../../proof/support/store-kit.ts';
import type { Order } from './support/worker.ts';

const program = fileURLToPath(new URL('./support/worker.ts', import.meta.url));
let miniflare: Miniflare;

beforeAll(async () => {
  miniflare = new Miniflare({
    modules: true,
    script: await bundleOf(program),
    compatibilityDate: '2026-07-01',
    durableObjects: { ACCOUNTS: { className: 'ActOnAccount', useSQLite: true } },
  });
  await miniflare.ready;
});
afterAll(() => miniflare?.dispose());

/** The store as the Worker has it, from here. */
const storeOutside = async (): Promise<TokenStore> =>
  durableObjectStore({
    namespace: (await miniflare.getDurableObjectNamespace('ACCOUNTS')) as never,
  });

async function ask(path: string, order: unknown = {}): Promise<unknown> {
  const request = { method: 'POST', body: JSON.stringify(order) };
  return (await miniflare.dispatchFetch(`http://worker${path}`, request)).json();
}

passesTheKitElsewhere(
  'durableObjectStore in workerd',
  async () => (await ask('/kit')) as KitResults,
);

describe('sessions in workerd', () => {
  it('send one token request when 8 requests with 50 callers each find the account expired', async () => {
    const emulator = await serveEmulator({ grantLimit: null });
    onTestFinished(() => emulator.close());
    const { url, client, user } = emulator;
    const ids = { clientId: client.id, clientSecret: client.secret };
    const endpoint = actOnEndpoint({ ...ids, baseUrl: url });
    const store = await storeOutside();
    const session = createSession({ endpoint, account: user.username, store });
    await session.authorize({ type: 'password', ...user });
    await session.close();
    await expire(store, endpoint, emulator);
    const order: Order = { url, ...ids, account: user.username, callers: 50 };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/tokens', order)));
    const tokens = (answers as string[][]).flat();
    expect(tokens).toHaveLength(400);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[\w.-]{20,}$/);
    expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
  });
});

describe('the object of an account', () => {
  const anObject = (held: unknown = undefined) => {
    const kept = { value: held };
    const storage = {
      get: async () => kept.value,
      put: async (_: string, value: unknown) => {
        kept.value = value;
      },
    };
    const object = new ActOnAccount({ storage });
    const send = async (call: unknown) => {
      const request = new Request('https://account/', {
        method: 'POST',
        body: JSON.stringify(call),
      });
      return (await object.fetch(request)).json() as Promise<{ now: number; record: unknown }>;
    };
    return { kept, send };
  };

  it('lets its clock stand still while it is behind the record by an hour at most', async () => {
    const now = Date.now();
    const soon = anObject({ version: 'a', value: 'b', at: now + 3_000_000 });
    expect((await soon.send({})).now).toBe(now + 3_000_000);
    const mistaken = anObject({ version: 'a', value: 'b', at: now + 86_400_000 });
    expect((await mistaken.send({})).now - now).toBeLessThan(60_000);
  });

  it('writes nothing for a read', async () => {
    const { kept, send } = anObject();
    expect((await send({})).record).toBeNull();
    expect(kept.value).toBeUndefined();
  });
});

describe('durableObjectStore', () => {
  const namespaceOf = (fetch: () => Promise<Response>) => ({
    idFromName: (name: string) => name,
    get: () => ({ fetch }),
  });

  it('says what to check where the class is not bound', async () => {
    const namespace = namespaceOf(() => Promise.reject(new TypeError('canary')));
    await expect(durableObjectStore({ namespace }).read('ada')).rejects.toThrow(
      'Durable Object did not answer the store (TypeError). Check that the Worker exports ActOnAccount, and that its configuration binds the namespace to that class.',
    );
  });

  it('asks again an object that was restarted', async () => {
    let calls = 0;
    const namespace = namespaceOf(async () => {
      calls += 1;
      if (calls < 3) throw Object.assign(new Error(), { retryable: true });
      return Response.json({ record: null, now: 1 });
    });
    expect((await durableObjectStore({ namespace }).read('ada')).record).toBeNull();
    expect(calls).toBe(3);
  });

  it('rejects where the object answers with an error', async () => {
    const namespace = namespaceOf(async () => new Response('canary', { status: 500 }));
    await expect(durableObjectStore({ namespace }).read('ada')).rejects.toThrow('HTTP_500');
  });
});
