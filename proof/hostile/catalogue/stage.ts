import { inspect } from 'node:util';
import {
  accountKey,
  actOnEndpoint,
  type Fetch,
  type Session,
  type SessionEvent,
  type SessionOptions,
} from '@act-on-token/core';
import { expect } from 'vitest';
import { type AccountRecord, decodeRecord } from '../../../packages/core/src/record.ts';
import { anHour, eventsOf, type World, world } from '../../../packages/core/test/support/world.ts';
import { canary } from './refusal.ts';

/** What stands at the token endpoint in Act-On's place. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** Somebody signed in an hour ago, and a token endpoint that can be replaced. */
export interface Stage extends World {
  readonly user: Session;
  readonly events: readonly SessionEvent[];
  readonly key: string;
  /** Token requests that came to whatever stands in Act-On's place. */
  readonly met: number;
  /** Another session on the same endpoint. */
  another(options?: Partial<SessionOptions>): Session;
  /** From now on; `null`: Act-On itself again. */
  meet(answer: Answer | null): void;
  /** What the store holds, read as a session would read it. */
  record(): Promise<AccountRecord>;
  raw(): Promise<string | null>;
  /** Replaces what the store holds, as another program would. */
  put(value: string): Promise<void>;
  /** What `work` gives or fails with, however long it takes by the stage's clock. */
  outcome(work: Promise<unknown>): Promise<unknown>;
  /** That Act-On, answering again, brings the account back without a sign-in. */
  heals(retryAt: number | null): Promise<void>;
}

export const clientSecret = `secret-${canary}`;

export async function stage(options: Partial<SessionOptions> = {}): Promise<Stage> {
  const act = world({ clients: [{ id: 'hostile-client', secret: clientSecret }] });
  const { clock, emulator, store } = act;
  let instead: Answer | null = null;
  let met = 0;
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    if (instead === null || !request.url.endsWith('/token')) return emulator.fetch(request);
    met += 1;
    return instead(request);
  };
  const endpoint = actOnEndpoint({ clientId: 'hostile-client', clientSecret, fetch });
  const another: Stage['another'] = (more) => act.session({ endpoint, ...more });
  const user = another(options);
  const events = eventsOf(user);
  await clock.settle(user.authorize({ type: 'password', ...emulator.user }));
  await clock.advance(anHour + 1);
  const key = accountKey(endpoint.issuer, endpoint.clientId, emulator.user.username);
  const raw = async (): Promise<string | null> => (await store.read(key)).record?.value ?? null;
  const outcome = (work: Promise<unknown>): Promise<unknown> =>
    clock.settle(work.catch((reason: unknown) => reason));
  const meet: Stage['meet'] = (answer) => {
    instead = answer;
  };
  return {
    ...act,
    user,
    events,
    key,
    get met() {
      return met;
    },
    another,
    meet,
    raw,
    outcome,
    record: async () => decodeRecord((await raw()) ?? 'nothing', clock.now()),
    async put(value) {
      const { record } = await store.read(key);
      await store.swap(key, record?.version ?? null, { version: crypto.randomUUID(), value });
    },
    async heals(retryAt) {
      meet(null);
      await clock.advance(Math.max(0, (retryAt ?? clock.now()) - clock.now()));
      const token = await outcome(user.getAccessToken());
      if (typeof token !== 'string') throw new Error(`it did not heal: ${inspect(token)}`);
      expect(emulator.ledger.counters()).toMatchObject({
        replays: 0,
        grants: { password: { sent: 1 } },
      });
    },
  };
}
