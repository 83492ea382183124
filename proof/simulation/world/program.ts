import {
  accountKey,
  actOnEndpoint,
  createSession,
  createSessionPool,
  type Grant,
  isActOnTokenError,
  type Session,
  type SessionEvent,
  type SessionOptions,
} from '@act-on-token/core';
import { type Held, watchedStore } from '../../chaos/worker/watched-store.ts';
import { print } from '../../judge/record-view.ts';
import { Callers, type Host, isAllowed, patienceOf } from './callers.ts';
import type { Life } from './life.ts';
import { Listeners } from './listeners.ts';
import { newerProgram } from './newer-program.ts';
import type { Rhythm } from './rhythm.ts';
import { nextCall } from './rhythm.ts';
import { Vault } from './vault.ts';
import { crash, type User, type World } from './world.ts';

/** How the programs on one machine use the library. */
export interface Habits {
  readonly isPool: boolean;
  readonly options: Pick<
    SessionOptions,
    'autoRefresh' | 'refreshAhead' | 'minValidity' | 'minRefreshInterval' | 'onUnknown'
  >;
  readonly requestTimeout: number;
  /** Signs in by itself, with what its configuration says. */
  readonly hasCredentials: boolean;
  /** Shows its state to somebody, and so watches the record. */
  readonly isWatching: boolean;
  /** Runs where everything that belongs to a request ends with it. */
  readonly isWorker: boolean;
  readonly hasWaitUntil: boolean;
  /** Writes fields into the record that the library of other programs does not know. */
  readonly isNewer: boolean;
  readonly rhythms: ReadonlyMap<string, Rhythm>;
}

/** Everybody asks once more now and then, to see how things ended. */
const aboutTheEnd: Rhythm = { type: 'steady', every: 600_000 };
/** How long a session that was closed is watched: whether it really does nothing any more. */
const afterlife = 3_600_000;
const storeCalls = 20_000;
/** A call of the store that is under way when a session is closed may have its time. */
const longestCall = 4_000;
/** Tries what the store did not take for a lease. */
const mostToClose = 15_000;

/**
 * What runs in a process: sessions, and callers that ask them for tokens, as web requests, jobs and
 * people do.
 */
export class Program implements Host {
  readonly life: Life;
  readonly vault: Vault;
  readonly habits: Habits;
  readonly listeners: Listeners | null;
  readonly #world: World;
  readonly #callers: Callers;
  readonly #held = new Map<string, Held>();
  readonly #sessionOf: (account: string) => Session;
  readonly #close: () => Promise<unknown>;
  endedAt: number | null = null;

  constructor(world: World, life: Life, habits: Habits) {
    this.#world = world;
    this.life = life;
    this.habits = habits;
    this.vault = new Vault(world.timeline, life, () => world.random.programs.below(400));
    this.#callers = new Callers(world, this);
    const options = this.#options();
    for (const { name } of world.users) {
      const { issuer, clientId } = options.endpoint;
      this.#held.set(accountKey(issuer, clientId, name), { account: name, claim: null });
    }
    const { sessionOf, close } = habits.isPool ? this.#pool(options) : this.#sessions(options);
    this.#sessionOf = sessionOf;
    this.#close = close;
    this.listeners = habits.isWatching ? new Listeners(world, life, this.vault, sessionOf) : null;
    for (const user of world.users) this.#callAgain(user, world.timeline.now);
  }

  get isWorker(): boolean {
    return this.habits.isWorker;
  }

  get hasWaitUntil(): boolean {
    return this.habits.hasWaitUntil;
  }

  sessionOf(account: string): Session {
    return this.#sessionOf(account);
  }

  /** Callers come by themselves, whether or not the process runs. */
  #callAgain(user: User, since: number): void {
    const { timeline, random, quietFrom } = this.#world;
    const rhythm = timeline.now >= quietFrom ? aboutTheEnd : this.habits.rhythms.get(user.name);
    if (rhythm === undefined) return;
    const { at, calls } = nextCall(rhythm, since, random.callers);
    const isEarlyEnough = timeline.now >= quietFrom || at < quietFrom;
    timeline.at(isEarlyEnough ? at : quietFrom, () => {
      if (!this.life.isAlive || this.#isClosing) return;
      if (this.life.runs) for (let call = 0; call < calls; call += 1) this.#ask(user);
      else this.life.deliver(() => this.#ask(user));
      this.#callAgain(user, timeline.now);
    });
  }

  get #isClosing(): boolean {
    return this.life.closingAt !== null;
  }

  #ask(user: User): void {
    if (!this.#isClosing) this.#callers.ask(user);
  }

