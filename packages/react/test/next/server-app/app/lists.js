import { actOnEndpoint, createSession } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

function createOwnSession() {
  const {
    ACT_ON_CLIENT_ID: clientId,
    ACT_ON_CLIENT_SECRET: clientSecret,
    ACT_ON_BASE_URL: baseUrl,
  } = process.env;
  const { ACT_ON_USERNAME: username, ACT_ON_PASSWORD: password } = process.env;
  const session = createSession({
    endpoint: actOnEndpoint({ clientId, clientSecret, baseUrl }),
    account: username,
    store: memoryStore(),
    credentials: () => ({ username, password }),
  });
  session.on(({ type }) => console.log(`[event] ${type}`));
  return session;
}

/** Counts the lists, with a session and a store of its own. */
export function createCounter(session = createOwnSession()) {
  return async () => {
    const response = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
    if (!response.ok) throw new Error(`Act-On answered ${response.status}.`);
    return (await response.json()).result.length;
  };
}

const shared = createOwnSession();
export const countLists = createCounter(shared);

/** Sends a message, and says whether Act-On took it. */
export async function sendMessage() {
  const response = await shared.fetch('/api/1/message/m-1/send', { method: 'POST' });
  return response.ok;
}
