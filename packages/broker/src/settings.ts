import {
  ActOnTokenError,
  type CheckedOptions,
  type Clock,
  checkOptions,
  createSession,
  type OptionRules,
  type SessionOptions,
  type TokenEndpoint,
  type TokenStore,
} from '@act-on-token/core';
import type { BrokerOptions } from './options.ts';
import type { BrokerMode } from './wire.ts';

/** The options as they were settled when the broker was created. */
export interface Settings extends Pick<BrokerOptions, 'user' | 'account' | 'expectAccount'> {
  readonly endpoint: TokenEndpoint;
  readonly store: TokenStore;
  readonly secrets: readonly string[];
  readonly mode: BrokerMode;
  readonly redirectUri: string;
  /** Of the app, as browsers see it. */
  readonly origin: string;
  /** Without a slash at the end: `/auth`, or nothing. */
  readonly basePath: string;
  /** The same: `/auth/callback`. */
  readonly callbackPath: string;
  readonly allowedPaths: readonly string[];
  readonly maxBodySize: number;
  readonly apiTimeout: number;
  readonly sessionLifetime: number;
  readonly maxSessionAge: number;
  readonly cookieName: string;
  readonly authorization: { readonly scope?: string; readonly pkce?: boolean };
  readonly issuer: string | undefined;
  readonly session: Omit<SessionOptions, 'endpoint' | 'account' | 'store' | 'credentials'>;
  readonly tell: NonNullable<BrokerOptions['onEvent']>;
  readonly waitUntil: BrokerOptions['waitUntil'];
  now(): number;
}

const aDay = 86_400_000;
const tenYears = 3_652 * aDay;

/** 32 characters of base64 are 192 bits. */
const shortestSecret = 32;

/** Long, and no placeholder made of one or two characters. */
const isSecret = (secret: unknown): boolean =>
  typeof secret === 'string' && secret.length >= shortestSecret && new Set(secret).size >= 8;

const isPrefix = (path: unknown): boolean =>
  typeof path === 'string' && /^\/([\w.~-]+\/)+$/.test(path) && !/\/\.+\//.test(path);

const isBasePath = (path: unknown): boolean =>
  path === '' ||
  path === '/' ||
  (typeof path === 'string' &&
    /^(\/[\w.~-]+)+$/.test(path) &&
    new URL(path, 'http://localhost').pathname === path);

export const brokerRules: OptionRules<BrokerOptions> = {
  endpoint: ['send fingerprint fetch', null, 'a token endpoint, as actOnEndpoint() makes it'],
  store: ['read swap watch close', null, 'a token store, such as memoryStore()'],
  redirectUri: [
    (uri) => typeof uri === 'string' && !/\s/.test(uri) && URL.canParse(uri),
    null,
    'an absolute URL: the public one of the callback route',
  ],
  sessionSecret: [
    (secret) =>
      isSecret(secret) || (Array.isArray(secret) && secret.length > 0 && secret.every(isSecret)),
    null,
    `a text of at least ${shortestSecret} random characters, or a list of such texts, newest first. Make one with: openssl rand -base64 32`,
  ],
  mode: [['proxy', 'token'], 'proxy'],
  basePath: [isBasePath, undefined, 'a path such as "/auth", without a slash at the end'],
  allowedPaths: [
    (paths) => Array.isArray(paths) && paths.length > 0 && paths.every(isPrefix),
    ['/api/1/', '/ucl/v2/'],
    'a list of paths that begin and end with a slash, such as "/api/1/"',
  ],
  maxBodySize: [[0, Number.MAX_SAFE_INTEGER], 400_000_000, 'a number of bytes, 0 at least'],
  apiTimeout: [[1_000, aDay], 120_000],
  sessionLifetime: [[60_000, tenYears], 30 * aDay],
  maxSessionAge: [[60_000, tenYears], 30 * aDay],
  cookieName: [
    (name) => /^[\w-]{1,40}$/.test(name) && typeof name === 'string',
    'act-on',
    '1 to 40 letters, digits, hyphens or underscores',
  ],
  user: ['function'],
  account: ['function'],
  expectAccount: [
    (expected) =>
      typeof expected === 'function' ||
      (typeof expected === 'string' && /^[^\s\p{C}]+$/u.test(expected)),
    undefined,
    'the id of an Act-On account, or a function that decides',
  ],
  scope: ['text'],
  pkce: ['boolean'],
  issuer: ['text'],
  session: [
    (session) => typeof session === 'object' && !Array.isArray(session),
    {},
    'an object with options of createSession()',
  ],
  onEvent: ['function', () => {}],
  waitUntil: ['function'],
  clock: ['now monotonic setTimeout clearTimeout', undefined, 'a whole Clock'],
};

