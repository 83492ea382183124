'use client';

export type { ActOnToken, ActOnTokenActions } from './binding.ts';
export { ActOnTokenProvider, type ActOnTokenProviderProps } from './provider.ts';
export { useActOnToken } from './use-act-on-token.ts';
export { useActOnTokenSelector } from './use-act-on-token-selector.ts';
