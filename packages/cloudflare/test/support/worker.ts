// A Worker with the objects. It runs the store kit, or asks for a token with many callers at once.

import { ActOnAccount, durableObjectStore } from '@act-on-token/cloudflare';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { kitResults } from '../../../../proof/support/kit-results.ts';

export { ActOnAccount };

export interface Order {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly account: string;
  readonly callers: number;
}

interface Env {
  readonly ACCOUNTS: Parameters<typeof durableObjectStore>[0]['namespace'];
}

export default {
  async fetch(request: Request, { ACCOUNTS: namespace }: Env): Promise<Response> {
    const open = () => durableObjectStore({ namespace, interval: 20 });
    if (new URL(request.url).pathname === '/kit') return Response.json(await kitResults(open));
    const { url: baseUrl, account, callers, ...client }: Order = await request.json();
    const endpoint = actOnEndpoint({ baseUrl, ...client, requestTimeout: 30_000 });
    const session = createSession({ endpoint, account, store: open() });
    const calls = Array.from({ length: callers }, () => session.getAccessToken());
    const results = await Promise.allSettled(calls);
    await session.close();
    return Response.json(
      results.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason))),
    );
  },
};
