import { setTimeout as delay } from 'node:timers/promises';
import {
  accountKey,
  type Credentials,
  createSession,
  isActOnTokenError,
  type Session,
  type SessionOptions,
  type TokenEndpoint,
  type TokenStore,
} from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import type { Cluster, Redis } from 'ioredis';
import { isReady } from './kit.ts';

/**
 * A session's options, and the client of its store if it is to be another than the fleet's usual
 * one.
 */
type Member = Partial<SessionOptions> & { readonly client?: Redis | Cluster };

/**
 * Sessions that know nothing of each other, as those of so many servers: each with a client, and a
 * store on it, of its own.
 */
export interface Fleet {
  session(user: Credentials, member?: Member): Session;
  /** A session that has just signed in. */
  signedIn(user: Credentials, member?: Member): Promise<Session>;
  /** What a session gets that knows nothing yet. */
  newcomer(user: Credentials, member?: Member): Promise<string>;
  /** What Redis holds for this account; `null`: nothing. */
  record(user: Pick<Credentials, 'username'>): Promise<Record<string, unknown> | null>;
  /** Under which name it does. */
  key(user: Pick<Credentials, 'username'>): string;
  disband(): Promise<void>;
}

/** Its sessions refresh whenever a token is rejected, however young it is. */
export function fleetOn(connect: () => Redis | Cluster, endpoint: TokenEndpoint): Fleet {
  const clients: (Redis | Cluster)[] = [];
  const closing: { close(): Promise<void> }[] = [];
  const storeOn = (client: Redis | Cluster): TokenStore => {
    // Without a listener ioredis prints every failure.
    clients.push(client.on('error', () => {}));
    return redisStore(client);
  };
  const keyOf = ({ username }: Pick<Credentials, 'username'>) =>
    accountKey(endpoint.issuer, endpoint.clientId, username);
  const session: Fleet['session'] = ({ username }, { client = connect(), ...options } = {}) => {
    const made = createSession({
      endpoint,
      account: username,
      store: storeOn(client),
      minRefreshInterval: 0,
      ...options,
    });
    closing.push(made);
    return made;
  };
  let reader: TokenStore | null = null;
  return {
    session,
    newcomer(user, member) {
      const made = session(user, member);
      return eventually(() => made.getAccessToken());
    },
    async signedIn(user, { client = connect(), ...options } = {}) {
      await isReady(client);
      const made = session(user, { client, ...options });
      await made.authorize({ type: 'password', ...user });
      return made;
    },
    async record(user) {
      reader ??= storeOn(connect());
      const store = reader;
      const { record } = await eventually(() => store.read(keyOf(user)));
      return record && JSON.parse(record.value);
    },
    key: (user) => `act-on-token:${keyOf(user)}`,
    async disband() {
      await Promise.all(closing.map((each) => each.close()));
      for (const client of clients) client.disconnect();
    },
  };
}

/**
 * The outcome of a call that is made again as long as the store is down, as a program would with
 * its next request.
 */
export async function eventually<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isActOnTokenError(error, 'store_unavailable')) throw error;
      await delay(5);
    }
  }
}

/**
 * Another token than the one at hand, as after a 401 from the API. One that is a few milliseconds
 * old may be too young for that.
 */
export async function another(
  session: Session,
  rejected: string = session.currentAccessToken() ?? '',
): Promise<string> {
  for (;;) {
    const token = await session.getAccessToken({ rejected });
    if (token !== rejected) return token;
    await delay(5);
  }
}

/** The same, however long the store is down. */
export async function replaced(session: Session): Promise<string> {
  const rejected = session.currentAccessToken() ?? '';
  return eventually(() => another(session, rejected));
}
