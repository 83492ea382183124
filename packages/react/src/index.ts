'use client';

export type { ActOnAccount, ActOnToken, ActOnTokenActions } from './binding.ts';
export type { ActOnCallback } from './callback-flow.ts';
export {
  type ExpectCallbackOptions,
  expectCallback,
  type KeptCallback,
  takeExpectedCallback,
} from './expected-callback.ts';
export { ActOnTokenProvider, type ActOnTokenProviderProps } from './provider.ts';
export { ActOnSignedIn, type ActOnSignedInProps } from './signed-in.ts';
export { ActOnTokenSuspense, type ActOnTokenSuspenseProps } from './suspense.ts';
export { useActOnAccount } from './use-act-on-account.ts';
export { useActOnCallback } from './use-act-on-callback.ts';
export { useActOnEvents } from './use-act-on-events.ts';
export { useActOnToken } from './use-act-on-token.ts';
export { type ReadyActOnToken, useActOnTokenReady } from './use-act-on-token-ready.ts';
export { useActOnTokenSelector } from './use-act-on-token-selector.ts';
