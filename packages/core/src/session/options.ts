import { type Clock, systemClock } from '../clock.ts';
import { misconfigured } from '../errors.ts';
import type { Rules } from '../machine.ts';
import type { TokenStore } from '../store.ts';
import { type TimedStore, timedStore } from '../timed-store.ts';
import type { TokenEndpoint } from '../wire/endpoint.ts';
import { type PoolState, poolState } from './pool-state.ts';
import type { Semaphore } from './semaphore.ts';

export type MaybePromise<T> = T | Promise<T>;

/** User name and password of an Act-On user. */
export interface Credentials {
  username: string;
  password: string;
}

export interface SessionOptions {
  /** The client that talks to Act-On; see `actOnEndpoint`. */
  endpoint: TokenEndpoint;
  /** Names the record: the Act-On user, or your own id for an account that signs in with a code. Compared byte for byte. */
  account: string;
  /** Where the record lives. Everyone who shares the account shares the store. */
  store: TokenStore;
  /** Lets a server sign in by itself. Asked when a grant is needed, before it is claimed; what it gives is never kept. An error that it throws reaches the caller as it is. */
  credentials?: () => MaybePromise<Credentials>;
  /** Milliseconds before expiry at which a refresh in the background starts. Default: ten minutes, or a third of the lifetime if that is less; ±10 % jitter. */
  refreshAhead?: number;
  /** Milliseconds a token must still live to be handed out. Default 30,000. */
  minValidity?: number;
  /** Milliseconds; a token younger than this is not refreshed again, whatever is asked. Default 60,000. */
  minRefreshInterval?: number;
  /** Milliseconds a token is believed to live at most, whatever `expires_in` says. Default 3,600,000. */
  maxLifetime?: number;
  /** Password and code grants per window (ms), some of them reserved for a person. Default `{ limit: 5, window: 3_600_000, reserve: 1 }`, which is Act-On's. */
  grantLimit?: { limit: number; window: number; reserve: number };
  /** After a lost answer: send the same refresh token again, paced, until an answer arrives; or stop and wait for a person. Default `probe`. */
  onUnknown?: 'probe' | 'stop';
  /** Refresh ahead by timer also while nobody asks for a token. Default `false`. */
  autoRefresh?: boolean;
  /** Milliseconds after which a call rejects with `timeout`, while what it started goes on. Default: none beyond the patience that waits for others have. */
  maxWait?: number | undefined;
  /** Gets the promise of every request that a call starts or waits for, for runtimes that stop after the response. It never rejects. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Default: the runtime's own time. */
  clock?: Clock;
}

/** Everything about a session that is settled when it is created and that many sessions may share. */
export interface Environment {
  readonly endpoint: TokenEndpoint;
  readonly store: TimedStore;
  readonly clock: Clock;
  readonly rules: Rules;
  /** Longest that a caller waits for others, in milliseconds. */
  readonly patience: number;
  readonly autoRefresh: boolean;
  /** Longest that a caller waits at all, in milliseconds; Infinity if it set no limit. */
  readonly maxWait: number;
  readonly waitUntil: ((work: Promise<unknown>) => void) | null;
  readonly shared: PoolState;
}

/** Beyond the request timeout: time to claim before it, and to commit after it. */
const leaseBeyondRequest = 20_000;
const margin = 5_000;

/** Throws `configuration`, naming the option, for what cannot work. */
export function environment(options: Omit<SessionOptions, 'account' | 'credentials'>, semaphore: Semaphore | null = null): Environment {
  const { endpoint, store, clock = systemClock } = options;
  if (typeof endpoint?.send !== 'function') throw misconfigured('"endpoint" must be a token endpoint, as actOnEndpoint() makes it.');
  if (typeof store?.swap !== 'function') throw misconfigured('"store" must be a token store, such as memoryStore().');
  const { requestTimeout } = endpoint;
  if (!(requestTimeout > 0 && requestTimeout <= 120_000)) throw misconfigured('"endpoint.requestTimeout" must be at most 120,000 ms.');
  const lease = requestTimeout + leaseBeyondRequest;
  return {
    endpoint,
    store: timedStore(store, clock),
    clock,
    rules: { ...readRules(options), lease, margin: requestTimeout + margin },
    patience: lease + requestTimeout + margin,
    autoRefresh: options.autoRefresh ?? false,
    maxWait: options.maxWait ?? Number.POSITIVE_INFINITY,
    waitUntil: options.waitUntil ?? null,
    shared: poolState(semaphore),
  };
}

function readRules(options: Omit<SessionOptions, 'account' | 'credentials'>): Omit<Rules, 'lease' | 'margin'> {
  const { limit, window, reserve } = options.grantLimit ?? { limit: 5, window: 3_600_000, reserve: 1 };
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 100))
    throw misconfigured('"grantLimit.limit" must be a whole number from 1 to 100.');
  if (!(Number.isInteger(reserve) && reserve >= 0 && reserve <= limit))
    throw misconfigured('"grantLimit.reserve" must be a whole number from 0 to the limit.');
  const onUnknown = options.onUnknown ?? 'probe';
  if (onUnknown !== 'probe' && onUnknown !== 'stop') throw misconfigured('"onUnknown" must be "probe" or "stop".');
  return {
    refreshAhead: options.refreshAhead === undefined ? null : duration('refreshAhead', options.refreshAhead, 0),
    jitter: 0.9 + Math.random() / 5,
    minValidity: duration('minValidity', options.minValidity ?? 30_000, 0),
    minRefreshInterval: duration('minRefreshInterval', options.minRefreshInterval ?? 60_000, 0),
    maxLifetime: duration('maxLifetime', options.maxLifetime ?? 3_600_000, 1_000),
    limit,
    window: duration('grantLimit.window', window, 1_000),
    reserve,
    onUnknown,
  };
}

const aDay = 86_400_000;

/** `value` if it is a number of milliseconds between `least` and a day. */
export function duration(name: string, value: number, least: number): number {
  if (typeof value === 'number' && value >= least && value <= aDay) return value;
  throw misconfigured(`"${name}" must be a number of milliseconds from ${least} to ${aDay}.`);
}