  /** A person signs in here. */
  async authorize(user: User, grant: Grant, signal?: AbortSignal): Promise<boolean> {
    const bound = 2 * patienceOf(this.life) + storeCalls;
    return this.#personally(user, 'authorize()', bound, () =>
      this.#sessionOf(user.name).authorize(grant, signal === undefined ? {} : { signal }),
    );
  }

  async signOut(user: User): Promise<boolean> {
    return this.#personally(user, 'signOut()', 60_000, () => this.#sessionOf(user.name).signOut());
  }

  async #personally(
    user: User,
    what: string,
    bound: number,
    act: () => Promise<void>,
  ): Promise<boolean> {
    if (this.#isClosing) return false;
    const done = act();
    this.#world.watchdog.settles(
      this.life,
      user.name,
      what,
      bound,
      done,
      'calls that settle within their bound',
    );
    try {
      await done;
      return true;
    } catch (error) {
      if (error !== 'enough' && !isAllowed(error)) crash(this.#world, this.life, error);
      return false;
    }
  }

  /** Ends as it is asked to. */
  close(): void {
    if (this.#isClosing) return;
    const { timeline, watchdog } = this.#world;
    this.life.closingAt = timeline.now;
    const closed = this.#close();
    watchdog.settles(
      this.life,
      'all',
      'close()',
      this.life.lease + mostToClose,
      closed,
      'closes that settle',
    );
    closed.then(
      () => this.#ended(),
      (error: unknown) => crash(this.#world, this.life, error),
    );
  }

  /** It goes on running for a while, as a program may whose sessions are only a part of it. */
  #ended(): void {
    const { timeline, watchdog, users } = this.#world;
    this.endedAt = timeline.now;
    this.life.closedAt = timeline.now;
    this.#write({ type: 'closed' });
    const find = (story: string): void =>
      watchdog.find('closedIsStill', null, `${this.life.name}: ${story}`);
    if (!this.habits.isPool) {
      for (const { name } of users) {
        const session = this.#sessionOf(name);
        if (session.currentAccessToken() !== undefined) find('a closed session still has a token');
        session.getAccessToken().then(
          () => find('a closed session hands out a token'),
          (error: unknown) =>
            isActOnTokenError(error, 'closed') || find(`a closed session answers ${error}`),
        );
      }
    }
    timeline.after(longestCall, () => {
      if (!this.life.isAlive) return;
      watchdog.count('closed sessions that stay still');
      if (this.#callers.waiting > 0)
        find(`${this.#callers.waiting} callers never heard of close()`);
      if (this.life.runs && this.life.pendingTimers > 0)
        find(`${this.life.pendingTimers} timers would keep the process alive`);
    });
    timeline.after(afterlife, () => this.life.kill());
  }

  #options(): Omit<SessionOptions, 'account' | 'credentials'> {
    const { life } = this;
    const { server, store, wire, timeline } = this.#world;
    const { id: clientId, secret: clientSecret } = server.client;
    const byName = (account: string): Held =>
      [...this.#held.values()].find((each) => each.account === account) ?? nobody;
    const heldBy = (form: URLSearchParams): Held => {
      const token = form.get('refresh_token') ?? form.get('code');
      return byName((token === null ? form.get('username') : server.ownerOf(print(token))) ?? '');
    };
    const { requestTimeout } = life;
    const endpoint = actOnEndpoint({
      clientId,
      clientSecret,
      requestTimeout,
      fetch: wire.fetchOf(life, heldBy),
    });
    const handle = store.handleOf(life);
    const own = this.habits.isNewer ? newerProgram(handle) : handle;
    const watched = watchedStore(
      own,
      { write: (entry) => this.#write(entry) },
      this.#held,
      () => timeline.now,
    );
    return { ...this.habits.options, endpoint, store: watched, clock: life.clock };
  }

  #pool(options: Omit<SessionOptions, 'account' | 'credentials'>) {
    const credentials = this.habits.hasCredentials
      ? { credentials: (account: string) => this.#credentials(account) }
      : {};
    const pool = createSessionPool({ ...options, ...credentials, maxConcurrent: 2 });
    pool.on((event, account) => this.#write({ type: 'event', account, event: nameOf(event) }));
    pool.on(() => this.vault.perhapsThrow());
    return { sessionOf: (account: string) => pool.get(account), close: () => pool.close() };
  }

  #sessions(options: Omit<SessionOptions, 'account' | 'credentials'>) {
    const sessions = new Map<string, Session>();
    for (const { name: account } of this.#world.users) {
      const credentials = this.habits.hasCredentials
        ? { credentials: () => this.#credentials(account) }
        : {};
      const session = createSession({ ...options, ...credentials, account });
      session.on((event) => this.#write({ type: 'event', account, event: nameOf(event) }));
      sessions.set(account, session);
    }
    const close = () => Promise.all(Array.from(sessions.values(), (session) => session.close()));
    return { sessionOf: (account: string) => sessions.get(account) as Session, close };
  }

  #credentials(account: string) {
    return this.vault.credentials(this.#world.users.find(({ name }) => name === account) as User);
  }

  #write(entry: Parameters<World['log']['write']>[1]): void {
    if (this.life.isAlive) this.#world.log.write(this.life.name, entry);
  }
}

/** A pair that is given up at close is lost, and that is told. */
const nameOf = (event: SessionEvent): string =>
  event.type === 'unsaved' && event.lost ? 'lost' : event.type;

const nobody: Held = { account: 'none', claim: null };
