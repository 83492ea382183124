export type { ListOptions, ListType } from './api/contact-list.ts';
export type { EmulatorClock } from './clock.ts';
export { createEmulator, type Emulator } from './emulator.ts';
export type {
  BodyPatch,
  EventFault,
  Fault,
  FaultEffect,
  FaultedRequest,
  FaultKind,
  FaultTarget,
  OutcomeFault,
  TimingFault,
  When,
} from './faults/fault.ts';
export type { ArmedFault, Faults } from './faults/faults.ts';
export type { Fetch } from './in-process-fetch.ts';
export type { Counters, Traffic } from './ledger/counters.ts';
export type { LedgerEntry } from './ledger/entry.ts';
export type { Ledger } from './ledger/ledger.ts';
export type { ClientOptions, EmulatorOptions, UserOptions } from './options.ts';
export type { Revocation } from './revoke.ts';
export { type ServedEmulator, type ServeOptions, serveEmulator } from './serve.ts';
export type {
  FaultFormat,
  GrantType,
  LimitAnswer,
  LimitKey,
  ProfileName,
  RetryAfterStyle,
  Switches,
  TokenStyle,
} from './settings.ts';
export type { Limit, Slots } from './slots.ts';
export type { ExportedState } from './state.ts';
