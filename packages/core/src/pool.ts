import { systemClock, type TimerHandle } from './clock.ts';
import { aDay, checkOptions, type OptionRules } from './options.ts';
import { Semaphore } from './semaphore.ts';
import { Listeners, type SessionEvent } from './session/events.ts';
import { explain } from './session/messages.ts';
import {
  type Credentials,
  type Environment,
  environment,
  type MaybePromise,
  type SessionOptions,
} from './session/options.ts';
import { ActOnSession, type Session } from './session/session.ts';

/** The options of a session, for all accounts of a pool, and those of the pool itself. */
export interface SessionPoolOptions extends Omit<SessionOptions, 'account' | 'credentials'> {
  /** Lets a server sign in by itself; gets the account. As `credentials` of a session. */
  credentials?: ((account: string) => MaybePromise<Credentials>) | undefined;
  /**
   * How many exchanges with the token endpoint run at once at most; the others take their turn in
   * the order they came. Default 50.
   */
  maxConcurrent?: number | undefined;
  /**
   * Milliseconds after which a session that no call asked for is forgotten, somewhere between once
   * and twice this time. It comes back from the store. Sessions that are listened to or at work
   * stay, and with `autoRefresh` all do. Default 600,000.
   */
  idleAfter?: number | undefined;
}

type PoolOptions = Pick<SessionPoolOptions, 'maxConcurrent' | 'idleAfter'>;

export const poolRules: OptionRules<PoolOptions> = {
  maxConcurrent: [[1, 10_000, true], 50],
  idleAfter: [[1, aDay], 600_000],
};

/** Sessions of many accounts in one process. */
export interface SessionPool {
  /**
   * The session of an account: the same object until it was idle. Throws `configuration` for an
   * empty name, and `closed`.
   */
  get(account: string): Session;
  /**
   * Calls back with every event of every account, and the account it is of. Returns the unsubscribe
   * function.
   */
  on(listener: (event: SessionEvent, account: string) => void): () => void;
  /** How many sessions are held at the moment. */
  readonly size: number;
  /**
   * Closes all sessions; lets commits in flight end, as `close()` of a session does. The store
   * stays open: it is yours.
   */
  close(): Promise<void>;
}

class ActOnSessionPool implements SessionPool {
  readonly #environment: Environment;
  readonly #credentials: SessionPoolOptions['credentials'];
  readonly #idleAfter: number;
  /**
   * Asked for since the last sweep, and not. One who is asked for again moves back; who is still
   * there at the next sweep is forgotten.
   */
  #fresh = new Map<string, ActOnSession>();
  #aging = new Map<string, ActOnSession>();
  #sweep: TimerHandle | null = null;
  #sweptBy = Number.POSITIVE_INFINITY;

  constructor(options: SessionPoolOptions) {
    const { maxConcurrent, idleAfter } = checkOptions<PoolOptions, keyof PoolOptions>(
      'createSessionPool()',
      poolRules,
      options,
    );
    this.#environment = environment(
      options,
      new Semaphore(maxConcurrent, options.clock ?? systemClock),
    );
    this.#idleAfter = idleAfter;
    this.#credentials = options.credentials;
  }

  get size(): number {
    return this.#fresh.size + this.#aging.size;
  }

  get(account: string): Session {
    if (this.#environment.shared.closed) throw explain('closed');
    const known = this.#fresh.get(account);
    if (known !== undefined) return known;
    // In a Worker a timer ends with the request that started it.
    // Stryker disable next-line EqualityOperator: one millisecond makes no difference.
    if (this.#environment.clock.monotonic() > this.#sweptBy) this.#forgetIdle();
    const session = this.#aging.get(account) ?? this.#open(account);
    this.#aging.delete(account);
    this.#fresh.set(account, session);
    this.#sweepLater();
    return session;
  }

  on(listener: (event: SessionEvent, account: string) => void): () => void {
    const { shared } = this.#environment;
    shared.listeners ??= new Listeners();
    return shared.listeners.add(listener);
  }

  async close(): Promise<void> {
    const { shared } = this.#environment;
    shared.closed = true;
    // Stryker disable next-line ConditionalExpression: a clock that is to clear no timer does nothing.
    if (this.#sweep !== null) this.#environment.clock.clearTimeout(this.#sweep);
    const sessions = [...this.#fresh.values(), ...this.#aging.values()];
    // Also those that were forgotten and that a caller went on using.
    await Promise.all([...sessions, ...shared.busy].map((each) => each.close()));
    this.#fresh.clear();
    this.#aging.clear();
  }

  #open(account: string): ActOnSession {
    const credentials = this.#credentials;
    return new ActOnSession(
      this.#environment,
      account,
      credentials && (() => credentials(account)),
    );
  }

  #sweepLater(): void {
    if (this.#sweep !== null || this.#environment.autoRefresh) return;
    const { clock } = this.#environment;
    // Stryker disable next-line ArithmeticOperator: a sweep a second early is within what "idleAfter" promises.
    this.#sweptBy = clock.monotonic() + this.#idleAfter + 1_000;
    this.#sweep = clock.setTimeout(() => this.#forgetIdle(), this.#idleAfter, false);
  }

  #forgetIdle(): void {
    const leftOver = this.#aging;
    this.#aging = this.#fresh;
    this.#fresh = new Map();
    for (const [account, session] of leftOver)
      if (!ActOnSession.isIdle(session)) this.#aging.set(account, session);
    // Stryker disable next-line ConditionalExpression: a clock that is to clear no timer does nothing.
    if (this.#sweep !== null) this.#environment.clock.clearTimeout(this.#sweep);
    this.#sweep = null;
    if (this.size > 0) this.#sweepLater();
  }
}

/**
 * Sessions of any number of Act-On accounts in one process: made when they are asked for, forgotten
 * when no one uses them, with so many token requests at once in all. Throws `configuration`, naming
 * the option, for what cannot work.
 *
 * @example
 * const pool = createSessionPool({ endpoint, store: redisStore(redis) });
 * const response = await pool.get(customer.actOnUser).fetch('/api/1/list?listingtype=CONTACT_LIST');
 */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  return new ActOnSessionPool(options);
}
