import { type Exit, exits } from '../exit-codes.ts';
import { type AccountOptions, type Environment, readSettings } from '../settings.ts';
import { say } from '../terminal.ts';
import { nothingIsSent, withSession } from '../with-session.ts';

/** Ends the session for all who share the store. To end one that is over is no mistake. */
export async function logout(options: AccountOptions, env: Environment): Promise<Exit> {
  const settings = readSettings(options, env);
  await withSession(settings, nothingIsSent, (session) => session.signOut());
  say(
    `${settings.account} is signed out. Act-On itself forgets the session after 30 days: it cannot be told to.`,
  );
  return exits.ok;
}
