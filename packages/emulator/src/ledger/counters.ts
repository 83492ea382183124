import type { GrantType } from '../settings.ts';
import type { Slots } from '../slots.ts';

/**
 * What was counted since the start or the last reset, as plain data; a snapshot that does not
 * change any more.
 */
export interface Counters {
  readonly requests: number;
  /**
   * Token requests by grant type: how many came in, and how many were given a pair, delivered or
   * not.
   */
  readonly grants: Readonly<Record<GrantType, { readonly sent: number; readonly granted: number }>>;
  /**
   * What is left of the grant limit now, by key, such as `test-client marketer@example.test`. A
   * user who is not known shows as `unknown user 1`.
   */
  readonly attempts: Readonly<Record<string, Slots>>;
  /** Refreshes with a refresh token that was already spent, refused or (within the overlap) not. */
  readonly replays: number;
  /** Requests with a secret in their URL. */
  readonly secretsInUrl: number;
  /**
   * How often each refresh token came in, and how many times at once at most, by its label in the
   * entries.
   */
  readonly refreshTokens: Readonly<Record<string, Traffic>>;
  /** The most requests that were under way at once with one and the same refresh token. */
  readonly parallelRefreshes: number;
  /** The most token requests that were under way at once: in all, and by client and user. */
  readonly concurrentTokenRequests: {
    readonly peak: number;
    readonly byAccount: Readonly<Record<string, number>>;
  };
  /** Requests to `/api`, how many of them were answered 401, and messages sent. */
  readonly apiCalls: number;
  readonly api401s: number;
  readonly sends: number;
  /** Redirects to another origin that an in-process caller followed. Over HTTP they go unseen. */
  readonly redirectsFollowed: number;
}

export interface Traffic {
  readonly sent: number;
  readonly peak: number;
}

/** Counts what is under way at once. */
export interface Gauge {
  enter(): void;
  leave(): void;
  read(): Traffic;
}

export function createGauge(): Gauge {
  let inside = 0;
  let sent = 0;
  let peak = 0;
  return {
    enter() {
      sent += 1;
      inside += 1;
      peak = Math.max(peak, inside);
    },
    leave() {
      inside -= 1;
    },
    read: () => ({ sent, peak }),
  };
}

/**
 * Names values in the order in which they are first seen, so that a reader can distinguish them
 * without seeing them.
 */
export function createLabels(): (kind: string, value: string) => string {
  const byKind = new Map<string, Map<string, string>>();
  return (kind, value) => {
    const labels = byKind.get(kind) ?? new Map<string, string>();
    byKind.set(kind, labels);
    const label = labels.get(value) ?? `${kind} ${labels.size + 1}`;
    labels.set(value, label);
    return label;
  };
}
