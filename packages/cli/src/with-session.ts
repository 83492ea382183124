import { actOnEndpoint, createSession, type Session, type SessionEvent } from '@act-on-token/core';
import { CommandError } from './command-error.ts';
import { exits } from './exit-codes.ts';
import { openStore } from './open-store.ts';
import { printable } from './printable.ts';
import type { Settings } from './settings.ts';

/**
 * For commands that only look at a record or end it: they send nothing that a secret would have to
 * be in.
 */
export const nothingIsSent = 'nothing is sent';

/**
 * Does `work` with the session, then lets what is under way end and closes everything, so that the
 * process ends by itself: cut off in mid-request it would leave a refresh token of which no program
 * knows whether it is spent. Rejects as `work` does, and with a CommandError if a new pair of
 * tokens could not be saved.
 */
export async function withSession<T>(
  settings: Settings,
  clientSecret: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { account, clientId, place, credentials } = settings;
  const endpoint = actOnEndpoint({ clientId, clientSecret, ...place });
  const store = await openStore(settings.store);
  const session = createSession({
    endpoint,
    account,
    store,
    ...(credentials && { credentials: () => credentials }),
  });
  let isLost = false;
  session.on((event) => {
    if (settings.isVerbose) report(event, Date.now());
    isLost ||= event.type === 'unsaved' && event.lost;
  });
  const result = await work(session).finally(async () => {
    await session.close();
    await store.close();
  });
  if (isLost) throw lost(settings.store);
  return result;
}

/** One line for each event. No event carries a secret. */
function report({ type, ...facts }: SessionEvent, now: number): void {
  const more = Object.keys(facts).length > 0 ? ` ${JSON.stringify(facts)}` : '';
  process.stderr.write(
    `${printable(`act-on-token: ${new Date(now).toISOString()} ${type}${more}`)}\n`,
  );
}

function lost(store: string): CommandError {
  const what =
    'Act-On handed out new tokens, and the store did not take them: they end with this command.';
  return new CommandError(
    exits.store,
    `${what} Repair ${store.includes('://') ? 'the Redis' : `"${store}"`} and sign in again.`,
  );
}
