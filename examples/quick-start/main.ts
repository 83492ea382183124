// One Act-On session: signed in, used, refreshed and repaired, against a local Act-On. Run it with
// `npm run demo`.
import {
  actOnEndpoint,
  createSession,
  isActOnTokenError,
  type Session,
  type SessionEvent,
} from '@act-on-token/core';
import { serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { skippableClock } from './skippable-clock.ts';
import { bad, createStage, dim, good, printLedger } from './stage.ts';

const minutes = 60_000;
const clock = skippableClock();
// Whether Act-On forgives a refresh token that is sent again after a lost reply is not documented;
// issuers of its kind do, for a short while. `npm run demo -- --strict` shows what happens if it
// does not.
const strict = process.argv.includes('--strict');
const actOn = await serveEmulator({ now: () => clock.now(), overlapSeconds: strict ? 0 : 60 });
const stage = createStage(actOn);

// This is all that an application writes.
const session: Session = createSession({
  endpoint: actOnEndpoint({
    clientId: actOn.client.id,
    clientSecret: actOn.client.secret,
    baseUrl: actOn.url,
  }),
  account: actOn.user.username,
  store: memoryStore({ now: () => clock.now() }),
  credentials: () => actOn.user,
  clock,
});

console.log(`A local Act-On runs at ${actOn.url}. Time is skipped, not waited for.`);

stage.scene('Sign in');
await session.authorize({ type: 'password', ...actOn.user });
const response = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
const lists = (await response.json()) as { totalCount: number };
stage.say(`totalCount of the contact lists: ${good(String(lists.totalCount))}`);
const { used, limit } = session.getSnapshot().grants;
stage.say(`hourly grants used: ${used} of ${limit}`);

stage.scene('Fifty-five minutes later: the token lives, and is refreshed before it lapses');
const before = session.currentAccessToken();
clock.skip(55 * minutes);
const served = await session.getAccessToken();
await once('refreshed');
stage.say(
  `the caller got ${served === before ? 'the old token at once' : 'a new token'}, the next one gets a new one: nobody waited`,
);

stage.scene('An hour and a half later: the token lapsed, the first caller refreshes it');
clock.skip(90 * minutes);
await session.getAccessToken();
stage.say(`status: ${good(session.getSnapshot().status)}`);

stage.scene('The reply to a refresh gets lost: Act-On spent the token, nobody got the new one');
clock.skip(61 * minutes);
actOn.faults.arm({ route: 'token', grantType: 'refresh_token', kind: 'drop_after' });
const waiting = session.getAccessToken();
await once('unknown');
stage.say(
  'the record says: sent once, no answer. The request may still be under way, so for half a minute nobody sends it again',
);
clock.skip(31_000);
await waiting;
const healed = actOn.ledger.counters().grants.password.sent === 1;
stage.say(
  healed
    ? good('the same token was sent again, alone, and healed the session')
    : bad('Act-On refused the probe: only then was a grant spent'),
);

stage.scene('Act-On answers 503 for ten minutes');
clock.skip(61 * minutes);
const outage = actOn.faults.arm({
  route: 'token',
  kind: 'status',
  status: 503,
  times: Number.POSITIVE_INFINITY,
});
let retryAt = 0;
for (let minute = 0; minute < 10; minute += 1) {
  const error = await session.getAccessToken().catch((reason: unknown) => reason);
  if (isActOnTokenError(error, 'outcome_unknown')) retryAt = error.retryAt ?? 0;
  clock.skip(1 * minutes);
}
stage.say(
  'ten callers, one a minute, were told "outcome_unknown" and when to come back; no grant was spent',
);
outage.disarm();
clock.skip(Math.max(0, retryAt - clock.now()));
await session.getAccessToken();
stage.say(`the first good answer makes it usable again: ${good(session.getSnapshot().status)}`);

stage.scene('1,000 callers at once, and the token has lapsed');
clock.skip(61 * minutes);
const tokens = await Promise.all(Array.from({ length: 1_000 }, () => session.getAccessToken()));
stage.say(`${tokens.length} callers got ${new Set(tokens).size} token ${dim('from one request')}`);

printLedger(actOn);
await session.close();
await actOn.close();

/** Waits for the session to tell of something. */
function once(type: SessionEvent['type']): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.on((event) => {
      if (event.type !== type) return;
      stop();
      resolve();
    });
  });
}
