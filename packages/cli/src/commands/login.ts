import type { Session } from '@act-on-token/core';
import { askHidden } from '../ask-hidden.ts';
import { wrongUse } from '../command-error.ts';
import { type Exit, exits } from '../exit-codes.ts';
import { byCode, type CodeOptions } from '../login/by-code.ts';
import { readSecret } from '../read-secret.ts';
import {
  type AccountOptions,
  type Environment,
  readSendingSettings,
  type Settings,
} from '../settings.ts';
import { canAsk, patiently, say } from '../terminal.ts';
import { fromNow } from '../times.ts';
import { withSession } from '../with-session.ts';

export interface LoginOptions extends AccountOptions, CodeOptions {
  /** Default: `password` where the environment or a descriptor has one, otherwise `code`. */
  readonly grant?: 'code' | 'password';
  readonly passwordFd?: number;
  /** Also where a user is signed in. */
  readonly force?: boolean;
}

/**
 * Signs a person in. Where the account is signed in already nothing is sent: Act-On takes five
 * sign-ins an hour.
 */
export async function login(
  options: LoginOptions,
  env: Environment,
  signal: AbortSignal,
): Promise<Exit> {
  checkDescriptors(options);
  const { clientSecret, ...settings } = await readSendingSettings(options, env);
  const grant = chooseGrant(options, settings);
  const message = await withSession(settings, clientSecret, async (session) => {
    await session.ready();
    const { needsGrant, error } = session.getSnapshot();
    if (!options.force && !needsGrant && error === null)
      return 'is signed in already. To sign in again, add --force.';
    if (grant === 'code') await byCode(session, settings, options, env, signal);
    else await byPassword(session, settings, options, signal);
    return `is signed in.${tokenLife(session)}`;
  });
  say(`${settings.account} ${message}`);
  return exits.ok;
}

function checkDescriptors({ grant, passwordFd, clientSecretFd }: LoginOptions): void {
  if (passwordFd === undefined) return;
  if (grant === 'code') throw wrongUse('--password-fd belongs to --grant password.');
  if (passwordFd === clientSecretFd)
    throw wrongUse('--password-fd and --client-secret-fd must be two descriptors.');
}

function chooseGrant(
  { grant, passwordFd }: LoginOptions,
  { credentials }: Settings,
): 'code' | 'password' {
  return grant ?? (passwordFd !== undefined || credentials !== null ? 'password' : 'code');
}

async function byPassword(
  session: Session,
  settings: Settings,
  { passwordFd }: LoginOptions,
  signal: AbortSignal,
): Promise<void> {
  const password = await passwordOf(settings, passwordFd, signal);
  await patiently(
    session.authorize({ type: 'password', username: settings.account, password }, { signal }),
  );
}

async function passwordOf(
  { account, credentials }: Settings,
  fd: number | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (fd !== undefined) return readSecret('--password-fd', fd);
  if (credentials !== null) return credentials.password;
  if (!canAsk())
    throw wrongUse(
      'There is no terminal to ask for the password on. Use --password-fd or ACT_ON_PASSWORD.',
    );
  return askHidden(`Act-On password of ${account} (not shown): `, signal);
}

function tokenLife(session: Session): string {
  const { expiresAt } = session.getSnapshot();
  return expiresAt === null
    ? ''
    : ` The access token ends ${fromNow(expiresAt, Date.now())}, and is refreshed when it is asked for.`;
}
