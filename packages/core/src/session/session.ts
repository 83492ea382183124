import { misconfigured } from '../errors.ts';
import { accountKey } from '../key.ts';
import { handOutUntil, refreshAheadAt } from '../machine.ts';
import type { Fetch } from '../wire/endpoint.ts';
import type { Grant } from '../wire/grant.ts';
import { Account } from './account.ts';
import { alarmOf, onWake } from './ahead.ts';
import { bearerFetch } from './bearer-fetch.ts';
import { describe } from './describe.ts';
import type { SessionEvent } from './events.ts';
import { explain } from './messages.ts';
import { type AccessTokenOptions, Obtain } from './obtain.ts';
import { duration, environment, type SessionOptions } from './options.ts';
import { SignIn } from './sign-in.ts';
import { nextChangeAt, type Snapshot } from './snapshot.ts';

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
  authorize(grant: Grant, options?: { signal?: AbortSignal }): Promise<void>;
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

class ActOnSession implements Session {
  readonly #account: Account;
  readonly #obtain: Obtain;
  readonly #signIn: SignIn;
  /** The hot path: until when (this machine's clock) this token is handed out without a second look. */
  #handOutUntil = Number.NEGATIVE_INFINITY;
  #livesUntil = Number.NEGATIVE_INFINITY;
  #token: string | undefined;
  #handedOut: Promise<string> | null = null;
  #fetch: Fetch | null = null;
  #ready: Promise<void> | null = null;
  /** Ends what runs while somebody listens. */
  #stop: (() => void) | null = null;
  readonly #ring = (): void => this.#tick();

  constructor(options: SessionOptions) {
    const settings = environment(options);
    const key = accountKey(settings.endpoint.issuer, settings.endpoint.clientId, options.account);
    this.#account = new Account(settings, key, () => this.#adopt());
    this.#obtain = new Obtain(this.#account, options.credentials);
    this.#signIn = new SignIn(this.#account);
    if (settings.autoRefresh) this.#start();
    attachAsyncDispose(this);
  }

  getAccessToken(options?: AccessTokenOptions): Promise<string> {
    if (options === undefined && this.#handedOut !== null && this.#account.environment.clock.now() < this.#handOutUntil)
      return this.#handedOut;
    return this.#getAccessToken(options ?? {});
  }

  async #getAccessToken(options: AccessTokenOptions): Promise<string> {
    if (options.minValidity !== undefined) duration('minValidity', options.minValidity, 0);
    const token = await this.#obtain.accessToken(options);
    this.#adopt();
    return token;
  }

  currentAccessToken(): string | undefined {
    return this.#account.environment.clock.now() < this.#livesUntil ? this.#token : undefined;
  }

  async authorize(grant: Grant, options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#checkOpen();
    await this.#signIn.authorize(grant, options.signal);
    this.#obtain.forgetPauses();
  }

  async signOut(): Promise<void> {
    this.#checkOpen();
    await this.#signIn.signOut();
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
    const { snapshots } = this.#account.announcer;
    const remove = snapshots.add(listener);
    this.#start();
    return () => {
      remove();
      if (snapshots.size === 0 && !this.#account.environment.autoRefresh) this.#halt();
    };
  }

  on(listener: (event: SessionEvent) => void): () => void {
    return this.#account.announcer.events.add(listener);
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
    this.#halt();
    this.#handOutUntil = Number.NEGATIVE_INFINITY;
    await this.#account.close();
  }

  #checkOpen(): void {
    if (this.#account.closed) throw explain('closed');
  }

  /** The record changed, or time was told anew: settles what may be handed out, and until when. */
  #adopt(): void {
    const { replica, environment, closed } = this.#account;
    const { record } = replica;
    const token = record.pair?.accessToken ?? undefined;
    if (token !== this.#token) this.#handedOut = token === undefined ? null : Promise.resolve(token);
    this.#token = token;
    this.#livesUntil = environment.store.toLocal(record.pair?.expiresAt ?? Number.NEGATIVE_INFINITY);
    this.#handOutUntil =
      closed || replica.fault !== null ? Number.NEGATIVE_INFINITY : environment.store.toLocal(handOutUntil(record, environment.rules));
    if (this.#stop !== null) this.#arm();
  }

  /** Somebody listens, or the session refreshes by itself: watch, wake up with the machine, and ring when time changes something. */
  #start(): void {
    if (this.#stop !== null || this.#account.closed) return;
    const leave = this.#account.waiter.join();
    const sleepOn = onWake(() => {
      this.#obtain.forgetPauses();
      void this.#account.load().then(this.#ring, () => {});
    });
    this.#stop = () => {
      leave();
      sleepOn();
      alarmOf(this.#account.environment.clock).clear(this.#ring);
    };
    // Anew, for nobody watched until now. A store that is down shows in the snapshot.
    this.#account.load().then(this.#ring, () => {});
  }

  #halt(): void {
    this.#stop?.();
    this.#stop = null;
  }

  #tick(): void {
    if (this.#stop === null) return;
    const { announcer, environment, replica } = this.#account;
    announcer.announce();
    const due = environment.autoRefresh && replica.now() >= refreshAheadAt(replica.record, environment.rules);
    if (due) void this.#obtain.refreshAhead().then(() => this.#arm());
    else this.#arm();
  }

  #arm(): void {
    if (this.#stop === null) return;
    const { environment, replica } = this.#account;
    const now = replica.now();
    const change = nextChangeAt(replica.record, environment.rules, now) - now;
    const ahead = Math.max(refreshAheadAt(replica.record, environment.rules) - now, this.#obtain.aheadPause());
    const delay = environment.autoRefresh ? Math.min(change, ahead) : change;
    if (delay < Number.POSITIVE_INFINITY) alarmOf(environment.clock).set(this.#ring, Math.max(delay, 1));
  }
}

/** At run time only: consumers whose library has no `Symbol.asyncDispose` must still be able to use these types. */
function attachAsyncDispose(session: Session): void {
  const symbol = (Symbol as { asyncDispose?: symbol }).asyncDispose;
  if (symbol !== undefined) Object.defineProperty(session, symbol, { value: () => session.close(), configurable: true });
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
  if (typeof options !== 'object' || options === null) throw misconfigured('createSession() takes one object of options.');
  return new ActOnSession(options);
}
