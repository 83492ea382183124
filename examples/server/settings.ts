import { readFileSync } from 'node:fs';
import type { Credentials, Region } from '@act-on-token/core';

/**
 * What the environment tells this server. Secrets come from there or from a file, never from the
 * command line, which every user of the machine can read.
 */
export interface Settings {
  readonly port: number;
  readonly workers: number;
  readonly redisUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly where: { baseUrl: string } | { region: Region };
  /** Act-On user → password. */
  readonly users: ReadonlyMap<string, string>;
}

/** Throws an error that names the variable that is missing or wrong. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    port: wholeNumber(env, 'PORT', 3000),
    workers: wholeNumber(env, 'WORKERS', 2),
    redisUrl: required(env, 'ACT_ON_STORE'),
    clientId: required(env, 'ACT_ON_CLIENT_ID'),
    clientSecret: required(env, 'ACT_ON_CLIENT_SECRET'),
    where: env.ACT_ON_BASE_URL ? { baseUrl: env.ACT_ON_BASE_URL } : { region: readRegion(env) },
    users: readUsers(env),
  };
}

/** The credentials of one account; a session asks for them only when nothing else helps. */
export function credentialsOf({ users }: Settings, username: string): Credentials {
  const password = users.get(username);
  if (password === undefined)
    throw new Error(`There is no Act-On user "${username}" in ACT_ON_USERS_FILE.`);
  return { username, password };
}

/** A file such as `{"ann@example.com": "her password"}`, or one user in two variables. */
function readUsers(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  if (env.ACT_ON_USERS_FILE) {
    const users = JSON.parse(readFileSync(env.ACT_ON_USERS_FILE, 'utf8')) as Record<string, string>;
    return new Map(Object.entries(users));
  }
  return new Map([[required(env, 'ACT_ON_USERNAME'), required(env, 'ACT_ON_PASSWORD')]]);
}

function readRegion(env: NodeJS.ProcessEnv): Region {
  const region = env.ACT_ON_REGION ?? 'us';
  if (region !== 'us' && region !== 'eu') throw new Error('ACT_ON_REGION must be us or eu.');
  return region;
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`Set ${name} in the environment.`);
  return value;
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(env[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number.`);
  return value;
}
