import type { BrokerOptions } from '@act-on-token/broker';
import { accountKey, type TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { type Passing, readPassing } from '../src/body.ts';
import { Replies } from '../src/replies.ts';
import { Roster } from '../src/roster.ts';
import { readOptions, type Settings } from '../src/settings.ts';
import { isUsed, noteUsed } from '../src/used-sign-ins.ts';
import { ada, bob, createWorld, redirectUri, sessionSecret } from './support/world.ts';

const aDay = 86_400_000;

function settingsAt(
  now: () => number,
  store: TokenStore = memoryStore({ now }),
  more: Partial<BrokerOptions> = {},
): Settings {
  const { endpoint } = createWorld();
  const clock = { now, monotonic: now, setTimeout: () => 0, clearTimeout: () => {} };
  return readOptions({ endpoint, store, redirectUri, sessionSecret, clock, ...more });
}

describe('answers that are kept to be repeated', () => {
  const answering = (text = 'x') => {
    const work = { calls: 0, go: async () => new Response(text) };
    const counted = async () => {
      work.calls += 1;
      return work.go();
    };
    return { work, counted };
  };

  const passing = (text: string): Promise<Passing> =>
    readPassing(
      new Request('https://app.example/', {
        method: 'POST',
        body: text,
        headers: { 'content-length': String(text.length) },
      }),
      1_000,
      true,
    );
  const once = async (
    replies: Replies,
    key: string,
    work: () => Promise<Response>,
    browser = 'b',
    body = '',
  ) => replies.once({ browser, key, print: '', passing: await passing(body) }, work);

  it('are at most a hundred of one browser; its oldest go', async () => {
    const replies = new Replies(() => 0);
    const { work, counted } = answering();
    for (let i = 0; i <= 100; i += 1) await once(replies, `key ${i}`, counted);
    expect(work.calls).toBe(101);
    await once(replies, 'key 1', counted);
    expect(work.calls).toBe(101);
    await once(replies, 'key 0', counted);
    expect(work.calls).toBe(102);
  });

  it('are at most 2 MiB of one browser', async () => {
    const replies = new Replies(() => 0);
    const { work, counted } = answering('x'.repeat(65_000));
    for (let i = 0; i < 40; i += 1) await once(replies, `key ${i}`, counted);
    await once(replies, 'key 39', counted);
    expect(work.calls).toBe(40);
    await once(replies, 'key 0', counted);
    expect(work.calls).toBe(41);
  });

  it('of one browser make no room for those of others, however many there are and however large', async () => {
    const replies = new Replies(() => 0);
    const { work, counted } = answering('x'.repeat(65_000));
    await once(replies, 'mine', counted, 'a victim');
    for (let browser = 0; browser < 60; browser += 1)
      for (let i = 0; i < 40; i += 1)
        await once(replies, `key ${i}`, counted, `browser ${browser}`);
    const before = work.calls;
    await once(replies, 'mine', counted, 'a victim');
    expect(work.calls).toBe(before);
    // What there is in all has an end, too.
    let kept = 0;
    for (let browser = 0; browser < 60; browser += 1) {
      const calls = work.calls;
      await once(replies, 'key 39', counted, `browser ${browser}`);
      if (work.calls === calls) kept += 1;
    }
    expect(kept).toBeGreaterThan(0);
  });

  it('that are under way are not given up, however many there are', async () => {
    const replies = new Replies(() => 0);
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { work, counted } = answering();
    work.go = () => opened.then(() => new Response('late'));
    const first = once(replies, 'first', counted);
    const others = Array.from({ length: 1_200 }, (_, i) =>
      once(replies, `key ${i}`, counted, `browser ${i % 7}`),
    );
    const again = once(replies, 'first', counted);
    open();
    expect([await (await first).text(), await (await again).text()]).toEqual(['late', 'late']);
    await Promise.all(others);
    expect(work.calls).toBe(1_201);
  });

  it('are not kept if the work fails, and the next one works', async () => {
    const replies = new Replies(() => 0);
    const { work, counted } = answering();
    work.go = () => Promise.reject(new Error('a defect'));
    const both = await Promise.allSettled([
      once(replies, 'key', counted),
      once(replies, 'key', counted),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    work.go = async () => new Response('fine');
    expect(await (await once(replies, 'key', counted)).text()).toBe('fine');
  });

  it('are for the same body only, and for the same browser', async () => {
    const replies = new Replies(() => 0);
    const { work, counted } = answering();
    await once(replies, 'key', counted, 'one', 'a');
    await expect(once(replies, 'key', counted, 'one', 'b')).rejects.toMatchObject({ status: 422 });
    await expect(once(replies, 'key', counted, 'one', '')).rejects.toMatchObject({ status: 422 });
    await once(replies, 'key', counted, 'two', 'b');
    expect(work.calls).toBe(2);
    await once(replies, 'key', counted, 'one', 'a');
    expect(work.calls).toBe(2);
  });
});

describe('the browsers of an account', () => {
  it('are at most two hundred; the oldest go', async () => {
    const roster = new Roster(settingsAt(() => 0));
    for (let i = 0; i <= 200; i += 1) await roster.join('a', `browser ${i}`, `session ${i}`);
    expect(await roster.has('a', 'browser 0', 'session 0')).toBe(false);
    expect(await roster.has('a', 'browser 1', 'session 1')).toBe(true);
  });

  it('are forgotten when they were not seen for thirty days, and not before', async () => {
    let now = 0;
    const roster = new Roster(settingsAt(() => now, undefined, { maxSessionAge: 400 * aDay }));
    await roster.join('a', 'old', 's');
    await roster.join('a', 'used', 's');
    now += 20 * aDay;
    expect(await roster.renew('a', 'used', 's', 't')).toBe('t');
    now += 11 * aDay;
    expect(await roster.has('a', 'used', 't')).toBe(true);
    expect(await roster.has('a', 'old', 's')).toBe(false);
    expect(await roster.leave('a', 'used')).toBe(true);
  });

  it('are forgotten when they signed in thirty days ago, however often they were seen', async () => {
    let now = 0;
    const roster = new Roster(settingsAt(() => now));
    await roster.join('a', 'b', 's0');
    for (let day = 1; day < 30; day += 1) {
      now += aDay;
      expect(await roster.renew('a', 'b', `s${day - 1}`, `s${day}`)).toBe(`s${day}`);
      expect(await roster.has('a', 'b', `s${day}`)).toBe(true);
    }
    now += aDay + 61_000;
    expect(await roster.has('a', 'b', 's29')).toBe(false);
    expect(await roster.isEmpty('a')).toBe(true);
  });

  it('have two sessions until someone comes with the new one, and a minute longer; never more', async () => {
    let now = 0;
    const settings = settingsAt(() => now);
    const [roster, other] = [new Roster(settings), new Roster(settings)];
    await roster.join('a', 'b', 'old');
    const names = await Promise.all([
      roster.renew('a', 'b', 'old', 'x'),
      other.renew('a', 'b', 'old', 'y'),
      roster.renew('a', 'b', 'old', 'z'),
    ]);
    expect(new Set(names).size).toBe(1);
    // The answer got lost.
    now += 2 * aDay;
    expect(await roster.has('a', 'b', 'old')).toBe(true);
    expect(await roster.renew('a', 'b', 'old', 'new')).toBe('new');
    expect(await roster.has('a', 'b', names[0] ?? '')).toBe(false);
    expect(await other.has('a', 'b', 'new')).toBe(true);
    now += 59_000;
    expect(await roster.has('a', 'b', 'old')).toBe(true);
    now += 2_000;
    expect(await roster.has('a', 'b', 'old')).toBe(false);
    expect(await roster.renew('a', 'b', 'old', 'again')).toBeNull();
    expect(await roster.has('a', 'b', 'new')).toBe(true);
  });

  it('that were signed out stay so when the store goes back in time, on a server that has seen it; who came since stays', async () => {
    let now = 0;
    const events: string[] = [];
    const store = memoryStore({ now: () => now });
    const settings = settingsAt(() => now, store, {
      onEvent: ({ type }) => void events.push(type),
    });
    const { issuer, clientId } = settings.endpoint;
    const key = JSON.stringify(['act-on-broker', issuer, clientId, 'browsers', 'a']);
    const roster = new Roster(settings);
    await roster.join('a', 'laptop', 's');
    await roster.join('a', 'phone', 's');
    const { record: backup } = await store.read(key);
    now += 60_000;
    await roster.leave('a', 'laptop');
    const { record } = await store.read(key);
    await store.swap(key, record?.version ?? null, {
      version: 'restored',
      value: backup?.value ?? '',
    });
    now += 60_000;
    const elsewhere = new Roster(settings);
    await elsewhere.join('a', 'tablet', 's');
    expect(await roster.has('a', 'laptop', 's')).toBe(false);
    expect(await roster.has('a', 'phone', 's')).toBe(true);
    expect(await roster.has('a', 'tablet', 's')).toBe(true);
    expect(events).toEqual(['store_went_back']);
    // It was put back for all, and for those that begin now.
    expect(await elsewhere.has('a', 'laptop', 's')).toBe(false);
    expect(await new Roster(settings).has('a', 'laptop', 's')).toBe(false);
  });

  it('are all signed out when the store has lost its list, and stay so', async () => {
    const store = memoryStore();
    const settings = settingsAt(() => 0, store);
    const roster = new Roster(settings);
    await roster.join('a', 'laptop', 's');
    const emptied = { ...store, read: async () => ({ record: null, now: 0 }) };
    const [before, after] = [roster, new Roster({ ...settings, store: emptied })];
    expect(await before.has('a', 'laptop', 's')).toBe(true);
    expect(await after.has('a', 'laptop', 's')).toBe(false);
  });

  it('are changed by many servers at a time without losing one', async () => {
    const store = memoryStore();
    const rosters = Array.from(
      { length: 8 },
      () => new Roster(settingsAt(() => Date.now(), store)),
    );
    await Promise.all(rosters.map((roster, i) => roster.join('a', `browser ${i}`, 's')));
    for (let i = 0; i < 8; i += 1)
      expect(await rosters[0]?.has('a', `browser ${i}`, 's')).toBe(true);
  });

  it('are no one, if what the store has cannot be read', async () => {
    const settings = settingsAt(() => 0);
    const { issuer, clientId } = settings.endpoint;
    const key = JSON.stringify(['act-on-broker', issuer, clientId, 'browsers', 'a']);
    await settings.store.swap(key, null, { version: 'v', value: '{"not": a list' });
    expect(await new Roster(settings).has('a', 'b', 's')).toBe(false);
  });
});

describe('a sign-in that comes back', () => {
  it('is known on whatever server, by its state and by its code, and forgotten after twice its life', async () => {
    let now = 0;
    const store = memoryStore({ now: () => now });
    const [one, two] = [settingsAt(() => now, store), settingsAt(() => now, store)] as const;
    expect(await isUsed(one, ['abc', 'xyz'], 1_000)).toBe(false);
    await noteUsed(one, ['abc', 'xyz'], 1_000);
    expect(await isUsed(two, ['abc', 'other'], 1_000)).toBe(true);
    expect(await isUsed(two, ['other', 'xyz'], 1_000)).toBe(true);
    expect(await isUsed(two, ['abd', 'other'], 1_000)).toBe(false);
    now += 2_000;
    expect(await isUsed(two, ['abc', 'xyz'], 1_000)).toBe(false);
  });

  it('is one of a few hundred that are noted, however many people sign in', async () => {
    const store = memoryStore();
    const settings = settingsAt(() => 0, store);
    for (let i = 0; i < 600; i += 1) await noteUsed(settings, [`a${i}`], 600_000);
    expect(await isUsed(settings, ['a599'], 600_000)).toBe(true);
    expect(await isUsed(settings, ['a100'], 600_000)).toBe(true);
    expect(await isUsed(settings, ['a99'], 600_000)).toBe(false);
  });
});

describe('sessions', () => {
  it('are kept while they are used, and dropped a quarter of an hour later', async () => {
    const world = createWorld();
    const reads: string[] = [];
    const store: TokenStore = {
      ...world.store,
      read: (key) => world.store.read(key).finally(() => void reads.push(key)),
    };
    const key = accountKey(world.endpoint.issuer, world.endpoint.clientId, `1001/${ada.username}`);
    const [adas, bobs] = [await world.signedIn(ada), await world.signedIn(bob)];
    const broker = world.another({ store });
    const use = async (cookies: typeof adas) => {
      const browser = world.browser(broker);
      for (const [name, cookie] of cookies.jar) browser.jar.set(name, cookie);
      expect((await browser.ask('/auth/api/api/1/account')).status).toBe(200);
    };
    const readsOf = async (work: () => Promise<void>) => {
      reads.length = 0;
      await work();
      return reads.filter((each) => each === key).length;
    };
    expect(await readsOf(() => use(adas))).toBe(1);
    expect(await readsOf(() => use(adas))).toBe(0);
    world.pass(16 * 60_000);
    await use(bobs);
    expect(await readsOf(() => use(adas))).toBe(1);
  });
});
