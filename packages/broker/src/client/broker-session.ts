import type {
  AccessTokenOptions,
  Clock,
  Fetch,
  Grant,
  Session,
  SessionEvent,
  TokenStore,
} from '@act-on-token/core';
import {
  ActOnTokenError,
  type CheckedOptions,
  checkOptions,
  type OptionRules,
} from '@act-on-token/core';
import { type BrokerAccount, type BrokerMode, noAccount } from '../wire.ts';
import { type ApiAccess, proxyBase, proxyFetch, tokenFetch } from './api-fetch.ts';
import { systemClock } from './clock.ts';
import { closed, misconfigured } from './failures.ts';
import { Gateway } from './gateway.ts';
import { KeptToken } from './kept-token.ts';
import { Lookups } from './lookups.ts';
import { abortable } from './request.ts';
import type { BrokerSnapshot } from './snapshots.ts';
import { Standing } from './standing.ts';
import { TokenSource } from './token-source.ts';

export interface BrokerSessionOptions {
  /** Where the broker is mounted, on the page's own origin: `'/auth'`. */
  url: string | URL;
  /**
   * As the broker's own. Default `proxy`: the page gets no token, and `fetch` goes through the
   * broker.
   */
  mode?: BrokerMode | undefined;
  /**
   * Which of the browser's accounts: a {@link BrokerAccount.id}. Default: the one that signed in
   * last.
   */
  account?: string | undefined;
  /**
   * Token mode only: where access tokens are kept between pages, such as `indexedDbStore()`. Script
   * in the page can read it. Default: in memory.
   */
  store?: TokenStore | undefined;
  /** Default: the runtime's own, looked up at each request. */
  fetch?: Fetch | undefined;
  /** Default: the runtime's own time. */
  clock?: Clock | undefined;
}

export const brokerSessionRules: OptionRules<BrokerSessionOptions> = {
  url: [
    // A text, or a URL of any realm.
    (url) =>
      (url.href ?? url) === String(url) &&
      /^[^\s\p{C}]+$/u.test(url) &&
      URL.canParse(url, 'http://localhost'),
    null,
    'where the broker is mounted, such as "/auth"',
  ],
  mode: [['proxy', 'token'], 'proxy'],
  account: ['text'],
  store: ['read swap watch close', undefined, 'a token store, such as indexedDbStore()'],
  fetch: ['function'],
  clock: ['now monotonic setTimeout clearTimeout', systemClock, 'a whole Clock'],
};

/**
 * A session with a broker. It is a `Session` like any other, so `useActOnToken` and `actOnKy` take
 * it; a person signs in by navigation.
 */
export interface BrokerSession extends Session {
  /**
   * The account that this session is about; `null` until it is known, and while no user is signed
   * in.
   */
  readonly account: BrokerAccount | null;
  /** All accounts that this browser is signed in to, the one that signed in last first. */
  readonly accounts: readonly BrokerAccount[];
  /**
   * The URL at which a person signs in, for a link. `returnTo` is a path of this origin; default:
   * the current page. `another`: to one more account.
   */
  loginUrl(returnTo?: string, options?: { another?: boolean | undefined }): string;
  /** Leaves the page for Act-On's sign-in page; afterwards the person is back at `returnTo`. */
  signIn(returnTo?: string, options?: { another?: boolean | undefined }): void;
  /**
   * Asks the broker how things stand, with a request that begins after this call; calls that wait
   * for one share it. Rejects with `not_sent`, `store_unavailable`, `configuration` or `closed`.
   */
  lookUp(): Promise<void>;
  /** What a page shows, with {@link account} and {@link accounts} in it. */
  getSnapshot(): BrokerSnapshot;
  subscribe(listener: (snapshot: BrokerSnapshot) => void): () => void;
}

class ActOnBrokerSession implements BrokerSession {
  readonly #mode: BrokerMode;
  readonly #pinned: string | null;
  readonly #clock: Clock;
  readonly #gateway: Gateway;
  readonly #standing: Standing;
  readonly #lookups: Lookups;
  readonly #kept: KeptToken;
  readonly #tokens: TokenSource;
  readonly fetch: Fetch;
  #ready: Promise<void> | null = null;
  #closed = false;

