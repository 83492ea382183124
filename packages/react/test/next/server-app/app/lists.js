import { actOnEndpoint, createSession } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

const { ACT_ON_CLIENT_ID: clientId, ACT_ON_CLIENT_SECRET: clientSecret, ACT_ON_BASE_URL: baseUrl } = process.env;
const { ACT_ON_USERNAME: username, ACT_ON_PASSWORD: password } = process.env;

const session = createSession({
  endpoint: actOnEndpoint({ clientId, clientSecret, baseUrl }),
  account: username,
  store: memoryStore(),
  credentials: () => ({ username, password }),
});
session.on((event) => console.log(`[event of ${process.pid}] ${event.type}`));

/** How many lists there are. */
export async function countLists() {
  const response = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
  if (!response.ok) throw new Error(`Act-On answered ${response.status}.`);
  return (await response.json()).result.length;
}
