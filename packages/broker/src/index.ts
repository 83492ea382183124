// The server's side. What is not named here may change without notice.
export { type Broker, createBroker } from './broker.ts';
export type { BrokerEvent } from './events.ts';
export type { ActOnAccount } from './identity.ts';
export type { BrokerOptions } from './options.ts';
export type {
  RequestLike,
  ResponseCookie,
  ServerSession,
  ServerSessionOptions,
} from './server-session.ts';
export type {
  BrokerAccount,
  BrokerMode,
  BrokerRefusal,
  ErrorAnswer,
  SessionAnswer,
  TokenAnswer,
  TokenRequest,
  WireError,
  WireSnapshot,
} from './wire.ts';
