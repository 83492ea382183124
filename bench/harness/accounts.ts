// A pool of many accounts without a server: the store and the endpoint answer at once, so that all
// that stays in the heap is a session's own.
import {
  actOnEndpoint,
  createSession,
  createSessionPool,
  type Session,
  type SessionPool,
  type TokenStore,
} from '@act-on-token/core';

/**
 * What an account went through: its record was read, or it was refreshed in this process as well.
 */
export type Past = 'read' | 'refreshed';

const lifetime = 3_600_000;
const text = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex');

/**
 * A pool in which `count` accounts were used. Names, tokens and versions are texts of their own, as
 * they are when they come out of a database.
 */
export async function usedPool(count: number, past: Past): Promise<SessionPool> {
  const pool = createSessionPool({ endpoint, store: forgetfulStore, idleAfter: 86_400_000 });
  const demand = past === 'refreshed' ? { minValidity: lifetime - 10_000 } : undefined;
  for (let first = 0; first < count; first += 1_000)
    await Promise.all(namesFrom(first).map((name) => pool.get(name).getAccessToken(demand)));
  return pool;
}

/** As many sessions without a pool, each made by itself, their records read. */
export async function usedSessions(count: number): Promise<Session[]> {
  const sessions: Session[] = [];
  for (let first = 0; first < count; first += 1_000)
    sessions.push(
      ...namesFrom(first).map((account) =>
        createSession({ endpoint, account, store: forgetfulStore }),
      ),
    );
  for (const session of sessions) await session.getAccessToken();
  return sessions;
}

const namesFrom = (first: number): string[] =>
  Array.from({ length: 1_000 }, (_, at) =>
    Buffer.from(`account-${1_000_000 + first + at}@shop.org`).toString('latin1'),
  );

const answer = async (): Promise<Response> =>
  Response.json({
    access_token: text(),
    refresh_token: text(),
    token_type: 'Bearer',
    expires_in: lifetime / 1_000,
  });

const endpoint = actOnEndpoint({ clientId: 'client', clientSecret: 'secret', fetch: answer });

/** It has a record for everybody, keeps none, and takes every swap. */
const forgetfulStore: TokenStore = {
  reach: 'network',
  async read() {
    return {
      record: { version: text(), value: JSON.stringify(record(Date.now() - 120_000)) },
      now: Date.now(),
    };
  },
  async swap(_key, _expected, next) {
    return { ok: true, record: next, now: Date.now() };
  },
  watch: () => () => {},
  async close() {},
};

function record(issuedAt: number): object {
  const pair = {
    accessToken: text(),
    refreshToken: text(),
    issuedAt,
    expiresAt: issuedAt + lifetime,
    unanswered: 0,
  };
  const blocked = { refresh: null, grant: null };
  return {
    schema: 1,
    lineage: 1,
    generation: 1,
    pair,
    ended: null,
    claim: null,
    grants: [],
    blocked,
    refused: null,
    refusal: null,
    conflicts: [],
    changedAt: 0,
    suspect: false,
  };
}
