import { type Exit, exits } from '../exit-codes.ts';
import { type AccountOptions, type Environment, readSettings } from '../settings.ts';
import { say } from '../terminal.ts';
import { nothingIsSent, withSession } from '../with-session.ts';

/** Ends the session for all who share the store. To end one that is over is not an error. */
export async function logout(options: AccountOptions, env: Environment): Promise<Exit> {
  const settings = readSettings(options, env);
  await withSession(settings, nothingIsSent, (session) => session.signOut());
  say(
    `${settings.account} is signed out. Act-On itself keeps the session for up to 30 days: it has no way to revoke it.`,
  );
  return exits.ok;
}
