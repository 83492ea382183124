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
  redirectUris?: readonly string[] | undefined;
  /**
   * Whether the client may use the code grant. By default it may if it has a redirect URI: Act-On's
   * Support sets both.
   */
  codeGrantEnabled?: boolean | undefined;
}

export interface UserOptions {
  username: string;
  password: string;
  /** Users with the same account share lists and API limits. The user name by default. */
  account?: string | undefined;
  /** `false`: every grant is refused with `PUBLIC_API_FEATURE_NOT_ENABLED`. `true` by default. */
  apiEnabled?: boolean | undefined;
}

/** Any of the switches. */
export type SwitchOptions = { [Name in keyof Switches]?: Switches[Name] | undefined };

/** How the emulator begins. Every field has a default; the switches' are those of Act-On today. */
export interface EmulatorOptions extends SwitchOptions {
  /**
   * Which generation of Act-On's servers to be: today's, the one before December 2023, or what the
   * standards ask for. `'current'`.
   */
  profile?: ProfileName | undefined;
  /** Epoch milliseconds. `Date.now` by default; `emulator.clock.advance` adds to either. */
  now?: (() => number) | undefined;
  /** Makes every token and id repeatable, and so guessable. Cryptographic randomness by default. */
  seed?: string | undefined;
  /** Clients in addition to the test client. */
  clients?: readonly ClientOptions[] | undefined;
  /** Users in addition to the test user. */
  users?: readonly UserOptions[] | undefined;
  /** The lists of every account, instead of the three that it has by default. */
  lists?: readonly ListOptions[] | undefined;
  /** The test client's redirect URIs. None by default. */
  redirectUris?: readonly string[] | undefined;
  /** Whether the test client may use the code grant. By default it may if it has a redirect URI. */
  codeGrantEnabled?: boolean | undefined;
  /** What `exportState()` gave: go on from there. */
  state?: ExportedState | undefined;
  /** How many entries the ledger keeps; its counters count all. 10,000. */
  ledgerLimit?: number | undefined;
}

/** With every default filled in. */
type Complete<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

export type Client = Complete<ClientOptions>;
export type User = Complete<UserOptions> & {
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
    return { ...user, apiEnabled: user.apiEnabled ?? true, account, accountId };
  };
  return new Map(
    [fixtures.user, ...(options.users ?? [])].map((user) => [user.username, complete(user)]),
  );
}

export function readSwitches(options: EmulatorOptions, users: ReadonlyMap<string, User>): Switches {
  const defaults: Switches = { ...commonSwitches, ...readProfile(options).switches };
  const given = switchNames
    .filter((name) => options[name] !== undefined)
    .map((name) => [name, options[name]]);
  return checkSwitches({ ...defaults, ...Object.fromEntries(given) }, users);
}

export function readProfile({ profile = 'current' }: EmulatorOptions): Profile {
  check('profile', profile, oneOf(...Object.keys(profiles)));
  return profiles[profile];
}

function completeClient(client: ClientOptions): Client {
  const { redirectUris = [], codeGrantEnabled = redirectUris.length > 0 } = client;
  for (const uri of redirectUris) {
    if (!URL.canParse(uri) || uri.includes('#'))
      throw new TypeError(`"redirectUris" must be absolute and without a fragment: "${uri}"`);
  }
  return { id: client.id, secret: client.secret, redirectUris, codeGrantEnabled };
}
