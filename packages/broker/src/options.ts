import type {
  Clock,
  MaybePromise,
  SessionOptions,
  TokenEndpoint,
  TokenStore,
} from '@act-on-token/core';
import type { BrokerEvent } from './events.ts';
import type { ActOnAccount } from './identity.ts';
import type { BrokerMode } from './wire.ts';

/** How a broker is set up. Times are milliseconds, sizes bytes. */
export interface BrokerOptions {
  /** The client that talks to Act-On: `actOnEndpoint()`. Its secret stays here. */
  endpoint: TokenEndpoint;
  /** Where records live. All servers of one app share it. */
  store: TokenStore;
  /**
   * The public URL of the callback route, as registered with Act-On's Support, say
   * `https://app.example/auth/callback`. It says what the app's origin is (never the `Host` header)
   * and where the broker is mounted: everything before the last `/`. `https`, or `http` on this
   * machine.
   */
  redirectUri: string;
  /**
   * Seals the cookies: at least 32 characters of chance (`openssl rand -base64 32`). Several,
   * newest first, while keys rotate.
   */
  sessionSecret: string | readonly string[];
  /**
   * What a page gets: no token but a proxy to Act-On's API, or short-lived access tokens. Default
   * `proxy` (RFC 10017 §6.1).
   */
  mode?: BrokerMode | undefined;
  /** Where the broker is mounted, if not next to the callback: `/auth`. */
  basePath?: string | undefined;
  /** Beginnings of the API paths that pages may use. Default `['/api/1/', '/ucl/v2/']`. */
  allowedPaths?: readonly string[] | undefined;
  /** Largest request body that is passed on. Default 400,000,000, which is Act-On's own limit. */
  maxBodySize?: number | undefined;
  /** How long Act-On's API may take to begin its answer. Default 120,000. */
  apiTimeout?: number | undefined;
  /**
   * How long a browser stays signed in without being used. Default 30 days, which is as long as
   * Act-On keeps a refresh token.
   */
  sessionLifetime?: number | undefined;
  /**
   * How long a browser stays signed in at most, used or not: then the person signs in again.
   * Default 30 days.
   */
  maxSessionAge?: number | undefined;
  /**
   * How the cookies are named, after `__Host-Http-`. Default `act-on`. Two brokers on one origin
   * need two names.
   */
  cookieName?: string | undefined;
  /**
   * Who is signed in to your app; `null` for no one. Accounts then belong to that user: a cookie of
   * another one is refused. Without it, the browser that has the cookie is the user.
   */
  user?: ((request: Request) => MaybePromise<string | null>) | undefined;
  /**
   * Names the account's record, at sign-in: at most 200 characters, compared byte for byte. `who`
   * is what Act-On says about the person, `null` if it says nothing. Default: Act-On's account and
   * login, so that all browsers of one Act-On user share one record; a random name if Act-On says
   * nothing.
   */
  account?: ((request: Request, who: ActOnAccount | null) => MaybePromise<string>) | undefined;
  /**
   * Which Act-On account may sign in: its id, or a function that decides. Asked before anything is
   * kept. Default: any.
   */
  expectAccount?:
    | string
    | ((who: ActOnAccount, request: Request) => MaybePromise<boolean>)
    | undefined;
  /** Sent to `/authorize`. Default `PRODUCTION`, as Act-On documents. */
  scope?: string | undefined;
  /** Send a code challenge (RFC 7636, S256). Default `true`. */
  pkce?: boolean | undefined;
  /** The `iss` that the redirect must carry (RFC 9207), if the server is known to send one. */
  issuer?: string | undefined;
  /** How sessions behave; see `createSession`. */
  session?:
    | Pick<
        SessionOptions,
        | 'refreshAhead'
        | 'minValidity'
        | 'minRefreshInterval'
        | 'maxLifetime'
        | 'grantLimit'
        | 'onUnknown'
      >
    | undefined;
  /** Gets every event, for logs and counters. No event carries a secret. */
  onEvent?: ((event: BrokerEvent) => void) | undefined;
  /**
   * Keeps a worker alive until its work is done. For requests that come without a `waitUntil` of
   * their own: see {@link Broker}. Servers need none.
   */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Default: the runtime's own time. */
  clock?: Clock | undefined;
}
