import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountKey, type TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  isRedisThere,
  type RedisServer,
  startRedis,
} from '../../../redis/test/support/redis-server.ts';
import { type ActOn, redirectPath, startActOn } from '../support/act-on.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { type Front, startFront } from '../support/front.ts';
import { httpHandler } from '../support/http-handler.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { ada, sessionSecret } from '../support/world.ts';

const home = mkdtempSync(join(tmpdir(), 'act-on-token-fleet-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const account = '/auth/api/api/1/account';
const aMinute = 60_000;

describe.skipIf(!isRedisThere)('two servers behind a load balancer, on one Redis', () => {
  let [front, actOn, redis, client, store, browser]: [
    Front,
    ActOn,
    RedisServer,
    Redis,
    TokenStore,
    Browser,
  ] = [] as never;
  let servers: ServerProcess[] = [];

  beforeAll(async () => {
    front = await startFront();
    [actOn, redis] = await Promise.all([startActOn(front.origin), startRedis()]);
    client = new Redis(redis.port);
    store = redisStore(client);
    servers = await Promise.all([server(), server()]);
    front.ports = servers.map(({ port }) => port);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((each) => each.stop()));
    client?.disconnect();
    await Promise.all([front?.close(), actOn?.close(), redis?.stop()]);
  });
  beforeEach(async () => {
    browser = newBrowser();
    expect(await browser.open('/auth/login?returnTo=/lists')).toMatchObject({
      url: `${front.origin}/lists`,
    });
    before = sent();
  });

  const newBrowser = () =>
    createBrowser(
      httpHandler(front.origin),
      (url) => actOn.emulator.fetch(url, { redirect: 'manual' }),
      front.origin,
    );
  const sent = () => actOn.emulator.ledger.counters().grants.refresh_token;
  let before = { sent: 0, granted: 0 };
  const sentSince = () => ({
    sent: sent().sent - before.sent,
    granted: sent().granted - before.granted,
  });

  function server(): Promise<ServerProcess> {
    const { id: clientId, secret: clientSecret } = actOn.emulator.client;
    const options = {
      redirectUri: `${front.origin}${redirectPath}`,
      sessionSecret,
      session: { minRefreshInterval: 0 },
    };
    return startServer(
      'Node',
      { store: { redisPort: redis.port }, clientId, clientSecret, baseUrl: actOn.url, options },
      home,
    );
  }

  async function stored() {
    const key = accountKey(
      new URL(actOn.url).origin,
      actOn.emulator.client.id,
      `1001/${ada.username}`,
    );
    const { record } = await store.read(key);
    if (record === null) throw new Error('Nobody is signed in.');
    return { key, version: record.version, value: JSON.parse(record.value) };
  }

  /** Makes the record as it will be after this time, a claim in it included. */
  async function pass(milliseconds: number): Promise<void> {
    for (;;) {
      const { key, version, value } = await stored();
      for (const times of [value, value.pair, value.claim]) {
        for (const name of ['changedAt', 'at', 'until', 'issuedAt', 'expiresAt'])
          if (typeof times?.[name] === 'number') times[name] -= milliseconds;
      }
      value.grants = value.grants.map((at: number) => at - milliseconds);
      const { ok } = await store.swap(key, version, {
        version: crypto.randomUUID(),
        value: JSON.stringify(value),
      });
      if (ok) return;
    }
  }

  it('keep one session: each request may go to either, and a refresh is sent once', async () => {
    await pass(2 * 60 * aMinute);
    const answers = await Promise.all(Array.from({ length: 40 }, () => browser.ask(account)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(sentSince()).toEqual({ sent: 1, granted: 1 });
    expect(actOn.emulator.ledger.counters()).toMatchObject({
      replays: 0,
      concurrentTokenRequests: { peak: 1 },
    });
    const sessions = await Promise.all(
      Array.from({ length: 4 }, () => browser.ask('/auth/session')),
    );
    const ends = sessions.map(({ text }) =>
      Math.round(JSON.parse(text).snapshot.expiresAt / 2_000),
    );
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThanOrEqual(1);
  }, 60_000);

  it('sign out together, at once', async () => {
    const copy = newBrowser();
    for (const [name, cookie] of browser.jar) copy.jar.set(name, cookie);
    expect((await copy.ask(account)).status).toBe(200);
    expect((await copy.ask(account)).status).toBe(200);
    expect((await browser.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
    const answers = [
      await copy.ask(account),
      await copy.ask(account),
      await copy.ask('/auth/session'),
      await copy.ask('/auth/session'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 200]);
    expect(answers.slice(2).map(({ text }) => JSON.parse(text).active)).toEqual([false, false]);
  }, 60_000);

  it('lose no one when one of them is killed while it refreshes', async () => {
    // In its last minutes a token is refreshed in the background of a request, which is served at
    // once.
    await pass(55 * aMinute);
    const doomed = await server();
    const hold = actOn.emulator.faults.arm({
      route: 'token',
      grantType: 'refresh_token',
      kind: 'hold',
    });
    actOn.emulator.faults.arm({ route: 'token', grantType: 'refresh_token', kind: 'drop_before' });
    front.ports = [doomed.port];
    expect((await browser.ask(account)).status).toBe(200);
    await hold.reached();
    await doomed.kill();
    hold.release();

    front.ports = [doomed, ...servers].map(({ port }) => port);
    for (let i = 0; i < 4; i += 1) expect((await browser.ask(account)).status).toBe(200);
    expect(sentSince()).toEqual({ sent: 1, granted: 0 });

    // Later the token is worth nothing, and the lease of the dead one is over: the refresh token
    // that it may have spent is probed. First the one and then the other: a server may probe as
    // soon as it hears of the lapsed claim, and what it gets must stay good. Older tokens stay
    // good, too: a server that nobody told of the last sign-in still has one, and would be refused
    // twice.
    actOn.emulator.revoke({ token: (await stored()).value.pair.accessToken });
    await pass(aMinute);
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.ask(account)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(sentSince()).toEqual({ sent: 2, granted: 1 });
    expect(actOn.emulator.ledger.counters().replays).toBe(0);
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({
      active: true,
      snapshot: { status: 'authorized' },
    });
  }, 60_000);
});
