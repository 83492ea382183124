import type { SessionOptions } from '@act-on-token/core';

/** Everything that a worker is told. */
export interface Setup {
  /** Which life of which process this is: `node-1.3`. */
  readonly name: string;
  /** The file for its history. */
  readonly diary: string;
  readonly endpoint: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly baseUrl: string;
    readonly requestTimeout: number;
  };
  readonly accounts: readonly { readonly username: string; readonly password: string }[];
  readonly store:
    | { readonly type: 'redis' | 'postgres'; readonly port: number; readonly post: number }
    | { readonly type: 'file'; readonly directory: string };
  /** Takes the comparison of versions out of the store. */
  readonly isStoreBroken: boolean;
  readonly session: Pick<
    SessionOptions,
    'refreshAhead' | 'minValidity' | 'minRefreshInterval' | 'grantLimit'
  >;
  /** Milliseconds between two calls for one account, on average. */
  readonly pause: number;
}
