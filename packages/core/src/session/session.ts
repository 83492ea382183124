import { endsWithRequests } from '../bell.ts';
import { checkOption, checkOptions } from '../options.ts';
import { bearerFetch, type SessionFetchInit } from '../wire/bearer-fetch.ts';
import type { Grant } from '../wire/grant.ts';
import { Account } from './account.ts';
import { Activity } from './activity.ts';
import { describe } from './describe.ts';
import type { SessionEvent } from './events.ts';
import { explain } from './messages.ts';
import {
  type AccessTokenOptions,
  type Credentials,
  callRules,
  type Environment,
  environment,
  type MaybePromise,
  type SessionOptions,
  sessionRules,
} from './options.ts';
import { longestRead } from './record-wait.ts';
import type { Snapshot } from './snapshot.ts';
import { Wait } from './wait.ts';

/**
 * One Act-On account, kept usable. Any number of sessions, in any number of processes, may share it
 * through one store. Each member works without its session: destructured, passed as a callback, or
 * called through a framework's proxy.
 */
export interface Session {
  /**
   * A valid access token: at once while there is one, otherwise after a refresh, a probe or, with
   * `credentials`, a sign-in. Rejects with `signed_out`, `session_expired`, `grant_rejected`,
   * `client_rejected`, `rate_limited`, `grant_budget`, `outcome_unknown`, `not_sent`,
   * `store_unavailable`, `store_corrupt`, `store_version`, `credential_conflict`, `timeout` or
   * `closed`.
   */
  getAccessToken(options?: AccessTokenOptions): Promise<string>;
  /**
   * The valid token that this process has, without waiting and without I/O; `undefined` if there is
   * none. It may be about to be replaced.
   */
  currentAccessToken(): string | undefined;
  /**
   * Signs in: a grant that a person brings. A password grant adopts the pair of another person who
   * signed in meanwhile; a code is sent once. Rejects with `grant_rejected`, `client_rejected`,
   * `rate_limited`, `grant_budget`, `outcome_unknown`, `not_sent`, `signed_out` (a sign-out came
   * meanwhile), `store_unavailable`, `store_version`, `configuration` or `closed`.
   */
  authorize(grant: Grant, options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Ends the session everywhere, until someone signs in, and asks a server that has revocation to
   * forget the refresh token. Act-On has none: its refresh token dies of itself within 30 days.
   * Rejects with `store_unavailable` or `store_version`.
   */
  signOut(): Promise<void>;
  /**
   * Resolves once the record was read, and is one promise until then; rejects with
   * `store_unavailable` or `closed`, and the next call tries again.
   */
  ready(): Promise<void>;
  /** What a user interface shows. The same reference until something was announced. */
  getSnapshot(): Snapshot;
  /**
   * Calls back with the snapshot after it changed; meanwhile the record is watched. Returns the
   * unsubscribe function.
   */
  subscribe(listener: (snapshot: Snapshot) => void): () => void;
  /** Calls back with every event. Returns the unsubscribe function. */
  on(listener: (event: SessionEvent) => void): () => void;
  /**
   * `fetch` with the access token. Relative URLs resolve against Act-On's API; other origins are
   * refused with `configuration`. A 401 replaces the token and is followed by one more try.
   */
  readonly fetch: (input: string | URL | Request, init?: SessionFetchInit) => Promise<Response>;
  /** Where relative URLs of `fetch` start. A copy: changing it changes nothing. */
  readonly apiBase: URL;
  /** The state of things for a bug report, without any secret. */
  describe(): string;
  /**
   * Ends this session's timers and watches; lets a commit in flight end. The store stays open: it
   * is yours.
   */
  close(): Promise<void>;
}

/** Where a session, seen through a proxy, finds itself. */
const self = Symbol('session');
const itself = (session: object): ActOnSession =>
  (session as Record<symbol, ActOnSession>)[self] as ActOnSession;

/** The members of {@link Session} on an account. */
export class ActOnSession implements Session {
  readonly #account: Account;
  readonly #credentials: (() => MaybePromise<Credentials>) | undefined;
  /** `null`: nothing goes on. */
  #activity: Activity | null = null;
  /** Members that someone took, bound. */
  #bound: Record<string, unknown> | null = null;
  #tokenGetter: Session['getAccessToken'] | null = null;
  #ready: Promise<void> | null = null;

  constructor(
    settings: Environment,
    account: string,
    credentials: (() => MaybePromise<Credentials>) | undefined,
  ) {
    checkOption('account', sessionRules.account, account);
    this.#account = new Account(settings, account);
    this.#credentials = credentials;
    prepare(ActOnSession.prototype);
    Object.defineProperty(this, self, { value: this });
    if (settings.autoRefresh) this.#active.background.start();
  }

  /**
   * Whether forgetting this session loses nothing: no one listens or waits, and nothing still has
   * to reach the store.
   */
  static isIdle(session: ActOnSession): boolean {
    return !session.#activity?.isBusy;
  }

  /** A member that works without its session; the same function each time. */
  bound(name: string, member: (...all: never[]) => unknown): unknown {
    this.#bound ??= {};
    this.#bound[name] ??= member.bind(this);
    return this.#bound[name];
  }

