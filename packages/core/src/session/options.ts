import type { Clock } from '../clock.ts';
import { endOfUnknown, type Rules } from '../machine.ts';
import { aClock, aDay, aStore, checkOption, checkOptions, type OptionRules } from '../options.ts';
import type { Semaphore } from '../semaphore.ts';
import type { TokenStore } from '../store.ts';
import { type TimedStore, timedStore } from '../timed-store.ts';
import type { GrantLimit, TokenEndpoint } from '../wire/endpoint.ts';
import { type PoolState, poolState } from './pool-state.ts';

export type MaybePromise<T> = T | Promise<T>;

/** User name and password of an Act-On user. */
export interface Credentials {
  username: string;
  password: string;
}

export interface SessionOptions {
  /** The client that talks to the server; see `actOnEndpoint`. */
  endpoint: TokenEndpoint;
  /**
   * Names the record: the Act-On user, or your own id for an account that signs in with a code.
   * Compared byte for byte.
   */
  account: string;
  /** Where the record lives. Everyone who shares the account shares the store. */
  store: TokenStore;
  /**
   * Lets a server sign in by itself. Asked when a grant is needed, before it is claimed; what it
   * gives is never kept. An error that it throws reaches the caller as it is.
   */
  credentials?: (() => MaybePromise<Credentials>) | undefined;
  /**
   * Milliseconds before expiry at which a refresh in the background starts. Default: ten minutes,
   * or a third of the lifetime if that is less; ±10 % jitter.
   */
  refreshAhead?: number | undefined;
  /** Milliseconds a token must still live to be handed out. Default 30,000. */
  minValidity?: number | undefined;
  /**
   * Milliseconds; a token younger than this is not refreshed again, whatever is asked. Default
   * 60,000.
   */
  minRefreshInterval?: number | undefined;
  /**
   * Milliseconds a token is believed to live at most, whatever `expires_in` says. Default
   * 3,600,000.
   */
  maxLifetime?: number | undefined;
  /**
   * Password and code grants per window (ms), some of them reserved for a person. Default: the
   * endpoint's; `actOnEndpoint()` has Act-On's `{ limit: 5, window: 3_600_000, reserve: 1 }`.
   */
  grantLimit?: GrantLimit | undefined;
  /**
   * After a lost answer: send the same refresh token again, paced, until an answer arrives; or stop
   * and wait for a person. Default `probe`.
   */
  onUnknown?: 'probe' | 'stop' | undefined;
  /** Refresh ahead by timer also while no call asks for a token. Default `false`. */
  autoRefresh?: boolean | undefined;
  /**
   * Milliseconds that a caller waits for a token at most, from 0 to a day. Default: as long as the
   * session itself waits.
   */
  maxWait?: number | undefined;
  /**
   * Gets the promises of work that goes on in the background, for runtimes that stop after the
   * response. They never reject.
   */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Default: the runtime's own time. */
  clock?: Clock | undefined;
}

