import { ActOnTokenError, type Clock, type SessionOptions, type TokenEndpoint, type TokenStore } from '@act-on-token/core';
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
  readonly cookieName: string;
  readonly authorization: { readonly scope?: string; readonly pkce?: boolean };
  readonly issuer: string | undefined;
  readonly session: Omit<SessionOptions, 'endpoint' | 'account' | 'store' | 'credentials'>;
  readonly tell: NonNullable<BrokerOptions['onEvent']>;
  readonly waitUntil: BrokerOptions['waitUntil'];
  now(): number;
}

const aDay = 86_400_000;

/** Throws `configuration`, naming the option, for what cannot work. */
export function readOptions(options: BrokerOptions): Settings {
  if (typeof options !== 'object' || options === null) throw misconfigured('createBroker() takes one object of options.');
  const { endpoint, store, clock } = options;
  if (typeof endpoint?.send !== 'function') throw misconfigured('"endpoint" must be a token endpoint, as actOnEndpoint() makes it.');
  if (typeof store?.swap !== 'function') throw misconfigured('"store" must be a token store, such as memoryStore().');
  const redirect = readRedirectUri(options.redirectUri);
  const callbackPath = redirect.pathname.replace(/\/$/, '');
  return {
    endpoint,
    store,
    secrets: readSecrets(options.sessionSecret),
    mode: readMode(options.mode),
    redirectUri: options.redirectUri,
    origin: redirect.origin,
    basePath: readBasePath(options.basePath ?? callbackPath.slice(0, callbackPath.lastIndexOf('/'))),
    callbackPath,
    allowedPaths: readAllowedPaths(options.allowedPaths ?? ['/api/1/', '/ucl/v2/']),
    maxBodySize: atLeast('maxBodySize', options.maxBodySize ?? 400_000_000, 0),
    apiTimeout: atLeast('apiTimeout', options.apiTimeout ?? 120_000, 1_000),
    sessionLifetime: atLeast('sessionLifetime', options.sessionLifetime ?? 30 * aDay, 60_000),
    cookieName: readCookieName(options.cookieName ?? 'act-on'),
    ...readFunctions(options),
    ...readSignIn(options),
    session: { ...options.session, ...(clock === undefined ? {} : { clock }) },
    now: nowOf(clock),
  };
}

function readFunctions(options: BrokerOptions): Pick<Settings, 'user' | 'account' | 'tell' | 'waitUntil'> {
  for (const name of ['user', 'account', 'onEvent', 'waitUntil'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') throw misconfigured(`"${name}" must be a function.`);
  }
  const { user, account, onEvent = () => {}, waitUntil } = options;
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

function readSignIn(options: BrokerOptions): Pick<Settings, 'authorization' | 'issuer' | 'expectAccount'> {
  const { scope, pkce, issuer, expectAccount } = options;
  if (expectAccount !== undefined && typeof expectAccount !== 'function' && (typeof expectAccount !== 'string' || expectAccount === ''))
    throw misconfigured('"expectAccount" must be the id of an Act-On account, or a function that decides.');
  const authorization = { ...(scope === undefined ? {} : { scope }), ...(pkce === undefined ? {} : { pkce }) };
  return { authorization, issuer, ...(expectAccount === undefined ? {} : { expectAccount }) };
}

function readRedirectUri(redirectUri: string): URL {
  const url = typeof redirectUri === 'string' && URL.canParse(redirectUri) ? new URL(redirectUri) : null;
  if (url === null) throw misconfigured('"redirectUri" must be an absolute URL: the public one of the callback route.');
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    throw misconfigured('"redirectUri" must be https, or http on this machine: browsers keep the session cookie nowhere else.');
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw misconfigured('"redirectUri" must have no query, no fragment and no credentials.');
  return url;
}

function readBasePath(path: string): string {
  if (path === '' || path === '/') return '';
  const isPath = typeof path === 'string' && /^(\/[\w.~-]+)+$/.test(path) && new URL(path, 'http://localhost').pathname === path;
  if (!isPath) throw misconfigured('"basePath" must be a path such as "/auth", without a slash at the end.');
  return path;
}

/** 32 characters of base64 are 192 bits. */
const shortestSecret = 32;

function readSecrets(secret: string | readonly string[]): readonly string[] {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (!Array.isArray(secrets) || secrets.length === 0 || !secrets.every(isSecret))
    throw misconfigured(
      `"sessionSecret" must be a text of at least ${shortestSecret} random characters, or a list of such texts, newest first. Make one with: openssl rand -base64 32`,
    );
  return [...secrets];
}

/** Long, and no placeholder made of one or two characters. */
function isSecret(secret: unknown): boolean {
  return typeof secret === 'string' && secret.length >= shortestSecret && new Set(secret).size >= 8;
}

function readMode(mode: BrokerMode = 'proxy'): BrokerMode {
  if (mode !== 'proxy' && mode !== 'token') throw misconfigured('"mode" must be "proxy" or "token".');
  return mode;
}

function readAllowedPaths(paths: readonly string[]): readonly string[] {
  const isPrefix = (path: unknown): boolean => typeof path === 'string' && /^\/([\w.~-]+\/)+$/.test(path) && !/\/\.+\//.test(path);
  if (!Array.isArray(paths) || !paths.every(isPrefix))
    throw misconfigured('"allowedPaths" must be a list of paths that begin and end with a slash, such as "/api/1/".');
  return [...paths];
}

function readCookieName(name: string): string {
  if (typeof name !== 'string' || !/^[\w-]{1,40}$/.test(name))
    throw misconfigured('"cookieName" must be 1 to 40 letters, digits, hyphens or underscores.');
  return name;
}

function atLeast(name: string, value: number, least: number): number {
  if (typeof value === 'number' && value >= least && value <= Number.MAX_SAFE_INTEGER) return value;
  throw misconfigured(`"${name}" must be a number from ${least} up.`);
}

/** Looked up late, so that fake timers are obeyed. */
function nowOf(clock: Clock | undefined): () => number {
  return clock === undefined ? () => Date.now() : () => clock.now();
}

export function misconfigured(message: string): ActOnTokenError {
  return new ActOnTokenError('configuration', message);
}
