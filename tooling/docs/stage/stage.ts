// What the blocks of the pages find instead of Act-On: each block that runs gets a stage of its
// own.
import { actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';

const client = { id: '…', secret: '…' };
const user = { username: 'ada@example.com', password: '…' };

/**
 * Knows the client and the user that the pages write, and says yes to whoever comes to its sign-in
 * page.
 */
export const emulator: Emulator = createEmulator({
  clients: [
    {
      ...client,
      redirectUris: [
        'https://app.example/callback',
        'https://app.example/auth/callback',
        'http://localhost:3000/auth/callback',
        'http://localhost:3000/callback',
      ],
    },
  ],
  users: [user],
  autoConsent: user.username,
  // Blocks run one after the other, and some of them call often.
  apiLimits: null,
});

const hosts = ['api.actonsoftware.com', 'api-eu.actonsoftware.com'];
const network = globalThis.fetch;

/** What blocks may reach: Act-On, which is the emulator, and this machine. */
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input, globalThis.location?.href);
  if (hosts.includes(url.hostname)) return emulator.fetch(input, init);
  if (['127.0.0.1', 'localhost'].includes(url.hostname)) return network(input, init);
  throw new Error(`A block of the documentation tried to reach ${url.host}.`);
};

/** A session of the pages' user, not signed in. */
export function newSession(): Session {
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    dangerouslyAllowBrowser: true,
  });
  return createSession({ endpoint, account: user.username, store: memoryStore() });
}

/** The same, signed in. */
export async function signedIn(): Promise<Session> {
  const session = newSession();
  await session.authorize({ type: 'password', ...user });
  return session;
}

/** A person follows the link, says yes, and comes back: the URL at which they arrive. */
export async function comeBackFrom(url: string | URL): Promise<string> {
  const response = await emulator.fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`/authorize answered ${response.status} and no redirect.`);
  return location;
}

/** Fails unless it is so. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`The example does not do what it says: ${claim}`);
}
