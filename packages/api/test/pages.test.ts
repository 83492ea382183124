import { createActOnApi, pages, records } from '@act-on-token/api';
import { createCallLimit, perSlot, throttle } from '@act-on-token/throttle';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { plainServer } from './support/plain-server.ts';
import { listsOf, signedIn } from './support/signed-in.ts';

afterEach(() => void vi.useRealTimers());
const path = '/api/1/list/{listid}';
const first = { params: { path: { listid: 'l-0001' } } };
const contacts = '/ucl/v2/{accountId}/contact/';
const inAccount = { params: { path: { accountId: 1000 } } };
const items = (answer: unknown) => (answer as { data: { email: string }[] }).data;
const all = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
};

describe('the pages of a list', () => {
  it('come one after the other, a thousand records in each', async () => {
    const { api, calls } = await signedIn({ lists: listsOf(2_500) });
    const found = await all(pages(api, path, first));
    expect(found.map(({ items, done, total }) => [items.length, done, total])).toEqual([
      [1_000, 1_000, 2_500],
      [1_000, 2_000, 2_500],
      [500, 2_500, 2_500],
    ]);
    expect(found[0]?.answer.headers).toEqual(['Email', 'First Name', 'Last Name']);
    expect(calls().map((call) => call.split('?')[1])).toEqual([
      'offset=0&count=1000',
      'offset=1000&count=1000',
      'offset=2000&count=1000',
    ]);
  });

  it('keep what the caller asks for as well', async () => {
    const { api, calls } = await signedIn({ lists: listsOf(3) });
    const query = { count: 2, modafter: 7 };
    await all(pages(api, path, { params: { path: { listid: 'l-0001' }, query } }));
    expect(calls()).toEqual([
      '/api/1/list/l-0001?count=2&modafter=7&offset=0',
      '/api/1/list/l-0001?count=2&modafter=7&offset=2',
    ]);
  });

  it('go on where an earlier run ended, wherever that was', async () => {
    const { api } = await signedIn({ lists: listsOf(25) });
    const init = { params: { path: { listid: 'l-0001' }, query: { count: 10 } } };
    const whole = await all(records(api, path, init));
    expect(whole).toHaveLength(25);
    for (const from of [0, 1, 9, 10, 11, 24, 25, 26, 1_000])
      expect(await all(records(api, path, init, { from }))).toEqual(whole.slice(from));
  });

  it('are asked for when they are wanted, and no more of them', async () => {
    const { api, calls } = await signedIn({ lists: listsOf(3_000) });
    for await (const record of records(api, path, first)) {
      expect(record).toEqual(['0-0@example.test', 'Given', 'Name "0"']);
      break;
    }
    expect(calls()).toHaveLength(1);
  });

  it('say how far they are, after each that was handled', async () => {
    const { api } = await signedIn({ lists: listsOf(2_500) });
    const seen: unknown[] = [];
    for await (const { done } of pages(api, path, first, {
      from: 500,
      onProgress: (at) => seen.push(at),
    }))
      seen.push(done);
    expect(seen).toEqual([
      1_500,
      { done: 1_500, total: 2_500 },
      2_500,
      { done: 2_500, total: 2_500 },
    ]);
  });

  it('end with the signal, before a call and in the middle of one', async () => {
    const { api, emulator } = await signedIn({ lists: listsOf(3_000) });
    const leaving = new AbortController();
    const source = records(api, path, { ...first, signal: leaving.signal });
    await source.next();
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold' });
    const rest = all(source);
    await hold.reached();
    leaving.abort('enough');
    await expect(rest).rejects.toBe('enough');
    hold.release();
    await expect(all(pages(api, path, { ...first, signal: leaving.signal }))).rejects.toBe(
      'enough',
    );
  });

  it('of messages are those in msgresult', async () => {
    const { api, calls } = await signedIn();
    const query = { type: 'SENT' as const, count: 10 };
    const found = await all(records(api, '/api/1/message', { params: { query } }));
    expect(found).toHaveLength(25);
    expect(new Set(found.map(({ msgId }) => msgId)).size).toBe(25);
    expect(calls()).toHaveLength(3);
  });

  it('of opt-outs end where there are no more: their total is always -1', async () => {
    const { api, calls } = await signedIn();
    const rows = Array.from({ length: 2_500 }, (_, row) => `${row}@example.test\n`);
    await api.PUT('/api/1/list/optout', { body: { file: new Blob(rows) } });
    const found = await all(pages(api, '/api/1/list/optout'));
    expect(found.map(({ items, total }) => [items.length, total])).toEqual([
      [1_000, null],
      [1_000, null],
      [500, null],
    ]);
    expect(calls()).toHaveLength(5);
    expect(found[0]?.items[0]?.email).toBe('0@example.test');
  });

  it('of contacts are numbered, and their records where the caller says', async () => {
    const { api, calls } = await signedIn({ lists: listsOf(120) });
    const found = await all(pages(api, contacts, inAccount, { items }));
    expect(found.map(({ items, done, total }) => [items.length, done, total])).toEqual([
      [50, 50, null],
      [50, 100, null],
      [20, 120, null],
    ]);
    expect(calls().at(-1)).toBe('/ucl/v2/1000/contact/?page=3&pageSize=50');
    const byFields = await all(
      records(
        api,
        '/ucl/v2/{accountId}/contact/byFields',
        { ...inAccount, body: ['email'] },
        { items },
      ),
    );
    expect(byFields).toEqual(found.flatMap((page) => page.items).map(({ email }) => ({ email })));
  });

  it('of contacts go on where an earlier run ended, wherever that was', async () => {
    const { api } = await signedIn({ lists: listsOf(25) });
    const init = { params: { ...inAccount.params, query: { pageSize: 10 } } };
    const whole = await all(records(api, contacts, init, { items }));
    for (const from of [0, 1, 9, 10, 11, 20, 24, 25, 26, 30, 1_000])
      expect(await all(records(api, contacts, init, { items, from }))).toEqual(whole.slice(from));
  });

  it('keep to five calls a second with a throttled session', async () => {
    const { session, emulator } = await signedIn({
      lists: listsOf(12),
      apiLimits: { perSecond: 5, perDay: 30_000 },
    });
    const limit = createCallLimit({ limiter: new RateLimiterMemory(perSlot) });
    const api = createActOnApi(throttle(session, limit));
    const query = { count: 1 };
    expect(await all(records(api, path, { params: { ...first.params, query } }))).toHaveLength(12);
    const statuses = emulator.ledger.entries
      .filter(({ route }) => route === 'api')
      .map(({ status }) => status);
    expect(statuses).toEqual(Array(12).fill(200));
  });
});

