import { answer } from '../answer.ts';
import { type Exit, exits } from '../exit-codes.ts';
import { type AccountOptions, type Environment, readSendingSettings } from '../settings.ts';
import { patiently } from '../terminal.ts';
import { withSession } from '../with-session.ts';

export interface TokenOptions extends AccountOptions {
  /** Seconds. */
  readonly minValidity?: number;
}

/**
 * Prints a valid access token. Whoever finds the token old enough to be refreshed ahead waits for that, since a process that ends
 * would leave the request behind, and so prints the newer one.
 */
export async function token(options: TokenOptions, env: Environment, signal: AbortSignal): Promise<Exit> {
  const { clientSecret, ...settings } = await readSendingSettings(options, env);
  const demand = options.minValidity === undefined ? {} : { minValidity: options.minValidity * 1_000 };
  const work = withSession(settings, clientSecret, async (session) => {
    const ahead: Promise<unknown>[] = [];
    const atHand = await session.getAccessToken({ ...demand, signal, waitUntil: (refresh) => ahead.push(refresh) });
    await Promise.all(ahead);
    return session.currentAccessToken() ?? atHand;
  });
  await answer(`${await patiently(work)}\n`);
  return exits.ok;
}
