import {
  actOnEndpoint,
  type Clock,
  createSession,
  isActOnTokenError,
  type Session,
  sealedStore,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { type ActOn, control, countersOf, expectSame, type Sentence } from './sentence.ts';

const anHour = 3_600_000;
/** Less than the ten minutes before its end at which a token is replaced in the background. */
const eightMinutes = 480_000;

/** Sessions that talk to the emulator with the fetch of workerd; time passes for both. */
export const sessionSentences: readonly Sentence[] = [
  {
    name: 'a session signs in, and its token opens the API',
    run: withSession(async ({ session }) => {
      expectSame('the status', (await session.fetch('/api/1/account')).status, 200);
      expectSame('the snapshot', session.getSnapshot().status, 'authorized');
    }),
  },
  {
    name: 'a hundred callers that find the token expired send one refresh',
    run: withSession(async ({ actOn, session, pass }) => {
      const before = await session.getAccessToken();
      await pass(anHour + 1);
      const tokens = new Set(
        await Promise.all(Array.from({ length: 100 }, () => session.getAccessToken())),
      );
      expectSame('tokens', [tokens.size, tokens.has(before)], [1, false]);
      expectSame('refreshes', (await countersOf(actOn)).grants.refresh_token.sent, 1);
    }),
  },
  {
    name: 'a hundred sessions over one store send one refresh',
    run: withSession(async ({ actOn, another, pass }) => {
      await pass(anHour + 1);
      const sessions = Array.from({ length: 100 }, another);
      const tokens = await Promise.all(sessions.map((each) => each.getAccessToken()));
      await Promise.all(sessions.map((each) => each.close()));
      expectSame('tokens', new Set(tokens).size, 1);
      expectSame('refreshes', (await countersOf(actOn)).grants.refresh_token.sent, 1);
    }),
  },
  {
    name: 'session.fetch replaces a token that the API refused, and sends the request once more',
    run: withSession(async ({ actOn, session }) => {
      await control(actOn, 'faults', { route: 'api', kind: 'unauthorized' });
      expectSame('the status', (await session.fetch('/api/1/account')).status, 200);
      const { apiCalls, api401s, grants } = await countersOf(actOn);
      expectSame(
        'calls, refusals, refreshes',
        [apiCalls, api401s, grants.refresh_token.sent],
        [2, 1, 1],
      );
    }),
  },
  {
    name: 'a refresh that gets lost in the background keeps nobody waiting, and is sent again later',
    run: withSession(async ({ actOn, session, pass }) => {
      const before = await session.getAccessToken();
      await control(actOn, 'faults', {
        route: 'token',
        grantType: 'refresh_token',
        kind: 'drop_before',
      });
      await pass(anHour - eightMinutes);
      const isUnknown = new Promise<void>((resolve) =>
        session.on(({ type }) => type === 'unknown' && resolve()),
      );
      expectSame('the token, meanwhile', (await session.getAccessToken()) === before, true);
      await isUnknown;
      await pass(eightMinutes + 1);
      expectSame('the same token, later', (await session.getAccessToken()) === before, false);
      expectSame('refreshes', (await countersOf(actOn)).grants.refresh_token.sent, 2);
    }),
  },
  {
    name: 'signing out ends the session for all who share the store',
    run: withSession(async ({ session, another }) => {
      const other = another();
      await session.signOut();
      const refusal = await other.getAccessToken().catch((error: unknown) => error);
      await other.close();
      expectSame('refused', isActOnTokenError(refusal, 'signed_out'), true);
    }),
  },
];

interface Stage {
  readonly actOn: ActOn;
  readonly session: Session;
  /** Another session over the same store, which is sealed. */
  another(): Session;
  pass(milliseconds: number): Promise<void>;
}

function withSession(body: (stage: Stage) => Promise<void>): Sentence['run'] {
  return async (actOn) => {
    await control(actOn, 'reset', {});
    let passed = 0;
    const now = (): number => Date.now() + passed;
    const clock: Clock = {
      now,
      monotonic: () => performance.now() + passed,
      setTimeout: (callback, delay) => setTimeout(callback, delay),
      clearTimeout: (timer) => clearTimeout(timer as number),
    };
    const memory = memoryStore({ now });
    const keys = { current: crypto.getRandomValues(new Uint8Array(32)) };
    const endpoint = actOnEndpoint({
      clientId: actOn.client.id,
      clientSecret: actOn.client.secret,
      baseUrl: actOn.url,
    });
    const shared = { endpoint, account: actOn.user.username, clock, minRefreshInterval: 0 };
    const another = (): Session =>
      createSession({ ...shared, store: sealedStore(memory.open(), keys) });
    const pass = async (milliseconds: number): Promise<void> => {
      passed += milliseconds;
      await control(actOn, 'clock', { advance: milliseconds });
    };
    const session = another();
    try {
      await session.authorize({ type: 'password', ...actOn.user });
      await body({ actOn, session, another, pass });
    } finally {
      await session.close();
    }
  };
}
