import {
  accountKey,
  actOnEndpoint,
  type Credentials,
  createSession,
  createSessionPool,
  isActOnTokenError,
  type Session,
  type SessionOptions,
} from '@act-on-token/core';
import { print } from '../../chaos/record-view.ts';
import { type Held, watchedStore } from '../../chaos/worker/watched-store.ts';
import type { Life } from './life.ts';
import type { Rhythm } from './rhythm.ts';
import { nextCall } from './rhythm.ts';
import { crash, type User, type World } from './world.ts';

/** How the programs on one machine use the library. */
export interface Habits {
  readonly isPool: boolean;
  readonly options: Pick<SessionOptions, 'autoRefresh' | 'refreshAhead' | 'minValidity' | 'onUnknown'>;
  /** Signs in by itself, with what its configuration says. */
  readonly hasCredentials: boolean;
  /** Shows its state to somebody, and so watches the record. */
  readonly isWatching: boolean;
  readonly rhythms: ReadonlyMap<string, Rhythm>;
}

/** Everybody asks once more now and then, to see how things ended. */
const aboutTheEnd: Rhythm = { type: 'steady', every: 600_000 };

/** What runs in a process: sessions, and callers that ask them for tokens, as web requests, jobs and people do. */
export class Program {
  readonly life: Life;
  readonly #world: World;
  readonly #habits: Habits;
  readonly #held = new Map<string, Held>();
  readonly #sessionOf: (account: string) => Session;
  readonly #close: () => Promise<unknown>;
  #calls = 0;
  #isClosing = false;
  endedAt: number | null = null;

  constructor(world: World, life: Life, habits: Habits) {
    this.#world = world;
    this.life = life;
    this.#habits = habits;
    const options = this.#options();
    for (const { name } of world.users) {
      const { issuer, clientId } = options.endpoint;
      this.#held.set(accountKey(issuer, clientId, name), { account: name, claim: null });
    }
    const { sessionOf, close } = habits.isPool ? this.#pool(options) : this.#sessions(options);
    this.#sessionOf = sessionOf;
    this.#close = close;
    if (habits.isWatching) for (const { name } of world.users) sessionOf(name).subscribe(() => {});
    for (const user of world.users) this.#callAgain(user, world.timeline.now);
  }

  /** Callers come by themselves, whether or not the process runs. */
  #callAgain(user: User, since: number): void {
    const { timeline, random, quietFrom } = this.#world;
    const rhythm = timeline.now >= quietFrom ? aboutTheEnd : this.#habits.rhythms.get(user.name);
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

  #ask(user: User): void {
    if (this.#isClosing) return;
    const { callers } = this.#world.random;
    const die = callers.below(100);
    const session = this.#sessionOf(user.name);
    if (die < 4) this.#callApi(session);
    else if (die < 6) this.#giveUp(session, callers.between(1, 20_000));
    else this.#askFor(user, session, die);
  }

