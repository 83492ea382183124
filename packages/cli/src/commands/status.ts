import type { Snapshot } from '@act-on-token/core';
import { answer } from '../answer.ts';
import { type Exit, exitOf, exits } from '../exit-codes.ts';
import { printable, printableLines } from '../printable.ts';
import { type AccountOptions, type Environment, readSettings, type Settings } from '../settings.ts';
import { fromNow, localTime } from '../times.ts';
import { nothingIsSent, withSession } from '../with-session.ts';

export interface StatusOptions extends AccountOptions {
  readonly json?: boolean;
}

/**
 * Shows the state of the account, from its record alone: Act-On is not asked. 3 if a person has to
 * sign in.
 */
export async function status(options: StatusOptions, env: Environment): Promise<Exit> {
  const settings = readSettings(options, env);
  const { snapshot, apiBase } = await withSession(settings, nothingIsSent, async (session) => {
    await session.ready();
    return { snapshot: session.getSnapshot(), apiBase: session.apiBase.href };
  });
  const { account, clientId } = settings;
  const facts = { account, clientId, apiBase, store: withoutPassword(settings.store), ...snapshot };
  await answer(
    options.json
      ? `${printableLines(JSON.stringify(facts, null, 2))}\n`
      : inWords(facts, Date.now()),
  );
  return exitOfSnapshot(snapshot);
}

/**
 * A record that cannot be read is not a session that is over, even where signing in would replace it.
 */
function exitOfSnapshot({ error, needsGrant }: Snapshot): Exit {
  if (error !== null && exitOf(error.code) === exits.store) return exits.store;
  return needsGrant ? exits.signIn : exits.ok;
}

type Facts = Snapshot &
  Pick<Settings, 'account' | 'clientId' | 'store'> & { readonly apiBase: string };

/**
 * What a person reads. Pure: `now` in epoch milliseconds of this machine's clock, as the times of
 * the snapshot are.
 */
export function inWords(facts: Facts, now: number): string {
  const { used, limit, nextAt } = facts.grants;
  const next = nextAt === null ? '' : `; the next is possible ${when(nextAt, now)}`;
  const rows: ReadonlyArray<readonly [string, string]> = [
    ['account', `${facts.account} (client ${facts.clientId})`],
    ['Act-On', facts.apiBase],
    ['session', sessionInWords(facts)],
    ['token', tokenInWords(facts, now)],
    ['sign-ins', `${used} of ${limit} within the last hour${next}`],
    ['store', facts.store],
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)}${printable(text)}\n`).join('');
}

function sessionInWords({
  status: state,
  needsGrant,
  signingIn,
  reason,
  usable,
  error,
}: Snapshot): string {
  if (error !== null) return error.message;
  if (signingIn) return 'a user is signing in right now';
  if (!needsGrant)
    return state === 'refreshing' ? 'signed in; being refreshed right now' : 'signed in';
  const remedy = 'sign in: act-on-token login';
  if (state === 'idle') return `signed out; ${remedy}`;
  if (usable) return `over as soon as its token is; ${remedy}`;
  return `over${reason === 'unknown' ? ', for an unknown reason' : ''}; ${remedy}`;
}

function tokenInWords({ usable, expiresAt }: Snapshot, now: number): string {
  if (expiresAt === null) return 'none';
  return usable ? `ends ${when(expiresAt, now)}` : `ended ${when(expiresAt, now)}`;
}

function when(at: number, now: number): string {
  return `${localTime(at)} (${fromNow(at, now)})`;
}

/** A URL of a store may have one, in its user part or its query. */
function withoutPassword(store: string): string {
  if (!store.includes('://')) return store;
  const { protocol, host, pathname } = new URL(store);
  return `${protocol}//${host}${pathname}`;
}
