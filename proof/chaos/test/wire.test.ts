import { actOnEndpoint } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../judge/history.ts';
import { print } from '../../judge/record-view.ts';
import { booksOf } from '../stage/act-on.ts';
import { startWire, type Wire, type WireTrap } from '../stage/wire.ts';
import { watchedFetch } from '../worker/watched-fetch.ts';

describe('the wire between workers and Act-On', () => {
  let actOn: ServedEmulator;
  let wire: Wire;
  let entries: Entry[];
  beforeEach(async () => {
    actOn = await serveEmulator();
    wire = await startWire(actOn.url);
    entries = [];
  });
  afterEach(async () => {
    await wire.close();
    await actOn.close();
  });

  async function signIn() {
    const diary = { write: (entry: Entry) => void entries.push(entry) };
    const fetch = watchedFetch('node-1.1', diary, {
      account: actOn.user.username,
      claim: 'claim 1',
    });
    const endpoint = actOnEndpoint({
      clientId: actOn.client.id,
      clientSecret: actOn.client.secret,
      baseUrl: wire.url,
      fetch,
    });
    const send = (...[grant]: Parameters<typeof endpoint.send>) =>
      endpoint.send(grant, new AbortController().signal);
    const outcome = await send({ type: 'password', ...actOn.user }, new AbortController().signal);
    if (outcome.type !== 'granted' || outcome.refreshToken === null)
      throw new Error('The password was not granted.');
    const refreshToken = outcome.refreshToken;
    return {
      refreshToken,
      refresh: () => send({ type: 'refresh_token', refreshToken }, new AbortController().signal),
    };
  }

  it('writes down who sent what, and what came of it', async () => {
    const { refreshToken, refresh } = await signIn();
    const outcome = await refresh();
    if (outcome.type !== 'granted') throw new Error('The refresh was not granted.');
    const next = print(outcome.refreshToken ?? '');
    const sender = {
      worker: 'node-1.1',
      account: actOn.user.username,
      claim: 'claim 1',
      status: 200,
      fate: 'delivered',
    };
    expect(wire.exchanges).toMatchObject([
      { ...sender, request: 1, grant: 'password', token: null, refresh: print(refreshToken) },
      { ...sender, request: 2, grant: 'refresh_token', token: print(refreshToken), refresh: next },
    ]);
    expect(booksOf(actOn)).toMatchObject({
      requests: [{ granted: true }, { granted: true }],
      live: { [actOn.user.username]: next },
    });
    expect(entries.map(({ type }) => type).sort()).toEqual([
      'answered',
      'answered',
      'sending',
      'sending',
    ]);
  });

  it.each([
    ['refused', null, 0],
    ['lost', 200, 1],
    ['cut', 200, 1],
  ] as const)('can have a request %s', async (fate, status, refreshes) => {
    const { refresh } = await signIn();
    wire.arm({ fate });
    expect(await refresh()).toMatchObject({ type: 'unknown', answered: fate === 'cut' });
    expect(wire.exchanges.at(-1)).toMatchObject({ fate, status });
    expect(actOn.ledger.counters().grants.refresh_token.granted).toBe(refreshes);
    expect(await refresh()).toMatchObject({ type: fate === 'refused' ? 'granted' : 'rejected' });
  });

  it('tells before, after and when all is done', async () => {
    const { refresh } = await signIn();
    const told: string[] = [];
    const delivered = new Promise<void>((resolve) => {
      const trap: WireTrap = {
        fate: 'whole',
        before: ({ status }) => void told.push(`before ${status}`),
        after: ({ status, fate }) => void told.push(`after ${status} ${fate}`),
        delivered: ({ fate }) => {
          told.push(fate);
          resolve();
        },
      };
      wire.arm(trap);
    });
    await Promise.all([refresh(), delivered]);
    expect(told).toEqual(['before null', 'after 200 open', 'delivered']);
  });
});