type Defaulted =
  | 'mode'
  | 'allowedPaths'
  | 'maxBodySize'
  | 'apiTimeout'
  | 'sessionLifetime'
  | 'maxSessionAge'
  | 'cookieName'
  | 'session'
  | 'onEvent';
type Checked = CheckedOptions<BrokerOptions, Defaulted>;

/** Throws `configuration`, naming the option, for what cannot work. */
export function readOptions(options: BrokerOptions): Settings {
  const checked = checkOptions<BrokerOptions, Defaulted>('createBroker()', brokerRules, options);
  const { endpoint, store, clock, redirectUri, sessionSecret } = checked;
  const redirect = readRedirectUri(redirectUri);
  const callbackPath = redirect.pathname.replace(/\/$/, '');
  const basePath = checked.basePath ?? callbackPath.slice(0, callbackPath.lastIndexOf('/'));
  checkOptions('createBroker()', { basePath: brokerRules.basePath }, { basePath });
  const session = { ...checked.session, ...(clock === undefined ? {} : { clock }) };
  // Each account gets one later; what cannot work must show now. This one does nothing.
  createSession({ ...session, endpoint, store, account: 'none', autoRefresh: false });
  return {
    endpoint,
    store,
    secrets: typeof sessionSecret === 'string' ? [sessionSecret] : [...sessionSecret],
    mode: checked.mode,
    redirectUri,
    origin: redirect.origin,
    basePath: basePath === '/' ? '' : basePath,
    callbackPath,
    allowedPaths: [...checked.allowedPaths],
    maxBodySize: checked.maxBodySize,
    apiTimeout: checked.apiTimeout,
    sessionLifetime: checked.sessionLifetime,
    maxSessionAge: checked.maxSessionAge,
    cookieName: checked.cookieName,
    ...readFunctions(checked),
    ...readSignIn(checked),
    session,
    now: nowOf(clock),
  };
}

function readFunctions({
  user,
  account,
  onEvent,
  waitUntil,
}: Checked): Pick<Settings, 'user' | 'account' | 'tell' | 'waitUntil'> {
  return { ...(user && { user }), ...(account && { account }), tell: safely(onEvent), waitUntil };
}

/** A listener cannot harm the request that it hears of. */
function safely(listener: Settings['tell']): Settings['tell'] {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      console.error('act-on-token: "onEvent" threw.', error);
    }
  };
}

function readSignIn({
  scope,
  pkce,
  issuer,
  expectAccount,
}: Checked): Pick<Settings, 'authorization' | 'issuer' | 'expectAccount'> {
  const authorization = {
    ...(scope === undefined ? {} : { scope }),
    ...(pkce === undefined ? {} : { pkce }),
  };
  return { authorization, issuer, ...(expectAccount === undefined ? {} : { expectAccount }) };
}

function readRedirectUri(redirectUri: string): URL {
  const url = new URL(redirectUri);
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    throw misconfigured(
      '"redirectUri" must be https, or http on this machine: browsers keep the session cookie nowhere else.',
    );
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw misconfigured('"redirectUri" must have no query, no fragment and no credentials.');
  return url;
}

/** Looked up late, so that fake timers are obeyed. */
function nowOf(clock: Clock | undefined): () => number {
  return clock === undefined ? () => Date.now() : () => clock.now();
}

export function misconfigured(message: string): ActOnTokenError {
  return new ActOnTokenError('configuration', message);
}
