import { createActOnApi, pages } from '@act-on-token/api';
import { createBrokerSession } from '@act-on-token/broker/client';
import { describe, expect, it } from 'vitest';
import { openPage } from '../../broker/test/support/page.ts';
import { ada, createWorld } from '../../broker/test/support/world.ts';

/** Ada's browser, whose page goes through the broker and has no token. */
async function page() {
  openPage();
  const browser = await createWorld().signedIn();
  const session = createBrokerSession({ url: '/auth', fetch: browser.fetch });
  return { api: createActOnApi(session), browser };
}

describe('the API in a page, over the session of a broker', () => {
  it('has ids, slashes and bodies of every kind as they are', async () => {
    const { api, browser } = await page();
    const { data: account } = await api.GET('/api/1/account');
    expect(account.login).toBe(ada.username);
    const path = { listid: 'l-0001', recordid: 'l-0001:a' };
    const record = await api.GET('/api/1/list/{listid}/record/{recordid}', { params: { path } });
    expect(record.data).toHaveLength(3);

    const inAccount = { params: { path: { accountId: account.account_id } } };
    const contacts = await api.GET('/ucl/v2/{accountId}/contact/', inAccount);
    expect((contacts.data as { data: unknown[] }).data.length).toBeGreaterThan(10);
    await api.PUT('/api/1/list/{listid}/record', {
      params: { path, query: { email: 'a+b@example.test' } },
      body: { Email: 'a+b@example.test' },
    });
    await api.POST('/api/1/message/{msgid}/send', {
      params: { path: { msgid: 'd-0001' } },
      body: { senderemail: 'a@example.test', sendername: 'Ada', when: 1 },
    });
    await api.PUT('/api/1/list/optout', { body: { file: new Blob(['a@example.test\n']) } });
    const optOuts = await api.GET('/api/1/list/optout');
    expect(optOuts.data.result).toMatchObject([{ email: 'a@example.test' }]);
    const direct = browser.received.map(({ url }) => url).filter((url) => !url.includes('/auth'));
    expect(direct).toEqual([]);
  });

  it('has pages, and errors with the words of Act-On', async () => {
    const { api } = await page();
    const init = { params: { path: { listid: 'l-0001' }, query: { count: 5 } } };
    const sizes = [];
    for await (const { items } of pages(api, '/api/1/list/{listid}', init))
      sizes.push(items.length);
    expect(sizes).toEqual([5, 5, 2]);
    const missing = { params: { path: { listid: 'l-9999' } } };
    await expect(api.GET('/api/1/list/{listid}', missing)).rejects.toMatchObject({
      name: 'ActOnApiError',
      code: '10004',
      status: 404,
    });
  });
});
