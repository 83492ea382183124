import {
  createSession,
  type Grant,
  type Outcome,
  type Session,
  type Snapshot,
  type TokenEndpoint,
} from '@act-on-token/core';
import type { Settings } from './settings.ts';

interface Entry {
  readonly session: Session;
  users: number;
  usedAt: number;
}

/** A grant's other way, and since when. */
interface Detour {
  readonly send: TokenEndpoint['send'];
  readonly at: number;
}

const mostSessions = 500;
const idleAfter = 900_000;
/** Work that takes longer was ended by the worker that it ran in. */
const longestUse = 3_600_000;
/** As long as a code lives. */
const longestSignIn = 600_000;

/** The sessions of this process: made when an account is used, gone when it is not. */
export class Sessions {
  readonly #settings: Settings;
  readonly #endpoint: TokenEndpoint;
  /** In the order of use, so that what is idle comes first. */
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new Set<Promise<void>>();
  /** Grants that go out another way than by the endpoint itself, by what is secret in them. */
  readonly #detours = new Map<string, Detour>();

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#endpoint = detoured(settings.endpoint, this.#detours);
  }

  /** Works with the account's session; it stays at least until the work is done. */
  async use<T>(account: string, work: (session: Session) => Promise<T>): Promise<T> {
    const { session, release } = this.hold(account);
    try {
      return await work(session);
    } finally {
      release();
    }
  }

  /** The account's session; it stays at least until it is released. */
  hold(account: string): { readonly session: Session; release(): void } {
    const { now } = this.#settings;
    const entry = this.#entries.get(account) ?? {
      session: this.#create(account),
      users: 0,
      usedAt: 0,
    };
    this.#entries.delete(account);
    this.#entries.set(account, entry);
    entry.usedAt = now();
    entry.users += 1;
    this.#sweep();
    return {
      session: entry.session,
      release() {
        entry.users -= 1;
        entry.usedAt = now();
      },
    };
  }

  /**
   * Signs in to the account. The grant is sent by `send`, inside the session's claim. Rejects as
   * `Session.authorize` does.
   */
  async authorize(account: string, grant: Grant, send: TokenEndpoint['send']): Promise<void> {
    const now = this.#settings.now();
    for (const [secret, { at }] of this.#detours) {
      if (now - at <= longestSignIn) break;
      this.#detours.delete(secret);
    }
    this.#detours.set(secretOf(grant), { send, at: now });
    try {
      await this.use(account, (session) => session.authorize(grant));
    } finally {
      this.#detours.delete(secretOf(grant));
    }
  }

  /**
   * The state of the account in the store at this moment, whatever other servers did to it. Rejects
   * with `store_unavailable`.
   */
  async look(account: string): Promise<Snapshot> {
    const known = this.#entries.get(account)?.session.getSnapshot();
    // A pair that the store did not take yet is known to this process alone.
    if (known?.saved === false) return known;
    const fresh = this.#create(account);
    try {
      await fresh.ready();
      return { ...fresh.getSnapshot(), error: known?.error ?? null };
    } finally {
      this.#close(fresh);
    }
  }

  /** Lets what is under way reach the store. */
  async close(): Promise<void> {
    for (const { session } of this.#entries.values()) this.#close(session);
    this.#entries.clear();
    await Promise.all(this.#closing);
  }

  #create(account: string): Session {
    const { session, store } = this.#settings;
    return createSession({ ...session, endpoint: this.#endpoint, store, account });
  }

  #sweep(): void {
    for (const [account, { session, users, usedAt }] of this.#entries) {
      if (this.#entries.size <= mostSessions && this.#settings.now() - usedAt < idleAfter) return;
      if (users > 0 && this.#settings.now() - usedAt < longestUse) continue;
      this.#entries.delete(account);
      this.#close(session);
    }
  }

  #close(session: Session): void {
    const closed = session.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
    closed.catch(() => {}); // nobody waits for it
  }
}

/** The endpoint, named member by member: a class would lose its methods in a spread. */
function detoured(endpoint: TokenEndpoint, detours: ReadonlyMap<string, Detour>): TokenEndpoint {
  const { name, issuer, clientId, apiBase, requestTimeout, grantLimit, refreshTokenIdle } =
    endpoint;
  return {
    name,
    issuer,
    clientId,
    apiBase,
    requestTimeout,
    grantLimit,
    refreshTokenIdle,
    fetch: (input, init) => endpoint.fetch(input, init),
    fingerprint: (text) => endpoint.fingerprint(text),
    send: (grant: Grant, signal: AbortSignal): Promise<Outcome> =>
      (detours.get(secretOf(grant)) ?? endpoint).send(grant, signal),
    revoke: async (refreshToken) => endpoint.revoke?.(refreshToken),
  };
}

function secretOf(grant: Grant): string {
  if (grant.type === 'authorization_code') return grant.code;
  return grant.type === 'refresh_token' ? grant.refreshToken : grant.password;
}
