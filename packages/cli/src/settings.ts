import { join } from 'node:path';
import { type Credentials, checkOptions, type OptionRules, type Region } from '@act-on-token/core';
import { wrongUse } from './command-error.ts';
import { readSecret } from './read-secret.ts';

/** The options of every command that has to do with an account. */
export interface AccountOptions {
  readonly account?: string;
  readonly clientId?: string;
  readonly clientSecretFd?: number;
  readonly region?: Region;
  readonly baseUrl?: string;
  readonly store?: string;
  readonly verbose?: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whose session it is, and where it lies. */
export interface Settings {
  readonly account: string;
  readonly clientId: string;
  readonly place: { readonly region?: Region; readonly baseUrl?: string };
  /** A directory, or a redis:// URL. */
  readonly store: string;
  /** What the environment has to sign this account in with. */
  readonly credentials: Credentials | null;
  /** Whether stderr gets a line for each event of the session. */
  readonly isVerbose: boolean;
}

/**
 * Arguments first, then the environment. Throws `configuration` for what is missing or cannot be.
 */
export function readSettings(options: AccountOptions, env: Environment): Settings {
  const account = options.account ?? variable(env, 'ACT_ON_USERNAME');
  const clientId = options.clientId ?? variable(env, 'ACT_ON_CLIENT_ID');
  if (!account || !clientId) throw missing(options, env, false);
  checkVariables(env);
  return {
    account,
    clientId,
    place: readPlace(options, env),
    store: readStore(options, env),
    credentials: readCredentials(account, env),
    isVerbose: options.verbose === true || variable(env, 'ACT_ON_DEBUG') === '1',
  };
}

/** The same for a command that sends something, with the secret that goes along. */
export async function readSendingSettings(
  options: AccountOptions,
  env: Environment,
): Promise<Settings & { readonly clientSecret: string }> {
  const clientSecret = variable(env, 'ACT_ON_CLIENT_SECRET');
  if (options.clientSecretFd === undefined && clientSecret === undefined)
    throw missing(options, env, true);
  const settings = readSettings(options, env);
  if (options.clientSecretFd === undefined)
    return { ...settings, clientSecret: clientSecret ?? '' };
  return {
    ...settings,
    clientSecret: await readSecret('--client-secret-fd', options.clientSecretFd),
  };
}

type Variable =
  `ACT_ON_${'CLIENT_ID' | 'CLIENT_SECRET' | 'USERNAME' | 'PASSWORD' | 'REGION' | 'BASE_URL' | 'STORE' | 'DEBUG'}`;

/**
 * The variables that are read, and what each must be; an address or a directory is looked at more
 * closely where it is used.
 */
export const variableRules: OptionRules<Record<Variable, string | undefined>> = {
  ACT_ON_CLIENT_ID: ['text'],
  ACT_ON_CLIENT_SECRET: ['text'],
  ACT_ON_USERNAME: ['text'],
  ACT_ON_PASSWORD: ['secret'],
  ACT_ON_REGION: [(region) => region === 'us' || region === 'eu', undefined, 'us or eu'],
  ACT_ON_BASE_URL: ['text'],
  ACT_ON_STORE: ['text'],
  ACT_ON_DEBUG: [['0', '1']],
};

/**
 * Throws `configuration` for a value that cannot be meant, and for a variable whose name is a
 * misspelling of one of ours.
 */
function checkVariables(env: Environment): void {
  const ours = Object.entries(env).filter(([name, value]) => /^ACT[_-]?ON/i.test(name) && value);
  // Windows takes upper and lower case for the same.
  const given = ours.map(([name, value]) => [
    process.platform === 'win32' ? name.toUpperCase() : name,
    value,
  ]);
  checkOptions(
    'act-on-token',
    variableRules,
    Object.fromEntries(given) as Record<Variable, string | undefined>,
  );
}

/** An empty variable is one that is not set. */
export function variable(env: Environment, name: string): string | undefined {
  return env[name] || undefined;
}

/** Names all at once what has to be there. */
function missing(options: AccountOptions, env: Environment, isSending: boolean): Error {
  const wanted: Record<string, unknown> = {
    'ACT_ON_CLIENT_ID (or --client-id)': options.clientId ?? env.ACT_ON_CLIENT_ID,
    ...(isSending && {
      'ACT_ON_CLIENT_SECRET (or --client-secret-fd)':
        options.clientSecretFd ?? env.ACT_ON_CLIENT_SECRET,
    }),
    'ACT_ON_USERNAME (or --account)': options.account ?? env.ACT_ON_USERNAME,
  };
  const names = Object.keys(wanted).filter(
    (name) => wanted[name] === undefined || wanted[name] === '',
  );
  return wrongUse(`Set ${names.join(' and ')} in the environment.`);
}

/** A base URL goes before a region, unless the region is what was asked for here and now. */
function readPlace(options: AccountOptions, env: Environment): Settings['place'] {
  if (options.baseUrl !== undefined) return { baseUrl: options.baseUrl };
  if (options.region !== undefined) return { region: options.region };
  const [baseUrl, region] = [variable(env, 'ACT_ON_BASE_URL'), variable(env, 'ACT_ON_REGION')];
  if (baseUrl !== undefined) return { baseUrl };
  if (region === undefined) return {};
  if (region !== 'us' && region !== 'eu') throw wrongUse('ACT_ON_REGION must be us or eu.');
  return { region };
}

function readStore(options: AccountOptions, env: Environment): string {
  const { store } = options;
  if (store !== undefined && hasPassword(store)) {
    throw wrongUse(
      '--store must not contain a password: arguments show in the list of processes. Put such a URL into ACT_ON_STORE, and change the password.',
    );
  }
  const place = store ?? variable(env, 'ACT_ON_STORE') ?? stateDirectory(env);
  if (isUrl(place) && !isRedisUrl(place))
    throw wrongUse('ACT_ON_STORE must be a directory, or a redis:// or rediss:// URL.');
  return place;
}

const isUrl = (place: string): boolean => /^\w{2,}:\/\//.test(place);
export const isRedisUrl = (place: string): boolean => /^rediss?:\/\//.test(place);

function hasPassword(place: string): boolean {
  return (
    isUrl(place) &&
    URL.canParse(place) &&
    (new URL(place).password !== '' || new URL(place).searchParams.has('password'))
  );
}

/**
 * Where programs of this user keep what should last but is not a document; `examples/one-file` looks
 * there too.
 */
function stateDirectory(env: Environment): string {
  const [local, state, home] = [
    variable(env, 'LOCALAPPDATA'),
    variable(env, 'XDG_STATE_HOME'),
    variable(env, 'HOME'),
  ];
  const base = local ?? state ?? (home && join(home, '.local', 'state'));
  if (base === undefined)
    throw wrongUse('Set ACT_ON_STORE in the environment: there is no HOME to keep sessions in.');
  return join(base, 'act-on-token');
}

/**
 * The password belongs to the user whom the environment names, never to another whose `--account`
 * is given.
 */
function readCredentials(account: string, env: Environment): Credentials | null {
  const [username = account, password] = [
    variable(env, 'ACT_ON_USERNAME'),
    variable(env, 'ACT_ON_PASSWORD'),
  ];
  return username === account && password !== undefined ? { username, password } : null;
}
