import { actOnEndpoint, type TokenEndpoint, type TokenStore } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { memoryStore } from '@act-on-token/memory';

/** What this app reads of its environment. README.md says what each variable is. */
export interface Settings {
  readonly endpoint: TokenEndpoint;
  readonly store: TokenStore;
  readonly redirectUri: string;
  readonly sessionSecret: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws an error that names the variable which is missing. */
export function readSettings(env: Environment): Settings {
  return {
    endpoint: actOnEndpoint({
      clientId: required(env, 'ACT_ON_CLIENT_ID'),
      clientSecret: required(env, 'ACT_ON_CLIENT_SECRET'),
      ...(env.ACT_ON_BASE_URL === undefined ? { region: env.ACT_ON_REGION === 'eu' ? 'eu' : 'us' } : { baseUrl: env.ACT_ON_BASE_URL }),
    }),
    store: env.ACT_ON_STORE === undefined ? memoryStore() : fileStore({ directory: env.ACT_ON_STORE }),
    redirectUri: new URL('/auth/callback', required(env, 'APP_URL')).href,
    sessionSecret: required(env, 'SESSION_SECRET'),
  };
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`Set the environment variable ${name}; README.md says to what.`);
  return value;
}
