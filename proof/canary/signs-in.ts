// Signs in with a password that nothing else in this process knows, forgets all but the session,
// and prints whether the heap still holds the password. Run with --expose-gc; arguments: the URL of
// an Act-On, and how to sign in.
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { getHeapSnapshot } from 'node:v8';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

const [baseUrl = '', how = ''] = process.argv.slice(2);
const username = 'ada@example.test';

/** Put together anew each time, so that the source does not hold it. */
const password = (): string => [...'drowssap-yranac'].reverse().join('');

const session = createSession({
  endpoint: actOnEndpoint({ clientId: 'test-client', clientSecret: 'test-client-secret', baseUrl }),
  account: username,
  store: memoryStore(),
  ...(how === 'credentials' ? { credentials: () => ({ username, password: password() }) } : {}),
});
if (how !== 'credentials')
  await session.authorize({ type: 'password', username, password: password() });
const token = await session.getAccessToken();
const kept = how === 'kept on purpose' ? password() : null;

/** The connection lets go of what it sent a little later, and not all garbage is found at once. */
async function isHeld(tries: number): Promise<boolean> {
  globalThis.gc?.();
  const heap = await text(Readable.from(getHeapSnapshot()));
  if (!heap.includes(password())) return false;
  if (tries <= 1) return true;
  await delay(50);
  return isHeld(tries - 1);
}

const answer = { isSignedIn: token !== '', isHeld: await isHeld(kept === null ? 100 : 2) };
// Used after the search, so that neither is garbage before it.
console.log(
  JSON.stringify({ ...answer, status: session.getSnapshot().status, kept: kept?.length }),
);
process.exit();
