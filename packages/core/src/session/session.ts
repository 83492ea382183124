import { checkOption, checkOptions } from '../options.ts';
import type { Fetch } from '../wire/endpoint.ts';
import type { Grant } from '../wire/grant.ts';
import { Account } from './account.ts';
import { Attendance } from './attendance.ts';
import { bearerFetch } from './bearer-fetch.ts';
import { describe } from './describe.ts';
import type { SessionEvent } from './events.ts';
import { explain } from './messages.ts';
import { type AccessTokenOptions, Obtain } from './obtain.ts';
import {
  type Credentials,
  callRules,
  type Environment,
  environment,
  type MaybePromise,
  type SessionOptions,
  sessionRules,
} from './options.ts';
import { SignIn } from './sign-in.ts';
import type { Snapshot } from './snapshot.ts';

/** One Act-On account, kept usable. Any number of sessions, in any number of processes, may share it through one store. */
export interface Session {
  /**
   * A valid access token: at once while one is at hand, else after a refresh, a probe or, with `credentials`, a sign-in.
   * Rejects with `signed_out`, `session_expired`, `grant_rejected`, `client_rejected`, `rate_limited`, `grant_budget`,
   * `outcome_unknown`, `not_sent`, `store_unavailable`, `store_corrupt`, `store_version`, `credential_conflict` or `closed`.
   */
  getAccessToken(options?: AccessTokenOptions): Promise<string>;
  /** The valid token at hand, without waiting and without I/O; `undefined` if there is none. It may be about to be replaced. */
  currentAccessToken(): string | undefined;
  /**
   * Signs in: a grant that a person brings. A password grant adopts the pair of somebody who signed in meanwhile; a code is sent once.
   * Rejects with `grant_rejected`, `client_rejected`, `rate_limited`, `grant_budget`, `outcome_unknown`, `not_sent`, `signed_out`
   * (somebody signed out meanwhile), `store_unavailable`, `store_version`, `configuration` or `closed`.
   */
  authorize(grant: Grant, options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Ends the session everywhere, until somebody signs in. Act-On has no revocation: its refresh token dies of itself within 30 days.
   * Rejects with `store_unavailable` or `store_version`.
   */
  signOut(): Promise<void>;
  /** Resolves once the record was read, and is one promise until then; rejects with `store_unavailable` or `closed`, and the next call tries anew. */
  ready(): Promise<void>;
  /** What a user interface shows. The same reference until something was announced. */
  getSnapshot(): Snapshot;
  /** Calls back after the snapshot changed; meanwhile the record is watched. Returns what stops it. */
  subscribe(listener: () => void): () => void;
  /** Calls back with every event. Returns what stops it. */
  on(listener: (event: SessionEvent) => void): () => void;
  /**
   * `fetch` with the access token. Relative URLs resolve against Act-On's API; other origins are refused with `configuration`.
   * A 401 replaces the token and is followed by one more try. May be passed around without its session.
   */
  readonly fetch: Fetch;
  /** Where relative URLs of `fetch` start. A copy: changing it changes nothing. */
  readonly apiBase: URL;
  /** The state of things for a bug report, without any secret. */
  describe(): string;
  /** Ends this session's timers and watches; lets a commit in flight end. The store stays open: it is yours. */
  close(): Promise<void>;
}

/** The methods of {@link Session} on an account; what few sessions need is made when it is needed. */
export class ActOnSession implements Session {
  readonly #account: Account;
  readonly #credentials: (() => MaybePromise<Credentials>) | undefined;
  #obtain: Obtain | null = null;
  #signIn: SignIn | null = null;
  #fetch: Fetch | null = null;
  #ready: Promise<void> | null = null;

  constructor(settings: Environment, account: string, credentials: (() => MaybePromise<Credentials>) | undefined) {
    checkOption('account', sessionRules.account, account);
    this.#account = new Account(settings, account);
    this.#credentials = credentials;
    if (settings.autoRefresh) this.#attend();
    attachAsyncDispose(ActOnSession.prototype);
  }

  /** Whether forgetting this session loses nothing: nobody listens or waits, and nothing still has to reach the store. */
  static isIdle(session: ActOnSession): boolean {
    return session.#account.isIdle;
  }

