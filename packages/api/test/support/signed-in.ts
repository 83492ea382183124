import { type ActOnApi, createActOnApi } from '@act-on-token/api';
import { actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { createEmulator, type Emulator, type EmulatorOptions } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';

export interface SignedIn {
  readonly emulator: Emulator;
  readonly session: Session;
  readonly api: ActOnApi;
  /** The paths and queries of the calls of the API so far. */
  calls(): string[];
}

/** A session at an emulator, without limits unless they are given. */
export async function signedIn(options: EmulatorOptions = {}): Promise<SignedIn> {
  const emulator = createEmulator({ apiLimits: null, ...options });
  const { client, user } = emulator;
  const calls: string[] = [];
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    fetch: async (input, init) => {
      const { pathname, search } = new URL(String(input));
      if (pathname !== '/token') calls.push(`${pathname}${search}`);
      return emulator.fetch(String(input), init);
    },
  });
  const session = createSession({ endpoint, account: user.username, store: memoryStore() });
  await session.authorize({ type: 'password', ...user });
  return { emulator, session, api: createActOnApi(session), calls: () => [...calls] };
}

/** Lists of so many records each. */
export const listsOf = (...sizes: readonly number[]): { name: string; rows: string[][] }[] =>
  sizes.map((size, list) => ({
    name: `List ${list + 1}`,
    rows: Array.from({ length: size }, (_, row) => [
      `${list}-${row}@example.test`,
      'Given',
      `Name "${row}"`,
    ]),
  }));
