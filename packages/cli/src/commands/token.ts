import { answer } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { type Exit, exits } from '../exit-codes.ts';
import { type AccountOptions, type Environment, readSendingSettings } from '../settings.ts';
import { patiently } from '../terminal.ts';
import { withSession } from '../with-session.ts';

export interface TokenOptions extends AccountOptions {
  /** Seconds. */
  readonly minValidity?: number;
}

const remedy =
  'Find out who can write to the store, and sign in again: act-on-token login --force.';

/**
 * Prints a valid access token. A call that finds the token old enough to be refreshed ahead waits for
 * that, since a process that ends would leave the request behind, and so prints the newer one.
 */
export async function token(
  options: TokenOptions,
  env: Environment,
  signal: AbortSignal,
): Promise<Exit> {
  const { clientSecret, ...settings } = await readSendingSettings(options, env);
  const demand =
    options.minValidity === undefined ? {} : { minValidity: options.minValidity * 1_000 };
  const work = withSession(settings, clientSecret, async (session) => {
    const ahead: Promise<unknown>[] = [];
    const atHand = await session.getAccessToken({
      ...demand,
      signal,
      waitUntil: (refresh) => ahead.push(refresh),
    });
    await Promise.all(ahead);
    return session.currentAccessToken() ?? atHand;
  });
  const found = await patiently(work);
  // What Act-On issued is; what a store holds may be anything.
  if (!/^[\x21-\x7e]+$/.test(found))
    throw new CommandError(exits.store, `The token in the store is not one. ${remedy}`);
  await answer(`${found}\n`);
  return exits.ok;
}
