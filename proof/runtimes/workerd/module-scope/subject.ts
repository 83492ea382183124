/** What a worker makes at module scope for one case, before any request comes. */
export interface SubjectSettings {
  readonly kind: 'session' | 'pool' | 'broker';
  /** An Act-On outside of the worker. */
  readonly actOn: {
    readonly url: string;
    readonly client: { readonly id: string; readonly secret: string };
    readonly user: { readonly username: string; readonly password: string };
  };
  /**
   * Where a store is that is reached over the network; `null`: the records are kept at module
   * scope, too.
   */
  readonly store: string | null;
  /** The session itself is given the `waitUntil` of the request that is served. */
  readonly waitsForAll: boolean;
  readonly requestTimeout: number;
}

/** What one request asks of its worker. */
export interface Order {
  readonly do: 'token' | 'fetch' | 'ready' | 'authorize' | 'signOut' | 'size' | 'pass' | 'leave';
  /** An account other than the case's own. */
  readonly account?: string;
  /** The call is given `waitUntil`. */
  readonly waitUntil?: boolean;
  /** The caller leaves when another request has the order `leave`. */
  readonly leaves?: boolean;
  readonly method?: string;
  /** By how much time moves on, for `pass`. */
  readonly milliseconds?: number;
}

/** What became of it. */
export interface Reply {
  readonly value?: string | number | null | undefined;
  /** The error's code, or else its name. */
  readonly error?: string;
  readonly message?: string;
  /** When to ask again, in the worker's time; how long that is from now. */
  readonly retryAfter?: number | null;
}

export const appOrigin = 'https://app.example';
export const redirectUri: string = `${appOrigin}/auth/callback`;
/** Names the case that a request is about. */
export const caseHeader = 'x-case';
/** The broker is given the `waitUntil` of this request. */
export const waitUntilHeader = 'x-wait-until';
