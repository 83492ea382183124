'use client';

export type { ActOnToken, ActOnTokenActions } from './binding.ts';
export type { ActOnCallback } from './callback-flow.ts';
export { expectCallback, takeExpectedCallback } from './expected-callback.ts';
export { ActOnTokenProvider, type ActOnTokenProviderProps } from './provider.ts';
export { ActOnTokenSuspense, type ActOnTokenSuspenseProps } from './suspense.ts';
export { useActOnCallback } from './use-act-on-callback.ts';
export { useActOnToken } from './use-act-on-token.ts';
export { type ReadyActOnToken, useActOnTokenReady } from './use-act-on-token-ready.ts';
export { useActOnTokenSelector } from './use-act-on-token-selector.ts';
