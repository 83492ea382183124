import { createBroker } from '@act-on-token/broker';
import { createBrokerSession } from '@act-on-token/broker/client';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { actOnKy } from '@act-on-token/ky';
import { ActOnTokenProvider, useActOnToken } from '@act-on-token/react';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { openPage } from '../../packages/broker/test/support/page.ts';
import { createWorld, sessionSecret } from '../../packages/broker/test/support/world.ts';
import { anHour, passwordOf } from '../../packages/core/test/support/world.ts';
import { startRedis } from '../../packages/redis/test/support/redis-server.ts';
import { type Act, keepAll } from './core-acts.ts';

/** What the other packages hand to a program, or to a page. */
export const packageActs: Readonly<Record<string, Act>> = {
  async 'the errors of ky, with the requests in them'({
    clock,
    emulator,
    open,
    keep,
    fetch,
    refusal,
  }) {
    const session = open({
      endpoint: actOnEndpoint({
        clientId: emulator.client.id,
        clientSecret: emulator.client.secret,
        fetch,
      }),
    });
    const api = actOnKy(session, {
      retry: 0,
      timeout: false,
      hooks: { beforeError: [(state) => kept(state)] },
    });
    const kept = <T>(state: T): never => {
      keep('what ky tells its hooks', state);
      throw (state as { error?: Error }).error ?? state;
    };
    await refusal('ky: nobody is signed in', api.get('api/1/list'));
    await clock.settle(session.authorize(passwordOf(emulator)));
    keep('a ky', api);
    for (const status of [404, 500, 429]) {
      emulator.faults.arm({ route: 'api', kind: 'status', status });
      await refusal(`ky: ${status}`, api.get('api/1/list'));
    }
    emulator.faults.arm({ route: 'api', kind: 'drop_before' });
    await refusal('ky: a network that fails', api.post('api/1/list', { json: { name: 'a list' } }));
    await refusal('ky: another origin', api.get('https://elsewhere.example/'));
    emulator.faults.arm({ route: 'api', kind: 'unauthorized', times: 2 });
    await refusal('ky: 401 twice', api.get('api/1/list'));
  },

  async 'what React renders, and its props'({ clock, emulator, open, keep }) {
    const session = open();
    const App = () => {
      const account = useActOnToken();
      keep('what useActOnToken() returns', account);
      return createElement('output', null, JSON.stringify(account));
    };
    const tree = createElement(ActOnTokenProvider, { session, children: createElement(App) });
    for (const moment of ['signed out', 'signed in', 'expired']) {
      if (moment === 'signed in') await clock.settle(session.authorize(passwordOf(emulator)));
      if (moment === 'expired') await clock.advance(2 * anHour);
      keep(`an element, ${moment}`, tree);
      keep(`a page, ${moment}`, renderToStaticMarkup(tree));
    }
  },

  async 'the errors of ioredis, with the commands in them'(
    { emulator, endpoint, keep, refusalInTime },
    vault,
  ) {
    const password = 'the-password-of-redis-itself';
    vault.add('password of Redis', password);
    const server = await startRedis();
    const admin = new Redis(server.port);
    await admin.config('SET', 'requirepass', password);
    const redis = new Redis({ port: server.port, password, retryStrategy: null });
    redis.on('error', () => {});
    const store = redisStore(redis);
    const session = createSession({ endpoint, account: 'in Redis', store });
    session.on((event) => keep('an event', event));
    try {
      await session.authorize(passwordOf(emulator));
      keepAll(keep, session);
      keep('a Redis store', store);
      const [key = ''] = await admin.keys('*');
      const hash = await admin.hgetall(key);
      await admin.config('SET', 'maxmemory', '1');
      await refusalInTime('Redis: OOM', session.signOut());
      await admin.config('SET', 'maxmemory', '0');
      await admin.del(key);
      await admin.lpush(key, JSON.stringify(hash));
      await refusalInTime(
        'Redis: WRONGTYPE',
        createSession({ endpoint, account: 'in Redis', store }).getAccessToken(),
      );
      await admin.del(key);
      await admin.hset(key, { ...hash, value: `${hash.value?.slice(0, -1)}` });
      await refusalInTime(
        'Redis: half a record',
        createSession({ endpoint, account: 'in Redis', store }).getAccessToken(),
      );
      await server.stop();
      await refusalInTime(
        'Redis: gone',
        createSession({ endpoint, account: 'in Redis', store }).getAccessToken(),
      );
      await refusalInTime('Redis: gone', session.signOut());
    } finally {
      for (const client of [redis, admin]) client.disconnect();
      await server.stop();
    }
    await refusalInTime(
      'Redis: a client that is none',
      Promise.resolve().then(() => redisStore({ password } as never)),
    );
  },

  async 'all that a browser receives from a broker, and what the broker tells'(
    { keep, refusalInTime },
    vault,
  ) {
    openPage();
    const world = createWorld();
    const { emulator } = world;
    vault.add('client secret', emulator.client.secret);
    vault.add('secret of the cookies', sessionSecret);
    const learn = () => {
      const { accessTokens, refreshTokens, codes } = emulator.exportState().maps;
      for (const [token] of [accessTokens, refreshTokens, codes].flat())
        vault.add('something that Act-On issued', token);
    };
    const browser = await world.signedIn();
    learn();
    const session = createBrokerSession({ url: '/auth', fetch: browser.fetch });
    await session.ready();
    await session.fetch('/api/1/list');
    await refusalInTime('a page that wants a token', session.getAccessToken());
    await refusalInTime(
      'a page that sends a grant',
      session.authorize({ type: 'password', username: 'a', password: 'b' }),
    );
    world.pass(2 * anHour);
    await session.fetch('/api/1/list');
    learn();
    emulator.revoke({ user: 'ada@example.test' });
    world.pass(2 * anHour);
    await refusalInTime('a session that Act-On ended', session.fetch('/api/1/list'));
    for (const path of [
      '/auth/callback?code=wrong&state=wrong',
      '/auth/session',
      '/auth/nowhere',
      '/auth/token',
    ])
      await browser.ask(path);
    learn();
    keepAll(keep, session);
    keep('a broker', world.broker);
    for (const event of world.events) keep('an event of a broker', event);
    // Act-On's own pages are the person's business; where the browser came from there, with the
    // code, is not.
    for (const { url, status, headers, text } of browser.received.filter(
      (each) => each.url.startsWith('https://app.example/') && !each.url.includes('code='),
    ))
      keep(`what the broker answered to ${new URL(url).pathname}`, { status, headers, text });
    await refusalInTime(
      'a broker without a secret',
      Promise.resolve().then(() =>
        createBroker({
          endpoint: world.endpoint,
          store: world.store,
          redirectUri: 'https://app.example/auth/callback',
          sessionSecret: 'short',
        }),
      ),
    );
    await session.close();
    await world.broker.close();
  },
};