describe('what Act-On says of its pages is not believed', () => {
  const list = (reply: (offset: number, count: number) => object) =>
    plainServer(({ url }) => {
      const query = new URL(url, 'http://x').searchParams;
      return {
        body: JSON.stringify(reply(Number(query.get('offset')), Number(query.get('count')))),
      };
    }).then(({ session, received }) => ({ api: createActOnApi(session), received }));
  const rows = Array.from({ length: 25 }, (_, row) => [String(row)]);
  const page = { listId: 'l-0001', headers: [] };

  it.each([
    ['too many', 1_000_000],
    ['the right number', 25],
    ['none', -1],
    ['nothing at all', undefined],
    ['a text', '25'],
  ])('a total of %s', async (_, totalCount) => {
    const { api } = await list((offset, count) => ({
      ...page,
      offset,
      totalCount,
      data: rows.slice(offset, offset + count),
    }));
    expect(await all(records(api, path, first))).toEqual(rows);
  });

  it.each([-1, 25])('short pages in the middle, with a total of %i', async (totalCount) => {
    const { api } = await list((offset) => ({
      ...page,
      offset,
      totalCount,
      data: rows.slice(offset, offset + 4),
    }));
    expect(await all(records(api, path, first))).toEqual(rows);
  });

  it('another page than was asked for', async () => {
    const { api } = await list(() => ({ ...page, offset: 0, totalCount: 50, data: rows }));
    const found: unknown[] = [];
    const run = async () => {
      for await (const record of records(api, path, first)) found.push(record);
    };
    await expect(run()).rejects.toMatchObject({ name: 'ActOnApiError', status: 200 });
    expect(found).toEqual(rows);
  });

  it('no records where they should be', async () => {
    const { api } = await list(() => ({ ...page, offset: 0, result: rows }));
    await expect(all(pages(api, path, first))).rejects.toThrow('no array of records');
  });

  const numbered = (reply: (page: number, size: number) => unknown) =>
    plainServer(({ url }) => {
      const query = new URL(url, 'http://x').searchParams;
      return {
        body: JSON.stringify(reply(Number(query.get('page')), Number(query.get('pageSize')))),
      };
    }).then(({ session }) => createActOnApi(session));
  const bare = (answer: unknown) => answer as unknown[];

  it('numbered pages that are all the same, or smaller or larger than was asked for', async () => {
    const same = await numbered((_, size) => rows.slice(0, size));
    const query = { pageSize: 10 };
    const init = { params: { ...inAccount.params, query } };
    await expect(all(pages(same, contacts, init, { items: bare }))).rejects.toThrow(
      'the same page twice',
    );
    const capped = await numbered((page) => rows.slice(page * 4, page * 4 + 4));
    await expect(all(pages(capped, contacts, init, { items: bare }))).rejects.toThrow(
      'of another size than "pageSize" (10)',
    );
    const whole = await numbered(() => rows);
    await expect(all(pages(whole, contacts, init, { items: bare }))).rejects.toThrow(
      'of another size',
    );
  });
});

