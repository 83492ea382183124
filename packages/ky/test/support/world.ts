import { createServer } from 'node:http';
import {
  actOnEndpoint,
  createSession,
  type Session,
  type SessionOptions,
} from '@act-on-token/core';
import { type ServedEmulator, type ServeOptions, serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { listen } from '../../../../proof/support/listen.ts';

export interface World {
  readonly emulator: ServedEmulator;
  readonly session: Session;
  close(): Promise<void>;
}

/** An Act-On behind HTTP, and a session that is signed in there. */
export async function openWorld(
  options: Partial<SessionOptions> = {},
  served: ServeOptions = { apiLimits: null },
): Promise<World> {
  const emulator = await serveEmulator(served);
  const session = await signedIn(emulator, options);
  const close = async (): Promise<void> => {
    await session.close();
    await emulator.close();
  };
  return { emulator, session, close };
}

export async function signedIn(
  emulator: ServedEmulator,
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  const session = sessionOf(emulator, options);
  await session.authorize({ type: 'password', ...emulator.user });
  return session;
}

/** A session with a store of its own, where nobody has signed in. */
export function sessionOf(
  { client, url, user }: ServedEmulator,
  options: Partial<SessionOptions> = {},
): Session {
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl: url,
  });
  return createSession({
    endpoint,
    account: user.username,
    store: memoryStore(),
    minRefreshInterval: 0,
    ...options,
  });
}

/**
 * Somebody else's server. It answers everything, and remembers of each request what it was and what
 * came with it.
 */
export interface Stranger {
  readonly url: string;
  readonly seen: { readonly method: string; readonly hasToken: boolean }[];
  close(): Promise<void>;
}

export async function openStranger(): Promise<Stranger> {
  const seen: Stranger['seen'] = [];
  const server = createServer((request, response) => {
    const everything = JSON.stringify([request.url, request.rawHeaders]);
    seen.push({ method: request.method ?? '', hasToken: /authorization|bearer/i.test(everything) });
    request.resume();
    response.setHeader('content-type', 'application/json').end('{}');
  });
  const { port, close } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, seen, close };
}

/** What it was rejected with; `'no error'` if it was not. */
export async function caught(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
}
