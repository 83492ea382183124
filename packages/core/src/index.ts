// Everything this package promises. What is not named here may change without notice: the machine,
// the record and the session's parts are private, and other packages use only what stands below.
export type { Clock, TimerHandle } from './clock.ts';
export { defineStore, type PlaceAnswer, type StorePlace } from './define-store.ts';
export { ActOnTokenError, type ActOnTokenErrorCode, isActOnTokenError } from './errors.ts';
export { forwardClock } from './forward-clock.ts';
export { accountKey } from './key.ts';
export {
  type CheckedOptions,
  checkOptions,
  type OptionRule,
  type OptionRules,
  type OptionTest,
} from './options.ts';
export { type PollingWatchOptions, pollingWatch } from './polling-watch.ts';
export { createSessionPool, type SessionPool, type SessionPoolOptions } from './pool.ts';
export { type SealingKeys, sealedStore } from './sealed-store.ts';
export type { SessionEvent } from './session/events.ts';
export type {
  AccessTokenOptions,
  Credentials,
  MaybePromise,
  SessionOptions,
} from './session/options.ts';
export { createSession, type Session } from './session/session.ts';
export type { Snapshot } from './session/snapshot.ts';
export type { ReadResult, StoredRecord, SwapResult, TokenStore } from './store.ts';
export {
  type AuthorizationRequest,
  type AuthorizationUrlOptions,
  authorizationUrl,
  type ExpectedCallback,
  readCallback,
} from './wire/authorization.ts';
export type { SessionFetchInit } from './wire/bearer-fetch.ts';
export {
  type ActOnEndpointOptions,
  actOnEndpoint,
  type Fetch,
  type GrantLimit,
  type Region,
  sendGrant,
  type TokenClient,
  type TokenEndpoint,
  tokenEndpoint,
} from './wire/endpoint.ts';
export type {
  AuthorizationCodeGrant,
  Grant,
  PasswordGrant,
  RefreshTokenGrant,
} from './wire/grant.ts';
export {
  type IssuedTokens,
  type Outcome,
  readTokenResponse,
  type TextFields,
  textFields,
} from './wire/token-response.ts';