describe('a call for a page that fails', () => {
  it('is made again after the network, a gateway or a limit failed, after longer and longer pauses', async () => {
    const { api, emulator, calls } = await signedIn({ lists: listsOf(3) });
    vi.useFakeTimers();
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503, body: 'html' });
    emulator.faults.arm({ route: 'api', kind: 'drop_before' });
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 30 });
    const run = all(records(api, path, first));
    await vi.advanceTimersByTimeAsync(999);
    expect(calls()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(calls()).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(calls()).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await run).toHaveLength(3);
  });

  it('is an error after five tries, at once for what does not pass, and for a pause of more than a minute', async () => {
    const { api, emulator, calls } = await signedIn({ lists: listsOf(3) });
    vi.useFakeTimers();
    emulator.faults.arm({ route: 'api', kind: 'status', status: 502, times: 5 });
    const failing = expect(all(pages(api, path, first))).rejects.toMatchObject({ status: 502 });
    await vi.advanceTimersByTimeAsync(15_000);
    await failing;
    expect(calls()).toHaveLength(5);
    const missing = { params: { path: { listid: 'l-9999' } } };
    await expect(all(pages(api, path, missing))).rejects.toMatchObject({ code: '10004' });
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 61 });
    await expect(all(pages(api, path, first))).rejects.toMatchObject({ status: 429 });
    expect(calls()).toHaveLength(7);
  });

  it('leaves its pause with the signal', async () => {
    const { api, emulator } = await signedIn({ lists: listsOf(3) });
    const leaving = new AbortController();
    vi.useFakeTimers();
    emulator.faults.arm({ route: 'api', kind: 'status', status: 502 });
    const run = expect(all(pages(api, path, { ...first, signal: leaving.signal }))).rejects.toBe(
      'enough',
    );
    await vi.advanceTimersByTimeAsync(500);
    leaving.abort('enough');
    await run;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('pages() refuses what it cannot do', () => {
  it.each([
    [
      'a page of the caller',
      () => ({ params: { ...first.params, query: { offset: 10 } } }),
      {},
      '"offset" and "page"',
    ],
    [
      'a page that is too large',
      () => ({ params: { ...first.params, query: { count: 1_001 } } }),
      {},
      '"count" must be from 1 to 1,000',
    ],
    [
      'no records',
      () => ({ params: { ...first.params, query: { count: 0 } } }),
      {},
      '"count" must be',
    ],
    ['a place before the beginning', () => first, { from: -1 }, '"from" must be'],
    ['half a record', () => first, { from: 0.5 }, '"from" must be'],
  ])('%s', async (_, init, options, message) => {
    const { api } = await signedIn();
    expect(() => pages(api, path, init(), options)).toThrow(message);
  });

  it('a list without pages, and contacts without their place', async () => {
    const { api } = await signedIn();
    expect(() => pages(api, '/api/1/account' as never)).toThrow('lists that come in pages');
    expect(() => pages(api, contacts, inAccount, {} as never)).toThrow(
      '"items" must be a function',
    );
  });
});