  constructor({
    url,
    mode,
    account,
    store,
    fetch,
    clock,
  }: CheckedOptions<BrokerSessionOptions, 'mode' | 'clock'>) {
    const now = (): number => clock.now();
    // Looked up at each request, so that a fetch that is replaced later is the one that is called.
    const send: Fetch = (input, init) => (fetch ?? globalThis.fetch)(input, init);
    this.#mode = mode;
    this.#pinned = account ?? null;
    this.#clock = clock;
    this.#gateway = new Gateway({ url, mode, fetch: send, account: account ?? null, now });
    this.#standing = new Standing(now, (owner) => void this.#kept.belongTo(owner));
    this.#lookups = new Lookups(this.#gateway, this.#standing, clock);
    this.#kept = new KeptToken(
      store,
      () => JSON.stringify(['act-on-broker', this.#gateway.base().href, account ?? null]),
      now,
    );
    const owner = () => this.#standing.owner;
    this.#tokens = new TokenSource(this.#gateway, this.#kept, clock, owner, () =>
      this.#lookups.hint(),
    );
    const shown = (): string => this.#pinned ?? owner()?.accountId ?? noAccount;
    const access: ApiAccess = {
      gateway: this.#gateway,
      standing: this.#standing,
      lookups: this.#lookups,
      now,
      account: shown,
    };
    this.fetch = (input, init) => this.#fetch(access, send, input, init);
    bindMembers(this);
    attachAsyncDispose(this);
  }

  get account(): BrokerAccount | null {
    return this.getSnapshot().account;
  }

  get accounts(): readonly BrokerAccount[] {
    return this.getSnapshot().accounts;
  }