  /** Each account of a pool has this one, so it has a place of its own. */
  get getAccessToken(): Session['getAccessToken'] {
    const session = itself(this);
    session.#tokenGetter ??= session.#accessToken.bind(session);
    return session.#tokenGetter;
  }

  #accessToken(options?: AccessTokenOptions): Promise<string> {
    const valid = options === undefined || wantsAnyToken(options) ? this.#account.valid() : null;
    return valid ?? this.#nextAccessToken(options);
  }

  async #nextAccessToken(options: AccessTokenOptions = {}): Promise<string> {
    checkOptions('getAccessToken()', callRules, options);
    const token = await this.#during(({ source }) => source.accessToken(options));
    // Once for all who waited.
    this.#account.settleAgain();
    return token;
  }

  currentAccessToken(): string | undefined {
    if (this.#account.closed) return undefined;
    return this.#account.live();
  }

  async authorize(grant: Grant, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    checkOptions('authorize()', { signal: callRules.signal }, options);
    if (this.#account.closed) throw explain('closed');
    await this.#during(async ({ signIn, source }) => {
      await signIn.authorize(grant, options.signal);
      source.forgetPauses();
    });
  }

  async signOut(): Promise<void> {
    if (this.#account.closed) throw explain('closed');
    await this.#during(({ signIn }) => signIn.signOut());
  }

  ready(): Promise<void> {
    if (this.#account.closed) return Promise.reject(explain('closed'));
    if (endsWithRequests()) return this.#load();
    this.#ready ??= this.#load();
    return this.#ready;
  }

  /** A failure is not remembered. */
  async #load(): Promise<void> {
    try {
      await this.#during(async ({ recordWait }) => {
        const wait = new Wait(this.#account);
        while (!this.#account.loaded) await wait.until(recordWait.look(), longestRead);
      });
    } catch (error) {
      this.#ready = null;
      throw error;
    }
  }

  getSnapshot(): Snapshot {
    return this.#active.announcer.snapshot;
  }

  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    const { announcer, background } = this.#active;
    const remove = announcer.onSnapshot(listener);
    background.start();
    return () => {
      remove();
      if (!announcer.isRendered && !this.#account.environment.autoRefresh) background.end();
    };
  }

  on(listener: (event: SessionEvent) => void): () => void {
    return this.#active.announcer.onEvent(listener);
  }

  fetch(input: string | URL | Request, init: SessionFetchInit = {}): Promise<Response> {
    const { apiBase, fetch } = this.#account.environment.endpoint;
    return bearerFetch({ apiBase, getAccessToken: this.getAccessToken }, input, init, fetch);
  }

  get apiBase(): URL {
    return new URL(itself(this).#account.environment.endpoint.apiBase);
  }

  describe(): string {
    return describe(this.#account);
  }

  async close(): Promise<void> {
    this.#account.close();
    await this.#activity?.close();
    this.#account.ended = true;
  }

  get #active(): Activity {
    this.#activity ??= new Activity(this.#account, this.#credentials);
    return this.#activity;
  }

  /** An activity that has nothing left to do goes with the call that was its last. */
  async #during<T>(work: (activity: Activity) => Promise<T>): Promise<T> {
    const activity = this.#active;
    activity.calls += 1;
    try {
      return await work(activity);
    } finally {
      activity.calls -= 1;
      if (activity.isIdle && this.#activity === activity)
        this.#account.observer = this.#activity = null;
    }
  }
}

/** Nothing that a valid token could fail to be. */
function wantsAnyToken(options: AccessTokenOptions): boolean {
  const harmless = Object.keys(Object(options)).every(
    (name) => name === 'signal' || name === 'waitUntil',
  );
  return harmless && !options?.signal?.aborted;
}

let isPrepared = false;

/**
 * Once, when the first session is made: who uses none of this must be able to leave it out of a
 * bundle. Methods become getters of bound functions, made when they are first taken: a pool of very
 * many sessions must not keep a dozen closures for each. And `Symbol.asyncDispose` exists at run
 * time only: consumers whose library does not have it must still be able to use these types.
 */
function prepare(prototype: ActOnSession): void {
  if (isPrepared) return;
  isPrepared = true;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value !== 'function' || name === 'constructor' || name === 'bound') continue;
    Object.defineProperty(prototype, name, {
      get(this: ActOnSession) {
        return itself(this).bound(name, value);
      },
    });
  }
  // Frameworks that wrap plain objects into proxies leave others alone.
  Object.defineProperty(prototype, Symbol.toStringTag, { value: 'Session' });
  const dispose = (Symbol as { asyncDispose?: symbol }).asyncDispose;
  if (dispose === undefined) return;
  Object.defineProperty(prototype, dispose, {
    get(this: ActOnSession) {
      return this.close;
    },
  });
}

/**
 * A session of one account. Nothing is read or sent until it is used (or subscribed to, or created
 * with `autoRefresh`). Throws `configuration`, naming the option, for what cannot work.
 *
 * @example
 * const session = createSession({ endpoint: actOnEndpoint({ clientId, clientSecret }), account: username, store: memoryStore() });
 * await session.authorize({ type: 'password', username, password });
 * const lists = await session.fetch('/api/1/list?listingtype=CONTACT_LIST').then((response) => response.json());
 */
export function createSession(options: SessionOptions): Session {
  return new ActOnSession(environment(options), options.account, options.credentials);
}
