// The browser's side. What is not named here may change without notice.
export {
  type BrokerSession,
  type BrokerSessionOptions,
  createBrokerSession,
} from './client/broker-session.ts';
export type { BrokerSnapshot } from './client/snapshots.ts';
export type { BrokerAccount, BrokerMode } from './wire.ts';
