import { performance } from 'node:perf_hooks';
import type { TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it, vi } from 'vitest';
import { appOrigin, type Browser } from './support/browser.ts';
import { ada, bob, createWorld, type World } from './support/world.ts';

const strangers = 6_000;
const navigate = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'cross-site',
};

interface Counted {
  readonly store: TokenStore;
  readonly swaps: () => number;
  /** All that lies in the store. */
  readonly bytes: () => number;
}

/** A store that takes its time, as those in networks do. */
function counted(): Counted {
  const memory = memoryStore();
  const values = new Map<string, number>();
  let swaps = 0;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const swap: TokenStore['swap'] = async (key, expected, record) => {
    swaps += 1;
    await turn();
    const result = await memory.swap(key, expected, record);
    if (result.ok) values.set(key, key.length + record.value.length);
    return result;
  };
  const read: TokenStore['read'] = async (key) => {
    await turn();
    return memory.read(key);
  };
  return {
    store: { ...memory, read, swap },
    swaps: () => swaps,
    bytes: () => [...values.values()].reduce((sum, size) => sum + size, 0),
  };
}

/** Somebody's sign-in, as far as a program can do it that was never at Act-On. */
async function begun(world: World): Promise<{ cookie: string; state: string }> {
  const headers = { ...navigate, 'sec-fetch-site': 'none' };
  const start = await world.broker(new Request(`${appOrigin}/auth/login`, { headers }));
  const [line = ''] = start.headers.getSetCookie();
  const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
  return { cookie: line.split(';')[0] ?? '', state };
}

const madeUp = (world: World, { cookie, state }: { cookie: string; state: string }, code: string) =>
  world.broker(
    new Request(`${appOrigin}/auth/callback?code=${code}&state=${state}`, {
      headers: { ...navigate, cookie },
    }),
  );
const codesSent = ({ emulator }: World) =>
  emulator.ledger.counters().grants.authorization_code.sent;
const honest = async (world: World): Promise<number> => {
  const began = performance.now();
  await world.signedIn();
  return performance.now() - began;
};

describe('a flood of 6,000 made-up callbacks', { timeout: 120_000 }, () => {
  it.each([
    ['Act-On limits them', {}],
    ['Act-On takes them all', { grantLimit: null }],
  ])('at once, where %s, holds up no honest sign-in, and grows nothing', async (_, actOn) => {
    const { store, swaps, bytes } = counted();
    const world = createWorld({ store }, actOn);
    const cookies = [];
    for (let i = 0; i < strangers; i += 1) cookies.push(await begun(world));
    expect(swaps()).toBe(0);
    const began = performance.now();
    const flood = cookies.map((cookie, i) => madeUp(world, cookie, `made-up-${i}`));
    const time = await honest(world);
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    const figures = {
      honest: `${Math.round(time)} ms`,
      swaps: swaps(),
      bytes: bytes(),
      'codes sent': codesSent(world),
    };
    console.log(JSON.stringify(figures));
    expect(new Set(statuses)).toEqual(
      new Set('grantLimit' in actOn ? [400, 503] : [400, 429, 503]),
    );
    expect(time).toBeLessThan(3_000);
    expect(swaps()).toBeLessThan(20);
    expect(bytes()).toBeLessThan(5_000);
    // 64 at once, and 50 a second while some of them still wait.
    expect(codesSent(world)).toBeLessThan(70 + (50 * (performance.now() - began)) / 1_000);
  });

  it('by 100 programs, each as fast as it is answered, holds up no honest sign-in either', async () => {
    const { store, swaps } = counted();
    const world = createWorld({ store }, { grantLimit: null });
    let [left, isOver] = [strangers, false];
    const program = async () => {
      for (let mine = left--; mine > 0 && !isOver; mine = left--)
        await madeUp(world, await begun(world), `made-up-${mine}`);
    };
    const programs = Array.from({ length: 100 }, program);
    await vi.waitFor(() => expect(codesSent(world)).toBeGreaterThan(100), {
      timeout: 60_000,
      interval: 5,
    });
    expect(await honest(world)).toBeLessThan(3_000);
    isOver = true;
    await Promise.all(programs);
    expect(swaps()).toBeLessThan(20);
  });
});

