import { describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from './support/browser.ts';
import { createWorld, type World } from './support/world.ts';

const intoTheLastMinutes = 52 * 60_000;

/** A browser whose requests reach the broker with what a platform hands to its handlers. */
function browserOn(world: World, platform: object): Browser {
  return createBrowser(
    (request: Request) => world.broker(request, platform),
    (url) => world.emulator.fetch(url, { redirect: 'manual' }),
  );
}

/** As Cloudflare's: it refuses a `waitUntil` that was taken off it. */
class Context {
  readonly given: Promise<unknown>[] = [];
  #isOurs = true;

  waitUntil(work: Promise<unknown>): void {
    if (this.#isOurs) this.given.push(work);
  }
}

describe('waitUntil of one request', () => {
  it('gets all work of the request, and a refresh that goes on after the response', async () => {
    const world = createWorld();
    const context = new Context();
    const browser = browserOn(world, context);
    await world.signIn(browser);
    world.pass(intoTheLastMinutes);
    const hold = world.emulator.faults.arm({
      route: 'token',
      grantType: 'refresh_token',
      kind: 'hold',
      when: 'after',
    });
    context.given.length = 0;
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(200);
    await hold.reached();
    const all = Promise.all(context.given);
    expect(await Promise.race([all, Promise.resolve('under way')])).toBe('under way');
    hold.release();
    await all;
    expect(
      Number((await browser.ask('/auth/api/api/1/account')).headers.get('x-act-on-expires-in')),
    ).toBeGreaterThan(3_000);
    expect(world.emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
  });

  it('gets the work of requests that fail, too, and never a promise that rejects', async () => {
    const world = createWorld({
      user: () => {
        throw new Error('The user directory is down.');
      },
    });
    const context = new Context();
    const browser = browserOn(world, context);
    for (const path of [
      '/auth/session',
      '/auth/nowhere',
      '/auth/login',
      '/auth/callback?code=a&state=b',
    ])
      await browser.ask(path);
    expect(context.given).toHaveLength(4);
    await Promise.all(context.given);
  });

  it('counts more than that of the options, which gets the work of requests that come without', async () => {
    const ofTheOptions: unknown[] = [];
    const world = createWorld({ waitUntil: (work) => ofTheOptions.push(work) });
    const context = new Context();
    await browserOn(world, context).ask('/auth/session');
    expect([context.given.length, ofTheOptions.length]).toEqual([1, 0]);
    await browserOn(world, { params: Promise.resolve({ path: [] }) }).ask('/auth/session');
    await world.browser().ask('/auth/session');
    expect([context.given.length, ofTheOptions.length]).toEqual([1, 2]);
  });

  it.each([
    [
      'throws',
      {
        waitUntil: () => {
          throw new Error('The request is over.');
        },
      },
    ],
    ['is no function', { waitUntil: 'yes' }],
    ['is not there', { env: {}, remoteAddr: null }],
  ])('harms no request if it %s', async (_, platform) => {
    const world = createWorld();
    const browser = browserOn(world, platform);
    await world.signIn(browser);
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(200);
  });
});
