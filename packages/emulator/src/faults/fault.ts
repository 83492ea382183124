import type { RouteName } from '../received-request.ts';
import type { Revocation } from '../revoke.ts';
import type { GrantType } from '../settings.ts';

/** Something that goes wrong on the way. See `Faults.arm`. */
export type Fault = FaultTarget & FaultEffect;
export type FaultKind = FaultEffect['kind'];

/** Which requests a fault strikes. */
export interface FaultTarget {
  route: Exclude<RouteName, 'other'>;
  /** Only token requests of this grant type. */
  grantType?: GrantType | undefined;
  /** Only requests that have these members, or for which this is true. */
  match?: Partial<FaultedRequest> | ((request: FaultedRequest) => boolean) | undefined;
  /** How many requests it strikes; `Infinity`: until it is disarmed. 1. */
  times?: number | undefined;
}

/** What a `match` may look at. */
export interface FaultedRequest {
  readonly method: string;
  readonly path: string;
  readonly grantType: GrantType | null;
  readonly client: string | null;
  readonly user: string | null;
}

/**
 * Before Act-On has worked on the request, or after: then a refresh token is spent although the
 * client does not learn it.
 */
export type When = 'before' | 'after';

export type FaultEffect = TimingFault | EventFault | OutcomeFault;

/** These make a request wait. One that meets several waits for all of them. */
export type TimingFault =
  | {
      kind: 'delay' /** Milliseconds, by a real timer. */;
      ms: number /** `'before'` by default. */;
      when?: When;
    }
  | { kind: 'hold' /** `'before'` by default. */; when?: When };

/**
 * These happen while a request is on its way, which goes on. One that meets several meets all of
 * them.
 */
export type EventFault =
  /** Act-On's clock jumps by `ms` milliseconds, back if they are negative. */
  | { kind: 'clock_jump'; ms: number /** `'before'` by default. */; when?: When }
  /**
   * Someone takes tokens back: all of the client and user that the request is from, or what `what`
   * says.
   */
  | { kind: 'revoke'; what?: Revocation /** `'before'` by default. */; when?: When };

/**
 * These decide what the client sees. A request meets the one that was armed first; the others wait
 * for the next.
 */
export type OutcomeFault =
  /** The connection is cut and nothing was done. */
  | { kind: 'drop_before' }
  /** Everything was done and the connection is cut. */
  | { kind: 'drop_after' }
  /**
   * Everything was done and half the body arrives: as a whole answer (`'body'`, the default), or
   * because the connection breaks.
   */
  | { kind: 'truncate'; cut?: 'body' | 'connection' }
  /** Any status, with a body from the gateway (`'json'`, the default) or a page. */
  | { kind: 'status'; status: number; body?: 'json' | 'html'; when?: When }
  /**
   * 429. A number is sent as seconds, a date as an HTTP-date, a text as it is; by default there is
   * no `Retry-After`.
   */
  | { kind: 'too_many_requests'; retryAfter?: number | Date | string }
  /**
   * Another body in place of a success: this text, these members (`undefined` takes one away), or
   * what the function makes of the good one. `without` names members to take away, for those who
   * cannot write `undefined`.
   */
  | {
      kind: 'bad_body';
      body: string | BodyPatch | ((good: BodyPatch) => string | BodyPatch);
      without?: readonly string[];
    }
  /** The good body under another `Content-Type`. `'text/plain'`. */
  | { kind: 'wrong_content_type'; contentType?: string }
  /** Another status and a `Location`. 307 to `https://elsewhere.example`, same path. */
  | { kind: 'redirect'; location?: string; status?: 301 | 302 | 303 | 307 | 308; when?: When }
  /** The API's 401, as if the token had not reached this replica yet. */
  | { kind: 'unauthorized' };

export type BodyPatch = Readonly<Record<string, unknown>>;

export function isOutcome(effect: FaultEffect): effect is OutcomeFault {
  return !['delay', 'hold', 'clock_jump', 'revoke'].includes(effect.kind);
}

/** When a fault takes its turn. */
export function whenOf(fault: FaultEffect): When {
  if (
    fault.kind === 'drop_before' ||
    fault.kind === 'too_many_requests' ||
    fault.kind === 'unauthorized'
  )
    return 'before';
  if (
    fault.kind === 'drop_after' ||
    fault.kind === 'truncate' ||
    fault.kind === 'bad_body' ||
    fault.kind === 'wrong_content_type'
  )
    return 'after';
  return fault.when ?? 'before';
}
