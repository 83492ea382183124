import type { TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRedisThere } from '../../../packages/redis/test/support/redis-server.ts';
import { type Fate, type Link, startLinks } from '../stage/link.ts';
import { type DurableRedis, startDurableRedis } from '../stage/redis-server.ts';
import type { Swap } from '../stage/swap.ts';

describe.skipIf(!isRedisThere)('the link between a worker and Redis', { timeout: 60_000 }, () => {
  let server: DurableRedis;
  let links: Link[];
  let client: Redis;
  let store: TokenStore;
  let key = 0;
  beforeAll(async () => {
    server = await startDurableRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    key += 1;
    links = await startLinks(server.path, 2);
    client = new Redis(links[0]?.port ?? 0, '127.0.0.1');
    client.on('error', () => {});
    store = redisStore(client);
  });
  afterEach(async () => {
    await store.close();
    client.disconnect();
    await Promise.all(links.map((link) => link.close()));
  });

  const value = (claim: string | null): string => {
    const held = claim && { id: claim, purpose: 'refresh', at: 1, until: 2 };
    return JSON.stringify({
      schema: 1,
      lineage: 1,
      generation: 1,
      pair: null,
      ended: null,
      suspect: false,
      claim: held,
    });
  };
  const swap = (expected: string | null, version: string, claim: string | null = null) =>
    store.swap(`key ${key}`, expected, { version, value: value(claim) });
  /** Strikes the next swap of the first link; resolves with it. */
  const struck = (fate: Fate, matches: (swap: Swap) => boolean = () => true): Promise<Swap> =>
    new Promise((resolve) => {
      links[0]?.arm({
        matches,
        strike(each) {
          resolve(each);
          return fate;
        },
      });
    });

  it('passes on what both sides say', async () => {
    expect(await swap(null, 'a')).toMatchObject({ ok: true });
    expect((await store.read(`key ${key}`)).record).toEqual({ version: 'a', value: value(null) });
    const changed = new Promise<void>((resolve) => store.watch(`key ${key}`, resolve));
    expect(await swap('a', 'b')).toMatchObject({ ok: true });
    await changed;
  });

  it.each(['lost', 'cut'] as const)(
    'lets a swap be carried out whose answer is %s',
    async (fate) => {
      const strike = struck(fate);
      const answer = swap(null, 'a');
      expect(await strike).toMatchObject({ version: 'a' });
      expect(await answer).toMatchObject({ ok: true, record: { version: 'a' } });
    },
  );

  it('strikes no swap that was not carried out, and waits for the next', async () => {
    await swap(null, 'a');
    const strike = struck('whole');
    expect(await swap('another', 'b')).toMatchObject({ ok: false });
    expect(await swap('a', 'c')).toMatchObject({ ok: true });
    expect(await strike).toMatchObject({ version: 'c' });
  });

  it('knows a new claim from one that stood there before', async () => {
    const strike = struck('whole', ({ isClaim }) => isClaim);
    await swap(null, 'a');
    await swap('a', 'b', 'claim');
    expect(await strike).toMatchObject({ version: 'b', isClaim: true });
    const next = struck('whole', ({ isClaim }) => isClaim);
    await swap('b', 'c', 'claim');
    await swap('c', 'd', 'another claim');
    expect(await next).toMatchObject({ version: 'd' });
  });

  it('takes a trap away that no one met', async () => {
    const disarm = links[0]?.arm({
      matches: () => true,
      strike() {
        throw new Error('It was taken away.');
      },
    });
    disarm?.();
    expect(await swap(null, 'a')).toMatchObject({ ok: true });
  });

  it('lets nothing through while it is frozen', async () => {
    const thaw = links[0]?.freeze();
    let isAnswered = false;
    const answer = store.read(`key ${key}`).finally(() => {
      isAnswered = true;
    });
    const other = new Redis(links[1]?.port ?? 0, '127.0.0.1');
    await other.ping();
    other.disconnect();
    expect(isAnswered).toBe(false);
    thaw?.();
    expect(await answer).toMatchObject({ record: null });
  });

  it('keeps every answered write of a Redis that is killed', async () => {
    await swap(null, 'a');
    await server.restart(0);
    const direct = new Redis(server.path);
    expect((await redisStore(direct).read(`key ${key}`)).record?.version).toBe('a');
    direct.disconnect();
  });
});