describe('codes that someone makes up', () => {
  it('leave nothing in the store, whatever they are', async () => {
    const { store, swaps, bytes } = counted();
    const world = createWorld({ store }, { grantLimit: null });
    for (const code of ['a', 'b', 'x'.repeat(2_000), '%00', '..'])
      expect((await madeUp(world, await begun(world), code)).status).toBe(400);
    expect({ swaps: swaps(), bytes: bytes() }).toEqual({ swaps: 0, bytes: 0 });
  });

  it('are sent once each, under whatever states they come', async () => {
    const world = createWorld({}, { grantLimit: null });
    const [one, two, three] = [await begun(world), await begun(world), await begun(world)];
    await Promise.all([madeUp(world, one, 'made-up'), madeUp(world, two, 'made-up')]);
    await madeUp(world, three, 'made-up');
    await madeUp(world, three, 'another');
    expect(codesSent(world)).toBe(2);
  });

  it('that Act-On limits do not lock people out: while there are many, people are tried one by one', async () => {
    const world = createWorld();
    for (let i = 0; i < 7; i += 1) await madeUp(world, await begun(world), `made-up-${i}`);
    await world.signedIn();
    const other = world.browser(world.another());
    await world.signIn(other, bob);
    expect(codesSent(world)).toBe(9);
  });
});

describe('a code', () => {
  /** Through Act-On, up to the redirect back. */
  const redirected = async ({ emulator }: World, browser: Browser): Promise<URL> => {
    const start = await browser.send('/auth/login?another=1', { headers: navigate_ });
    const back = await emulator.fetch(start.headers.get('location') ?? '', { redirect: 'manual' });
    return new URL(back.headers.get('location') ?? '');
  };
  const navigate_ = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

  it.each(['the same server', 'another server'])(
    'that was granted is not sent again under another state, at %s',
    async (where) => {
      const world = createWorld({ pkce: false });
      const [first, second] = [
        world.browser(),
        world.browser(where === 'the same server' ? world.broker : world.another()),
      ];
      const [one, two] = [await redirected(world, first), await redirected(world, second)];
      two.searchParams.set('code', one.searchParams.get('code') ?? '');
      expect(await first.open(one.href, 'cross-site')).toMatchObject({ url: `${appOrigin}/` });
      expect(await second.open(two.href, 'cross-site')).toMatchObject({
        status: 400,
        text: expect.stringContaining('This sign-in is over'),
      });
      expect(codesSent(world)).toBe(1);
      expect(JSON.parse((await first.ask('/auth/api/api/1/account')).text)).toMatchObject({
        login: ada.username,
      });
    },
  );
});

describe('a rate refusal', () => {
  const limit = ({ emulator }: World, retryAfter: number) =>
    emulator.faults.arm({
      route: 'token',
      grantType: 'authorization_code',
      kind: 'too_many_requests',
      retryAfter,
    });

  it('of one server holds for all, until the time is over', async () => {
    const world = createWorld();
    limit(world, 30);
    const refused = await world.browser().open('/auth/login');
    expect(refused).toMatchObject({
      status: 429,
      text: expect.stringContaining('Too many sign-ins'),
    });
    const before = codesSent(world);
    const others = [world.broker, world.another(), world.another()];
    for (const broker of others) {
      const page = await world.browser(broker).open('/auth/login');
      expect(page).toMatchObject({
        status: 429,
        text: expect.stringMatching(/It will work again at \d\d:\d\d UTC/),
      });
      expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(20);
    }
    expect(codesSent(world)).toBe(before);
    world.pass(31_000);
    for (const broker of others) await world.signIn(world.browser(broker));
  });

  it('leaves the sign-in of who was held up: loaded again later the same page finishes it', async () => {
    const world = createWorld();
    limit(world, 30);
    await world.browser().open('/auth/login');
    const browser = world.browser();
    const held = await browser.open('/auth/login?returnTo=/lists');
    expect(held.status).toBe(429);
    world.pass(31_000);
    expect(await browser.open(held.url, 'cross-site')).toMatchObject({ url: `${appOrigin}/lists` });
  });

  it('of an hour, which may be for one of its users, does not lock all others out for that hour', async () => {
    const world = createWorld();
    limit(world, 3_600);
    expect((await world.browser().open('/auth/login')).status).toBe(429);
    expect((await world.browser().open('/auth/login')).status).toBe(429);
    world.pass(61_000);
    await world.signedIn(bob);
  });

  it('is written once, and does not grow', async () => {
    const { store, swaps } = counted();
    const world = createWorld({ store });
    limit(world, 30);
    for (let i = 0; i < 5; i += 1) await world.browser().open('/auth/login');
    expect(swaps()).toBe(1);
  });
});