  get apiBase(): URL {
    const { answer } = this.#standing;
    return this.#mode === 'proxy' || answer === null
      ? proxyBase(this.#gateway)
      : new URL(answer.api_base);
  }

  async getAccessToken(options: AccessTokenOptions = {}): Promise<string> {
    this.#checkOpen();
    if (this.#mode === 'proxy') throw noToken();
    // Whose token it is must be known: it is the broker that says who is there.
    await abortable(this.ready(), options.signal);
    try {
      return await this.#tokens.get(options);
    } catch (error) {
      // Why there is no token shows when the broker is asked how things stand.
      if (error instanceof ActOnTokenError) await this.#lookAfter(error);
      throw error;
    }
  }

  currentAccessToken(): string | undefined {
    return this.#mode === 'proxy' || this.#closed ? undefined : this.#tokens.current();
  }

  async authorize(_grant: Grant): Promise<void> {
    throw misconfigured(
      'A page has no client secret, so it cannot send a grant. Use signIn(), which leads to the sign-in page of Act-On.',
    );
  }

  async signOut(): Promise<void> {
    this.#checkOpen();
    // Whom to sign out must be known, or it would be every account of this browser.
    if (!this.#standing.snapshot.loaded) await this.#lookups.look();
    const id = this.#pinned ?? this.account?.id ?? null;
    await this.#gateway.logout(id);
    this.#lookups.left(id);
  }

  ready(): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    this.#ready ??= this.#standing.snapshot.loaded ? Promise.resolve() : this.#load();
    return this.#ready;
  }

  /** A failure is not remembered. */
  async #load(): Promise<void> {
    try {
      await this.#lookups.look();
    } catch (error) {
      this.#ready = null;
      throw error;
    }
  }

  async lookUp(): Promise<void> {
    this.#checkOpen();
    await this.#lookups.ask();
  }

  getSnapshot(): BrokerSnapshot {
    return this.#standing.snapshot;
  }

  subscribe(listener: (snapshot: BrokerSnapshot) => void): () => void {
    const remove = this.#standing.subscribe(() => listener(this.getSnapshot()));
    if (!this.#closed) this.#lookups.start();
    return () => {
      remove();
      if (this.#standing.listening === 0) this.#lookups.stop();
    };
  }

  on(listener: (event: SessionEvent) => void): () => void {
    return this.#standing.on(listener);
  }

  loginUrl(returnTo?: string, options: { another?: boolean | undefined } = {}): string {
    const { location } = globalThis as { location?: Location };
    const here =
      location === undefined ? undefined : `${location.pathname}${location.search}${location.hash}`;
    const back = returnTo ?? here;
    const account = this.account?.id;
    const query = new URLSearchParams(back === undefined ? {} : { returnTo: back });
    if (options.another === true) query.set('another', '1');
    else if (account !== undefined) query.set('account', account);
    const { pathname } = new URL('login', this.#gateway.base());
    return query.size === 0 ? pathname : `${pathname}?${query}`;
  }

  signIn(returnTo?: string, options: { another?: boolean | undefined } = {}): void {
    const { location } = globalThis as { location?: Location };
    if (location === undefined)
      throw misconfigured('signIn() leads to another page, so it works in a page only.');
    location.assign(this.loginUrl(returnTo, options));
  }

  describe(): string {
    const { snapshot: known, answer, history } = this.#standing;
    // Names are of people, and not for a bug report.
    const { account, accounts, ...snapshot } = known;
    const report = {
      mode: this.#mode,
      url: this.#gateway.base().pathname,
      closed: this.#closed,
      snapshot,
      account: account?.id ?? null,
      accounts: accounts.length,
      clock: { now: this.#clock.now(), server: answer?.now ?? null },
      events: history.map(({ at, event }) => ({ at, ...event })),
    };
    return JSON.stringify(report, null, 2);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#lookups.stop();
  }

  async #fetch(
    access: ApiAccess,
    send: Fetch,
    input: string | URL | Request,
    init: RequestInit | undefined,
  ): Promise<Response> {
    this.#checkOpen();
    // As whom it is sent must be known: it is sent as whom the page shows.
    await abortable(this.ready(), init?.signal);
    if (this.#mode === 'proxy') return proxyFetch(access, input, init);
    return tokenFetch(access, send, (options) => this.getAccessToken(options), input, init);
  }

  async #lookAfter({ code }: ActOnTokenError): Promise<void> {
    if (code === 'signed_out') await this.#lookups.lookAgain();
    else this.#lookups.hint();
  }

  #checkOpen(): void {
    if (this.#closed) throw closed();
  }
}

function noToken(): ActOnTokenError {
  return new ActOnTokenError(
    'no_token_in_proxy_mode',
    'The broker keeps the access token to itself. Use session.fetch(), which goes through it.',
  );
}

/**
 * Each member works without its session, as in core: destructured, passed as a callback, or called
 * through a framework's proxy.
 */
function bindMembers(session: ActOnBrokerSession): void {
  const members = Object.getOwnPropertyDescriptors(ActOnBrokerSession.prototype);
  for (const [name, { value, get }] of Object.entries(members)) {
    if (name !== 'constructor')
      Object.defineProperty(
        session,
        name,
        get ? { get: get.bind(session) } : { value: value.bind(session) },
      );
  }
  // Frameworks that wrap plain objects into proxies leave others alone.
  Object.defineProperty(session, Symbol.toStringTag, { value: 'Session' });
}

/**
 * At run time only: consumers whose library has no `Symbol.asyncDispose` must still be able to use
 * these types.
 */
function attachAsyncDispose(session: Session): void {
  const symbol = (Symbol as { asyncDispose?: symbol }).asyncDispose;
  if (symbol !== undefined)
    Object.defineProperty(session, symbol, { value: () => session.close(), configurable: true });
}

/**
 * The session of a page whose server runs `createBroker()`. Nothing is sent until it is used or
 * subscribed to, and importing or creating it touches no `window`, so that a server may render with
 * it. `authorize()` rejects with `configuration`: use `signIn()`. Being offline never signs a user
 * out. Throws `configuration`, naming the option, for what cannot work.
 *
 * @example
 * export const session = createBrokerSession({ url: '/auth' });
 * <ActOnTokenProvider session={session}>…</ActOnTokenProvider>
 */
export function createBrokerSession(options: BrokerSessionOptions): BrokerSession {
  const checked = checkOptions<BrokerSessionOptions, 'mode' | 'clock'>(
    'createBrokerSession()',
    brokerSessionRules,
    options,
  );
  if (checked.store !== undefined && checked.mode !== 'token')
    throw misconfigured('"store" keeps access tokens, so it needs mode: "token".');
  return new ActOnBrokerSession(checked);
}
