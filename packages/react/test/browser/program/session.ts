import { actOnEndpoint, authorizationUrl, createSession, type Session } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { memoryStore } from '@act-on-token/memory';
import { expectCallback } from '@act-on-token/react';

/** What the site writes into its pages. */
export interface ActOn {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
  readonly username: string;
}

declare global {
  /** Only in a browser. */
  var actOnOfPage: ActOn | undefined;
}

const isBrowser = globalThis.actOnOfPage !== undefined;
const actOn: ActOn = globalThis.actOnOfPage ?? {
  clientId: 'x',
  clientSecret: 'x',
  baseUrl: 'http://127.0.0.1:1',
  username: 'x',
};

/**
 * One module for both sides, as in every app that a server renders: there it is made too, and never
 * used.
 */
export const session: Session = createSession({
  endpoint: actOnEndpoint({ ...actOn, dangerouslyAllowBrowser: true }),
  account: actOn.username,
  store: isBrowser ? indexedDbStore() : memoryStore(),
});

export async function signIn(): Promise<void> {
  const { clientId, baseUrl } = actOn;
  const request = await authorizationUrl({
    clientId,
    baseUrl,
    redirectUri: `${location.origin}/callback`,
  });
  expectCallback(request);
  location.assign(request.url);
}
