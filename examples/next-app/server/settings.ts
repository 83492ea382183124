import {
  actOnEndpoint,
  type Region,
  type TokenEndpoint,
  type TokenStore,
} from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { memoryStore } from '@act-on-token/memory';

/** What this app reads of its environment. README.md says what each variable is. */
export interface Settings {
  readonly endpoint: TokenEndpoint;
  readonly store: TokenStore;
  readonly redirectUri: string;
  /** Newest first. */
  readonly sessionSecret: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws an error that names the variable that is missing or wrong. */
export function readSettings(env: Environment): Settings {
  return {
    endpoint: actOnEndpoint({
      clientId: required(env, 'ACT_ON_CLIENT_ID'),
      clientSecret: required(env, 'ACT_ON_CLIENT_SECRET'),
      ...(env.ACT_ON_BASE_URL ? { baseUrl: env.ACT_ON_BASE_URL } : { region: readRegion(env) }),
    }),
    store: readStore(env),
    redirectUri: new URL('/auth/callback', required(env, 'APP_URL')).href,
    sessionSecret: required(env, 'SESSION_SECRET').split(','),
  };
}

function readRegion(env: Environment): Region {
  const region = env.ACT_ON_REGION ?? 'us';
  if (region !== 'us' && region !== 'eu') throw new Error('ACT_ON_REGION must be us or eu.');
  return region;
}

function readStore({ ACT_ON_STORE: directory }: Environment): TokenStore {
  if (!directory) return memoryStore();
  if (directory.includes('://'))
    throw new Error(
      'ACT_ON_STORE must be a directory here; for Redis put redisStore() into server/settings.ts.',
    );
  return fileStore({ directory });
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`Set ${name} in the environment; README.md says to what.`);
  return value;
}
