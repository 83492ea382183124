import {
  accountKey,
  actOnEndpoint,
  createSession,
  type Session,
  sealedStore,
  type TokenStore,
} from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { type RedisStoreOptions, redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRedisThere, type RedisServer, startRedis } from './support/redis-server.ts';

const aDay = 86_400_000;
const { client, user, fetch } = createEmulator({ grantLimit: null });
const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, fetch });
const grant = { type: 'password', ...user } as const;
const name = `act-on-token:${accountKey(endpoint.issuer, endpoint.clientId, user.username)}`;

describe.skipIf(!isRedisThere)('the record of an account that is signed out', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.port);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });
  beforeEach(() => redis.flushall());

  const sessions: Session[] = [];
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));

  function sessionOn(store: TokenStore): Session {
    const session = createSession({ endpoint, account: user.username, store });
    sessions.push(session);
    return session;
  }

  async function signedIn(
    options: RedisStoreOptions,
    dress = (store: TokenStore): TokenStore => store,
  ): Promise<Session> {
    const session = sessionOn(dress(redisStore(redis, options)));
    await session.authorize(grant);
    return session;
  }

  it('stays for the tombstoneTtl, and for ever once someone signs in', async () => {
    const session = await signedIn({ tombstoneTtl: 30 * aDay });
    expect(await redis.pttl(name)).toBe(-1);
    await session.signOut();
    expect(await redis.pttl(name)).toBeGreaterThan(29 * aDay);
    await session.authorize(grant);
    expect(await redis.pttl(name)).toBe(-1);
  });

  it('does so although its text is sealed', async () => {
    const sealed = (store: TokenStore) =>
      sealedStore(store, { current: crypto.getRandomValues(new Uint8Array(32)) });
    const session = await signedIn({ ttl: 60_000, tombstoneTtl: 2 * aDay }, sealed);
    expect(await redis.pttl(name)).toBeLessThan(aDay);
    await session.signOut();
    expect(await redis.pttl(name)).toBeGreaterThan(aDay);
  });

  it('stays for the ttl without a tombstoneTtl, and for ever without either', async () => {
    const mortal = await signedIn({ ttl: aDay });
    await mortal.signOut();
    expect(await redis.pttl(name)).toBeGreaterThan(0);
    const immortal = await signedIn({});
    await immortal.signOut();
    expect(await redis.pttl(name)).toBe(-1);
  });

  it('is that of an account that no one signed in to, once Redis let it go', async () => {
    const session = await signedIn({ tombstoneTtl: aDay });
    await session.signOut();
    await session.close();
    await redis.pexpire(name, 0);
    const later = sessionOn(redisStore(redis, { tombstoneTtl: aDay }));
    await later.ready();
    expect(later.getSnapshot()).toMatchObject({
      status: 'idle',
      needsGrant: true,
      grants: { used: 0 },
    });
  });
});
