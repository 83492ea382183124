import type { FaultFormat } from '../settings.ts';

/** An error that the gateway answers in place of what stands behind it. */
export interface GatewayError {
  readonly status: number;
  /** `Not Found` and the like. */
  readonly message: string;
  readonly reason: GatewayReason;
  readonly information: string;
  /**
   * When the next request is let through, in epoch milliseconds; `null`: the gateway does not say.
   */
  readonly nextAt: number | null;
}

/** What is wrong with the access token, which limit was reached, or anything else. */
export type GatewayReason = 'no_token' | 'bad_token' | LimitReason | 'other';
/** The limit of grants, the API's of a day, or the API's of a second. */
export type LimitReason = 'grants' | 'quota' | 'burst';

export interface Gateway {
  /** The `WWW-Authenticate` of a 401. */
  challenge(reason: 'no_token' | 'bad_token'): string;
  /** Whether it says when the next request is let through. */
  tellsNext(reason: LimitReason): boolean;
  body(error: GatewayError, format: FaultFormat): { readonly type: string; readonly text: string };
}