  #askFor(user: User, session: Session, die: number): void {
    const { callers } = this.#world.random;
    const options = die < 12 ? { minValidity: callers.between(0, 3_000_000) } : undefined;
    this.#calls += 1;
    const call = this.#calls;
    this.#write({ type: 'asked', account: user.name, call });
    session.getAccessToken(options).then(
      (token) => this.#write({ type: 'got', account: user.name, call, token: print(token) }),
      (error: unknown) => this.#tell(user, call, error),
    );
  }

  /** An error that is not the library's is a defect, and ends the process. */
  #tell(user: User, call: number, error: unknown): void {
    if (!isActOnTokenError(error)) {
      crash(this.#world, this.life, error);
      return;
    }
    const { code, needsGrant, retryAt: wall } = error;
    if (code === 'closed') return;
    const retryAt = wall === null ? null : this.life.toTrue(wall);
    this.#write({ type: 'failed', account: user.name, call, code, needsGrant, retryAt });
    if (needsGrant) this.#world.onNeed(user);
  }

  #callApi(session: Session): void {
    session.fetch('/api/1/account').catch((error: unknown) => {
      const isNetwork = error instanceof TypeError && error.message === 'fetch failed';
      if (!isNetwork && !isActOnTokenError(error)) crash(this.#world, this.life, error);
    });
  }

  #giveUp(session: Session, patience: number): void {
    const abort = new AbortController();
    const { timeline } = this.#world;
    timeline.after(patience, () => this.life.deliver(() => abort.abort('enough')));
    session.getAccessToken({ signal: abort.signal }).catch((error: unknown) => {
      if (error !== 'enough' && !isActOnTokenError(error)) crash(this.#world, this.life, error);
    });
  }

  /** A person signs in here. Whatever the library says is no defect. */
  async authorize(user: User, password: string): Promise<boolean> {
    return this.#personally(() => this.#sessionOf(user.name).authorize({ type: 'password', username: user.name, password }));
  }

  async signOut(user: User): Promise<boolean> {
    return this.#personally(() => this.#sessionOf(user.name).signOut());
  }

  async #personally(act: () => Promise<void>): Promise<boolean> {
    if (this.#isClosing) return false;
    try {
      await act();
      return true;
    } catch (error) {
      if (!isActOnTokenError(error)) crash(this.#world, this.life, error);
      return false;
    }
  }

  /** Ends as it is asked to. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const ended = (): void => {
      this.endedAt = this.#world.timeline.now;
      this.#write({ type: 'closed' });
      this.life.kill();
    };
    this.#close().then(ended, (error: unknown) => crash(this.#world, this.life, error));
  }

  #options(): Omit<SessionOptions, 'account' | 'credentials'> {
    const { life } = this;
    const { server, store, wire, requestTimeout, timeline } = this.#world;
    const { id: clientId, secret: clientSecret } = server.client;
    const byName = (account: string): Held => [...this.#held.values()].find((each) => each.account === account) ?? nobody;
    const heldBy = (form: URLSearchParams): Held => {
      const token = form.get('refresh_token');
      return byName((token === null ? form.get('username') : server.ownerOf(print(token))) ?? '');
    };
    const endpoint = actOnEndpoint({ clientId, clientSecret, requestTimeout, fetch: wire.fetchOf(life, heldBy) });
    const watched = watchedStore(store.handleOf(life), { write: (entry) => this.#write(entry) }, this.#held, () => timeline.now);
    return { ...this.#habits.options, endpoint, store: watched, clock: life.clock };
  }

  #pool(options: Omit<SessionOptions, 'account' | 'credentials'>) {
    const credentials = this.#habits.hasCredentials ? { credentials: (account: string) => this.#credentials(account) } : {};
    const pool = createSessionPool({ ...options, ...credentials, maxConcurrent: 2 });
    pool.on(({ type }, account) => this.#write({ type: 'event', account, event: type }));
    return { sessionOf: (account: string) => pool.get(account), close: () => pool.close() };
  }

  #sessions(options: Omit<SessionOptions, 'account' | 'credentials'>) {
    const sessions = new Map<string, Session>();
    for (const { name: account } of this.#world.users) {
      const credentials = this.#habits.hasCredentials ? { credentials: () => this.#credentials(account) } : {};
      const session = createSession({ ...options, ...credentials, account });
      session.on(({ type }) => this.#write({ type: 'event', account, event: type }));
      sessions.set(account, session);
    }
    const close = () => Promise.all(Array.from(sessions.values(), (session) => session.close()));
    return { sessionOf: (account: string) => sessions.get(account) as Session, close };
  }

  /** From a vault that takes its time. */
  #credentials(account: string): Promise<Credentials> {
    const user = this.#world.users.find(({ name }) => name === account) as User;
    const delay = this.#world.random.programs.below(400);
    return new Promise((resolve) => {
      this.life.clock.setTimeout(() => resolve({ username: user.name, password: user.configured }), delay, true);
    });
  }

  #write(entry: Parameters<World['log']['write']>[1]): void {
    if (this.life.isAlive) this.#world.log.write(this.life.name, entry);
  }
}

const nobody: Held = { account: 'nobody', claim: null };
