import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Place, Tokens } from '../clients/client.ts';
import { type TokenBody, tokensOf } from '../clients/floor.ts';

/**
 * The emulator in a process of its own: strict, single-use refresh tokens, a new grant kills the
 * pair before it; no limit on how often one asks.
 */
export interface ActOn {
  readonly origin: string;
  /** The user of this number, one of `users`. */
  place(user: number): Place;
  signIn(place: Place): Promise<Tokens>;
  /** As `signIn`, and the access token counts as lapsed for whoever looks at the time. */
  signInLapsed(place: Place): Promise<Tokens>;
  /** Token requests since the last reset: refreshes and others. */
  counts(): Promise<{ refreshes: number; grants: number }>;
  /** The next requests of this route meet this; see the emulator's faults. */
  arm(fault: object): Promise<void>;
  disarm(): Promise<void>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('act-on-server.ts', import.meta.url));

export async function startActOn(users = 64): Promise<ActOn> {
  const child = fork(program, [String(users)], { stdio: 'inherit' });
  const [served] = (await once(child, 'message')) as [
    { url: string; client: { id: string; secret: string } },
  ];
  const { url: origin, client } = served;
  const control = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${origin}/__emulator/${path}`, init);
  const sent = async (path: string, init: RequestInit): Promise<void> => {
    const response = await control(path, init);
    if (!response.ok) throw new Error(`The emulator refused ${path}: ${await response.text()}`);
  };
  const signIn = (place: Place): Promise<Tokens> => passwordGrant(place);
  return {
    origin,
    place: (user) => ({
      origin,
      clientId: client.id,
      clientSecret: client.secret,
      ...userOf(user),
    }),
    signIn,
    signInLapsed: async (place) => ({ ...(await signIn(place)), expiresAt: Date.now() - 1_000 }),
    async counts() {
      const { counters } = await (await control('ledger?after=1000000')).json();
      const { refresh_token, ...others } = counters.grants;
      return {
        refreshes: refresh_token.sent,
        grants: others.password.sent + others.authorization_code.sent,
      };
    },
    arm: (fault) =>
      sent('faults', {
        method: 'POST',
        body: JSON.stringify(fault),
        headers: { 'content-type': 'application/json' },
      }),
    disarm: () => sent('faults', { method: 'DELETE' }),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export const userOf = (user: number): { username: string; password: string } => ({
  username: `user-${user}@example.test`,
  password: 'a password',
});

async function passwordGrant({
  origin,
  clientId,
  clientSecret,
  username,
  password,
}: Place): Promise<Tokens> {
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: clientId,
    client_secret: clientSecret,
    username,
    password,
  });
  const response = await fetch(`${origin}/token`, { method: 'POST', body });
  if (!response.ok)
    throw new Error(`The emulator refused a sign-in: ${response.status} ${await response.text()}`);
  return tokensOf((await response.json()) as TokenBody);
}
