// The session of the account that the environment names, kept in a file between two runs.
import { actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';

const [clientId, clientSecret, username, password] = [
  'ACT_ON_CLIENT_ID',
  'ACT_ON_CLIENT_SECRET',
  'ACT_ON_USERNAME',
  'ACT_ON_PASSWORD',
].map((name) => process.env[name] || missing(name)) as [string, string, string, string];
const { ACT_ON_BASE_URL: baseUrl, ACT_ON_STORE: directory = '.act-on-token' } = process.env;

export const session: Session = createSession({
  endpoint: actOnEndpoint({ clientId, clientSecret, ...(baseUrl && { baseUrl }) }),
  account: username,
  store: fileStore({ directory }),
  credentials: () => ({ username, password }),
});

function missing(name: string): never {
  throw new Error(`Set ${name} in the environment.`);
}
