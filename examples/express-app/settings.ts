import type { BrokerOptions } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { memoryStore } from '@act-on-token/memory';

/** What the environment says. Throws an error that names the variable that is missing. */
export function readSettings(env: NodeJS.ProcessEnv): BrokerOptions {
  const required = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`Set ${name} in the environment; README.md says to what.`);
    return value;
  };
  return {
    endpoint: actOnEndpoint({
      clientId: required('ACT_ON_CLIENT_ID'),
      clientSecret: required('ACT_ON_CLIENT_SECRET'),
      ...(env.ACT_ON_BASE_URL && { baseUrl: env.ACT_ON_BASE_URL }),
    }),
    store: env.ACT_ON_STORE ? fileStore({ directory: env.ACT_ON_STORE }) : memoryStore(),
    redirectUri: new URL('/auth/callback', required('APP_URL')).href,
    sessionSecret: required('SESSION_SECRET').split(','),
  };
}
