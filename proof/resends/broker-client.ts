// Runs in Deno, and in a page, as one bundled script: the browser side of a broker in token mode.
import { createBrokerSession } from '@act-on-token/broker/client';

export interface Visit {
  readonly url: string;
  /** What a browser would add by itself. */
  readonly headers: Readonly<Record<string, string>>;
}

declare global {
  var refreshOnce: (visit: Visit) => Promise<boolean>;
}

/** Gets a token, and another in its stead; whether they differ. */
globalThis.refreshOnce = async ({ url, headers }) => {
  const send = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
    fetch(input, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init?.headers)), ...headers },
    });
  const session = createBrokerSession({ url, mode: 'token', fetch: send });
  const first = await session.getAccessToken();
  // Some connections that were used before, as the session may be asking how things stand on one of
  // them.
  await Promise.all([1, 2, 3, 4].map(async () => (await send(`${url}/session`)).text()));
  const second = await session.getAccessToken({ rejected: first });
  await session.close();
  return first !== second;
};

const { process } = globalThis as { process?: { argv: string[] } };
if (process?.argv[2] !== undefined) console.log(await refreshOnce(JSON.parse(process.argv[2])));
