import type { Session, Snapshot } from '@act-on-token/core';
import type { BrokerMembers } from './report.ts';

/** So long a button waits; what it began goes on. */
const patience = 30_000;
/** More than any access token lives. */
const aDay = 86_400_000;

export interface Action {
  readonly label: string;
  /** What it does, for a person who points at it or has it read out. */
  readonly hint: string;
  /** Why it cannot be done now; `null` if it can. */
  readonly obstacle: string | null;
  /** Resolves with what became of it; rejects with what went wrong. */
  run(): Promise<string>;
}

/** What the buttons do, by what every session offers. */
export function actionsOf(session: Session, snapshot: Snapshot, hasTokens: boolean): Action[] {
  const obstacle = snapshot.status === 'idle' ? 'No one is signed in.' : null;
  return [
    expire(session, hasTokens),
    hasTokens ? { ...refresh(session), obstacle } : lookUp(session as BrokerMembers),
    {
      label: 'Sign out',
      hint: 'Ends the session everywhere, in all tabs and processes.',
      obstacle,
      async run() {
        await session.signOut();
        return 'Signed out.';
      },
    },
  ];
}

function expire(session: Session, hasTokens: boolean): Action {
  const none = hasTokens ? 'There is no valid token.' : 'The broker keeps the token.';
  return {
    label: 'Expire',
    hint: 'Reports the access token as refused, as a 401 of the API does: the session replaces it.',
    obstacle: session.currentAccessToken() === undefined ? none : null,
    run: () => replaced(session, { rejected: session.currentAccessToken() }),
  };
}

function refresh(session: Session): Omit<Action, 'obstacle'> {
  return {
    label: 'Refresh',
    hint: 'Gets a new access token although this one is still valid.',
    run: () => replaced(session, { minValidity: aDay }),
  };
}

function lookUp({ lookUp: ask }: BrokerMembers): Action {
  return {
    label: 'Look up',
    hint: 'Asks the broker how things stand.',
    obstacle: ask === undefined ? 'This session has no broker to ask.' : null,
    async run() {
      await ask?.();
      return 'The broker answered.';
    },
  };
}

async function replaced(
  session: Session,
  wish: { rejected?: string | undefined; minValidity?: number },
): Promise<string> {
  const before = session.currentAccessToken();
  const after = await session.getAccessToken({ ...wish, signal: AbortSignal.timeout(patience) });
  return after === before
    ? 'The session kept its token: a token of less than a minute is not replaced.'
    : 'The session has a new token.';
}
