// Run by ../test/jsdom.test.ts, with vitest 3.
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { fetch as fetchOverXhr } from 'whatwg-fetch';

const {
  ACT_ON_URL: baseUrl,
  ACT_ON_CLIENT_ID: clientId,
  ACT_ON_CLIENT_SECRET: clientSecret,
} = process.env;
const { ACT_ON_USERNAME: username, ACT_ON_PASSWORD: password } = process.env;

function open(fetch) {
  const endpoint = actOnEndpoint({
    clientId,
    clientSecret,
    baseUrl,
    dangerouslyAllowBrowser: true,
    ...(fetch && { fetch }),
  });
  return createSession({
    endpoint,
    account: username,
    store: memoryStore(),
    minRefreshInterval: 0,
    credentials: () => ({ username, password }),
  });
}

it('has an AbortSignal here that fetch refuses', async () => {
  const { signal } = new AbortController();
  await expect(fetch(baseUrl, { signal })).rejects.toThrow(/signal/i);
});

it("gets a token with Node's fetch all the same", async () => {
  const session = open();
  const { signal } = new AbortController();
  const first = await session.getAccessToken({ signal });
  expect(await session.getAccessToken({ rejected: first })).not.toBe(first);
  expect((await session.fetch('/api/1/account')).status).toBe(200);
  expect(session.getSnapshot().grants.used).toBe(1);
  await session.close();
});

it("gets a token with React Native's fetch, whose responses have no body stream", async () => {
  const seen = [];
  const session = open(async (...request) => {
    const response = await fetchOverXhr(...request);
    seen.push(response.body);
    return response;
  });
  const first = await session.getAccessToken();
  expect(await session.getAccessToken({ rejected: first })).not.toBe(first);
  expect(await (await session.fetch('/api/1/list')).json()).toMatchObject({ totalCount: 3 });
  expect(
    await session.fetch(new Request(new URL('api/1/list', baseUrl))).then(({ status }) => status),
  ).toBe(200);
  expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  await session.close();
});
