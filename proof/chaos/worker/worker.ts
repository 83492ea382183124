// One process of many: a session for each account, each asking for a token again and again until
// standard input ends. Runs under Node, Deno and Bun; what it is to do, it is told by its
// environment.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  accountKey,
  actOnEndpoint,
  createSession,
  isActOnTokenError,
  type Session,
} from '@act-on-token/core';
import { print } from '../../judge/record-view.ts';
import { brokenStore } from './broken-store.ts';
import { openDiary } from './diary.ts';
import { openStore } from './open-store.ts';
import type { Setup } from './setup.ts';
import { watchedFetch } from './watched-fetch.ts';
import { type Held, watchedStore } from './watched-store.ts';

const setup: Setup = JSON.parse(process.env.CHAOS ?? '{}');
const diary = openDiary(setup.diary);
const held = new Map<string, Held>();
const { store, disconnect } = await openStore(setup.store);
const watched = watchedStore(setup.isStoreBroken ? brokenStore(store) : store, diary, held);
const ending = new AbortController();

diary.write({ type: 'started' });
const sessions = setup.accounts.map(open);
const lives = sessions.map(({ session, account }) => live(session, account));
process.stdin.on('end', end).resume();

function open({ username, password }: Setup['accounts'][number]): {
  session: Session;
  account: string;
} {
  const mine: Held = { account: username, claim: null };
  const endpoint = actOnEndpoint({
    ...setup.endpoint,
    fetch: watchedFetch(setup.name, diary, mine),
  });
  held.set(accountKey(endpoint.issuer, endpoint.clientId, username), mine);
  const credentials = () => ({ username, password });
  const session = createSession({
    ...setup.session,
    endpoint,
    account: username,
    store: watched,
    credentials,
  });
  session.on(({ type }) => diary.write({ type: 'event', account: username, event: type }));
  return { session, account: username };
}

async function live(session: Session, account: string): Promise<void> {
  // Not all accounts at once: programs that are started together do not call in step either.
  await pause(Math.random());
  for (let call = 1; !ending.signal.aborted; call += 1) {
    diary.write({ type: 'asked', account, call });
    await session.getAccessToken().then(
      (token) => diary.write({ type: 'got', account, call, token: print(token) }),
      (error: unknown) => tell(error, account, call),
    );
    await pause(0.5 + Math.random());
  }
}

/** So many times as long as is usual between two calls, or until the end. */
function pause(times: number): Promise<void> {
  return sleep(times * setup.pause, undefined, { signal: ending.signal }).catch(() => {});
}

/** An error that is not ours is a defect: it ends the process, and the judge hears of that. */
function tell(error: unknown, account: string, call: number): void {
  if (!isActOnTokenError(error)) throw error;
  const { code, needsGrant, retryAt } = error;
  if (code !== 'closed') diary.write({ type: 'failed', account, call, code, needsGrant, retryAt });
}

/**
 * Nothing is ended by force: what a session or a store left open would keep this process alive, and
 * that is found.
 */
async function end(): Promise<void> {
  ending.abort();
  await Promise.all(sessions.map(({ session }) => session.close()));
  await Promise.all(lives);
  await watched.close();
  await disconnect();
  diary.write({ type: 'closed' });
}
