import type { ListOptions } from './api/contact-list.ts';
import { check, oneOf } from './check.ts';
import { checkSwitches, switchNames } from './check-switches.ts';
import type { Profile } from './profiles/profile.ts';
import { profiles } from './profiles/profiles.ts';
import { commonSwitches, type ProfileName, type Switches } from './settings.ts';
import type { ExportedState } from './state.ts';

export interface ClientOptions {
  id: string;
  secret: string;
  /** Exact redirect URIs; the first is the default. None by default. */
  redirectUris?: readonly string[];
  /** Whether the client may use the code grant. By default it may if it has a redirect URI: Act-On's Support sets both. */
  codeGrantEnabled?: boolean;
}

export interface UserOptions {
  username: string;
  password: string;
  /** Users with the same account share lists and API limits. The user name by default. */
  account?: string;
  /** `false`: every grant is refused with `PUBLIC_API_FEATURE_NOT_ENABLED`. `true` by default. */
  apiEnabled?: boolean;
}

/** How the emulator begins. Every field has a default; the switches' are those of Act-On today. */
export interface EmulatorOptions extends Partial<Switches> {
  /** Which generation of Act-On's servers to be: today's, the one before December 2023, or what the standards ask for. `'current'`. */
  profile?: ProfileName;
  /** Epoch milliseconds. `Date.now` by default; `emulator.clock.advance` adds to either. */
  now?: () => number;
  /** Makes every token and id repeatable, and so guessable. Cryptographic randomness by default. */
  seed?: string;
  /** Clients beside the test client. */
  clients?: readonly ClientOptions[];
  /** Users beside the test user. */
  users?: readonly UserOptions[];
  /** The lists of every account, instead of the three that it has by default. */
  lists?: readonly ListOptions[];
  /** The test client's redirect URIs. None by default. */
  redirectUris?: readonly string[];
  /** Whether the test client may use the code grant. By default it may if it has a redirect URI. */
  codeGrantEnabled?: boolean;
  /** What `exportState()` gave: go on from there. */
  state?: ExportedState;
  /** How many entries the ledger keeps; its counters count all. 10,000. */
  ledgerLimit?: number;
}

export type Client = Readonly<Required<ClientOptions>>;
export type User = Readonly<Required<UserOptions>> & {
  /** One for each account, in the order in which they were given. */
  readonly accountId: string;
};

/** The client and the user that every emulator knows. */
export const fixtures = {
  client: { id: 'test-client', secret: 'test-client-secret' },
  user: { username: 'marketer@example.test', password: 'correct horse battery staple' },
} as const;

/** Throws a TypeError for a client or redirect URI that cannot be right. */
export function readClients(options: EmulatorOptions): ReadonlyMap<string, Client> {
  const { redirectUris = [], codeGrantEnabled = redirectUris.length > 0 } = options;
  const all = [{ ...fixtures.client, redirectUris, codeGrantEnabled }, ...(options.clients ?? [])];
  return new Map(all.map((client) => [client.id, completeClient(client)]));
}

export function readUsers(options: EmulatorOptions): ReadonlyMap<string, User> {
  const ids = new Map<string, string>();
  const complete = (user: UserOptions): User => {
    const account = user.account ?? user.username;
    const accountId = ids.get(account) ?? String(1000 + ids.size);
    ids.set(account, accountId);
    return { apiEnabled: true, ...user, account, accountId };
  };
  return new Map([fixtures.user, ...(options.users ?? [])].map((user) => [user.username, complete(user)]));
}

export function readSwitches(options: EmulatorOptions, users: ReadonlyMap<string, User>): Switches {
  const defaults: Switches = { ...commonSwitches, ...readProfile(options).switches };
  const given = switchNames.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return checkSwitches({ ...defaults, ...Object.fromEntries(given) }, users);
}

export function readProfile({ profile = 'current' }: EmulatorOptions): Profile {
  check('profile', profile, oneOf(...Object.keys(profiles)));
  return profiles[profile];
}

function completeClient(client: ClientOptions): Client {
  const { redirectUris = [], codeGrantEnabled = redirectUris.length > 0 } = client;
  for (const uri of redirectUris) {
    if (!URL.canParse(uri) || uri.includes('#')) throw new TypeError(`"redirectUris" must be absolute and without a fragment: "${uri}"`);
  }
  return { id: client.id, secret: client.secret, redirectUris, codeGrantEnabled };
}