export interface AccessTokenOptions {
  /** Milliseconds the token must still live. Default: the session's `minValidity`. */
  minValidity?: number | undefined;
  /**
   * The access token that the API just refused with 401: it is replaced, if it still is the current
   * one and not brand new.
   */
  rejected?: string | undefined;
  /** Ends this wait only; what others wait for goes on. Rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds after which this call rejects with `timeout`, while the refresh goes on. Default:
   * the session's `maxWait`.
   */
  maxWait?: number | undefined;
  /**
   * Gets the promise of every request that this call starts or waits for, for runtimes that stop
   * after the response. It never rejects and always settles. Default: the session's `waitUntil`.
   */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

/**
 * Everything about a session that is settled when it is created and that many sessions may share.
 */
export interface Environment {
  readonly endpoint: TokenEndpoint;
  readonly store: TimedStore;
  readonly clock: Clock;
  readonly rules: Rules;
  /** Longest that a caller waits for others, in milliseconds. */
  readonly patience: number;
  /** Longest that a caller waits for a token, in milliseconds; `Infinity` unless it was given. */
  readonly maxWait: number;
  readonly waitUntil: ((work: Promise<unknown>) => void) | null;
  readonly autoRefresh: boolean;
  readonly shared: PoolState;
}

/** Beyond the request timeout: time to claim before it, and to commit after it. */
const leaseBeyondRequest = 20_000;
const margin = 5_000;

export const sessionRules: OptionRules<SessionOptions> = {
  endpoint: ['send fingerprint fetch', null, 'a token endpoint, as actOnEndpoint() makes it'],
  account: ['text', null],
  store: aStore,
  credentials: ['function', undefined, 'a function that returns { username, password }'],
  refreshAhead: [[0, aDay]],
  minValidity: [[0, aDay], 30_000],
  minRefreshInterval: [[0, aDay], 60_000],
  maxLifetime: [[1_000, aDay], 3_600_000],
  grantLimit: ['object'],
  onUnknown: [['probe', 'stop'], 'probe'],
  autoRefresh: ['boolean', false],
  maxWait: [[0, aDay]],
  waitUntil: ['function'],
  clock: aClock,
};

export const grantLimitRules: OptionRules<GrantLimit> = {
  limit: [[1, 100, true], null],
  window: [[1_000, aDay], null],
  reserve: [[0, 100, true], null],
};

export const callRules: OptionRules<AccessTokenOptions> = {
  minValidity: [[0, aDay]],
  rejected: ['string'],
  signal: ['addEventListener removeEventListener', undefined, 'an AbortSignal'],
  maxWait: [[0, aDay]],
  waitUntil: ['function'],
};

type Defaulted =
  | 'minValidity'
  | 'minRefreshInterval'
  | 'maxLifetime'
  | 'onUnknown'
  | 'autoRefresh'
  | 'clock';

/**
 * Throws `configuration`, naming the option, for what cannot work. Without a semaphore it is one
 * session, which needs an account.
 */
export function environment(
  options: Omit<SessionOptions, 'account' | 'credentials'>,
  semaphore: Semaphore | null = null,
): Environment {
  const all = (semaphore === null ? options : { ...options, account: 'each' }) as SessionOptions;
  const checked = checkOptions<SessionOptions, Defaulted>('createSession()', sessionRules, all);
  const {
    endpoint,
    store,
    clock,
    waitUntil = null,
    maxWait = Number.POSITIVE_INFINITY,
    refreshAhead = null,
  } = checked;
  const { minValidity, minRefreshInterval, maxLifetime, onUnknown, autoRefresh } = checked;
  const { limit, window, reserve } = checkOptions(
    '"grantLimit"',
    grantLimitRules,
    // What bounds a program in a loop where the server has no limit.
    checked.grantLimit ?? endpoint.grantLimit,
    'grantLimit.',
  );
  checkOption('grantLimit.reserve', [[0, limit, true]], reserve);
  const { requestTimeout } = endpoint;
  checkOption('endpoint.requestTimeout', [[1, 120_000], null], requestTimeout);
  const lease = requestTimeout + leaseBeyondRequest;
  const jitter = 0.9 + Math.random() / 5;
  return {
    endpoint,
    store: timedStore(store, clock),
    clock,
    rules: {
      minValidity,
      refreshAhead,
      jitter,
      minRefreshInterval,
      maxLifetime,
      limit,
      window,
      reserve,
      onUnknown,
      // Without one no age is too high: comparisons with nothing are false.
      endOfUnknown: { ...endOfUnknown, age: endpoint.refreshTokenIdle as number },
      lease,
      margin: requestTimeout + margin,
    },
    patience: lease + requestTimeout + margin,
    maxWait,
    waitUntil,
    autoRefresh,
    shared: poolState(semaphore),
  };
}

/** `value` if it is a number of milliseconds between `least` and a day. */
export function duration(name: string, value: number, least: number): number {
  return checkOption(name, [[least, aDay], null], value) as number;
}
