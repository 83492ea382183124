// Runs in each runtime, and in a page of each browser, as one bundled script.
import { actOnEndpoint, createSession, type Fetch, type TokenEndpoint } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

/** What happens on a connection, and what is dropped when the connection is used again. */
export type Situation =
  | 'a refresh after an API call'
  | 'a refresh after a refresh'
  | 'a message after an API call';

export interface Attempt {
  readonly baseUrl: string;
  readonly situation: Situation;
  /** As the endpoint does it; else with a plain `fetch`. */
  readonly hasRemedy: boolean;
}

declare global {
  var attempt: (given: Attempt) => Promise<string>;
}

/** Without what the endpoint adds for a runtime's sake. */
const plainFetch: Fetch = (input, init) => {
  const { credentials, client, ...rest } = { client: undefined, ...init };
  return fetch(input, rest);
};

/**
 * What became of the POST, as the library tells it. It is refresh-1 or message m-1: by these the
 * server's counts are looked up.
 */
globalThis.attempt = async ({ baseUrl, situation, hasRemedy }) => {
  const client = {
    clientId: 'client-1',
    clientSecret: 'secret-1',
    dangerouslyAllowBrowser: true,
    requestTimeout: 60_000,
  };
  const endpoint = actOnEndpoint({
    ...client,
    baseUrl,
    ...(hasRemedy ? {} : { fetch: plainFetch }),
  });
  if (situation === 'a message after an API call') return sendMessage(endpoint);
  if (situation === 'a refresh after a refresh') await refresh(endpoint, 'refresh-0');
  else
    await readToEnd(
      endpoint.fetch(new URL('api/1/list', endpoint.apiBase), {
        headers: { authorization: 'Bearer access-1' },
      }),
    );
  await connectionsAreFree();
  return refresh(endpoint, 'refresh-1');
};

async function refresh(endpoint: TokenEndpoint, refreshToken: string): Promise<string> {
  return (
    await endpoint.send({ type: 'refresh_token', refreshToken }, new AbortController().signal)
  ).type;
}

async function sendMessage(endpoint: TokenEndpoint): Promise<string> {
  const session = createSession({ endpoint, account: 'ada@example.test', store: memoryStore() });
  await session.authorize({ type: 'refresh_token', refreshToken: 'refresh-0' });
  await readToEnd(session.fetch('/api/1/list'));
  await connectionsAreFree();
  const body = new URLSearchParams({ to: 'grace@example.test' });
  const told = await readToEnd(
    session.fetch('/api/1/message/m-1/send', { method: 'POST', body }),
  ).catch(() => 'failed');
  await session.close();
  return told;
}

async function readToEnd(answer: Promise<Response>): Promise<string> {
  await (await answer).text();
  return 'answered';
}

/** Node takes a connection again one turn of the event loop after its answer. */
async function connectionsAreFree(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setTimeout(resolve));
}

const { process } = globalThis as { process?: { argv: string[] } };
if (process?.argv[2] !== undefined) {
  const told: string[] = [];
  for (const each of JSON.parse(process.argv[2]) as Attempt[]) told.push(await attempt(each));
  console.log(JSON.stringify(told));
}