  getAccessToken(options?: AccessTokenOptions): Promise<string> {
    const { handedOut, environment, settledAt, handOutUntil } = this.#account;
    const now = environment.clock.now();
    const isAtHand = handedOut !== null && now < handOutUntil && now >= settledAt;
    if (isAtHand && (options === undefined || wantsAnyToken(options))) return handedOut;
    return this.#getAccessToken(options);
  }

  async #getAccessToken(options: AccessTokenOptions = {}): Promise<string> {
    checkOptions('getAccessToken()', callRules, options);
    const token = await this.#obtaining().accessToken(options);
    // Once for all who waited.
    if (!this.#account.isSettled(this.#account.environment.clock.now())) this.#account.settle();
    return token;
  }

  currentAccessToken(): string | undefined {
    const now = this.#account.environment.clock.now();
    if (!this.#account.isSettled(now)) this.#account.settle();
    return now < this.#account.livesUntil ? this.#account.token : undefined;
  }

  async authorize(grant: Grant, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    checkOptions('authorize()', { signal: callRules.signal }, options);
    await this.#signingIn().authorize(grant, options.signal);
    this.#obtain?.forgetPauses();
  }

  async signOut(): Promise<void> {
    await this.#signingIn().signOut();
  }

  ready(): Promise<void> {
    if (this.#account.closed) return Promise.reject(explain('closed'));
    this.#ready ??= this.#account.replica.loaded ? Promise.resolve() : this.#load();
    return this.#ready;
  }

  /** A failure is not remembered. */
  async #load(): Promise<void> {
    try {
      await this.#account.load();
    } catch (error) {
      this.#ready = null;
      throw error;
    }
  }

  getSnapshot(): Snapshot {
    return this.#account.announcer.snapshot;
  }

  subscribe(listener: () => void): () => void {
    const { announcer, environment } = this.#account;
    const remove = announcer.onSnapshot(listener);
    this.#attend();
    return () => {
      remove();
      if (!announcer.isRendered && !environment.autoRefresh) this.#account.attendance?.end();
    };
  }

  on(listener: (event: SessionEvent) => void): () => void {
    return this.#account.announcer.onEvent(listener);
  }

  get fetch(): Fetch {
    this.#fetch ??= (input, init) => {
      const source = { apiBase: this.#account.environment.endpoint.apiBase, getAccessToken: this.getAccessToken.bind(this) };
      return bearerFetch(source, input, init ?? {}, this.#account.environment.endpoint.fetch);
    };
    return this.#fetch;
  }

  get apiBase(): URL {
    return new URL(this.#account.environment.endpoint.apiBase);
  }

  describe(): string {
    return describe(this.#account);
  }

  async close(): Promise<void> {
    await this.#account.close();
  }

  #obtaining(): Obtain {
    this.#obtain ??= new Obtain(this.#account, this.#credentials);
    return this.#obtain;
  }

  #signingIn(): SignIn {
    if (this.#account.closed) throw explain('closed');
    this.#signIn ??= new SignIn(this.#account);
    return this.#signIn;
  }

  #attend(): void {
    if (this.#account.attendance !== null || this.#account.closed) return;
    this.#account.attendance = new Attendance(this.#account, this.#obtaining());
  }
}

/** Nothing that a token at hand could fail to be. */
function wantsAnyToken(options: AccessTokenOptions): boolean {
  const harmless = Object.keys(Object(options)).every((name) => name === 'signal' || name === 'waitUntil');
  return harmless && !options?.signal?.aborted;
}

/** At run time only: consumers whose library has no `Symbol.asyncDispose` must still be able to use these types. */
function attachAsyncDispose(prototype: ActOnSession): void {
  const symbol = (Symbol as { asyncDispose?: symbol }).asyncDispose;
  if (symbol === undefined || symbol in prototype) return;
  Object.defineProperty(prototype, symbol, { value: prototype.close, configurable: true });
}

/**
 * A session of one account. Nothing is read or sent until it is used (or subscribed to, or told to `autoRefresh`).
 * Throws `configuration`, naming the option, for what cannot work.
 *
 * @example
 * const session = createSession({ endpoint: actOnEndpoint({ clientId, clientSecret }), account: username, store: memoryStore() });
 * await session.authorize({ type: 'password', username, password });
 * const lists = await session.fetch('/api/1/list?listingtype=CONTACT_LIST').then((response) => response.json());
 */
export function createSession(options: SessionOptions): Session {
  return new ActOnSession(environment(options), options.account, options.credentials);
}
