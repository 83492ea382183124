import {
  type Broker,
  type BrokerEvent,
  type BrokerOptions,
  createBroker,
} from '@act-on-token/broker';
import {
  actOnEndpoint,
  type Clock,
  type Fetch,
  type TokenEndpoint,
  type TokenStore,
} from '@act-on-token/core';
import { createEmulator, type Emulator, type EmulatorOptions } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { vi } from 'vitest';
import { appOrigin, type Browser, createBrowser, type Handler } from './browser.ts';

/**
 * For machines that have other things to do: these tests wait for conditions, so a long time costs
 * nothing.
 */
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

export const redirectUri: string = `${appOrigin}/auth/callback`;
export const sessionSecret = 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw';
export const ada: { username: string; password: string } = {
  username: 'ada@example.test',
  password: "ada's password",
};
export const bob: { username: string; password: string } = {
  username: 'bob@example.test',
  password: "bob's password",
};

export interface World {
  readonly emulator: Emulator;
  readonly endpoint: TokenEndpoint;
  readonly store: TokenStore;
  readonly broker: Broker;
  /** What all brokers of this world told. */
  readonly events: BrokerEvent[];
  /** Of the store, of Act-On and of the brokers: all go by it. */
  readonly clock: Clock;
  pass(milliseconds: number): void;
  /** A browser that knows nothing yet. */
  browser(broker?: Broker | Handler): Browser;
  /** Another broker of the same app, as on another server, with other options if need be. */
  another(options?: Partial<BrokerOptions>): Broker;
  /** Signs a browser in, through Act-On, as this user. */
  signIn(browser: Browser, user?: { username: string }): Promise<void>;
  /** A new browser that is signed in. */
  signedIn(user?: { username: string }): Promise<Browser>;
}

/**
 * Answers a request to Act-On in the emulator's place, or leaves it to the emulator with `null`.
 */
export type Instead = (request: Request) => Response | null | Promise<Response | null>;

/**
 * An app with a broker, an Act-On that knows Ada and Bob, and browsers. Everybody says Yes there,
 * at once.
 */
export function createWorld(
  options: Partial<BrokerOptions> = {},
  actOn: EmulatorOptions = {},
  instead: Instead = () => null,
): World {
  let passed = 0;
  const now = (): number => Date.now() + passed;
  const clock: Clock = {
    now,
    monotonic: () => performance.now() + passed,
    setTimeout: (callback, delay) => setTimeout(callback, delay),
    clearTimeout: (timer) => clearTimeout(timer as number),
  };
  const emulator = createEmulator({
    redirectUris: [redirectUri],
    users: [ada, bob],
    autoConsent: ada.username,
    apiLimits: null,
    now,
    ...actOn,
  });
  const { client } = emulator;
  const fetch: Fetch = async (input, init) => {
    const isApi = new URL(input instanceof Request ? input.url : input).pathname.startsWith(
      '/api/',
    );
    const request = isApi ? new Request(input, init) : null;
    const answer = request && (await instead(request));
    return answer ?? (request === null ? emulator.fetch(input, init) : emulator.fetch(request));
  };
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl: 'http://127.0.0.1:8400',
    fetch,
  });
  const store = options.store ?? memoryStore({ now });
  const events: BrokerEvent[] = [];
  const onEvent = (event: BrokerEvent): void => void events.push(event);
  const another = (more: Partial<BrokerOptions> = {}): Broker =>
    createBroker({
      endpoint,
      store,
      redirectUri,
      sessionSecret,
      onEvent,
      clock,
      ...options,
      ...more,
    });
  const broker = another();
  const browser = (of: Broker | Handler = broker): Browser =>
    createBrowser(of, (url) => emulator.fetch(url, { redirect: 'manual' }));
  const signIn: World['signIn'] = async (each, user = ada) => {
    emulator.configure({ autoConsent: user.username });
    const page = await each.open('/auth/login?returnTo=/lists&another=1');
    if (page.url !== `${appOrigin}/lists`)
      throw new Error(`The sign-in ended at ${page.url}: ${page.text}`);
  };
  const pass = (milliseconds: number): void => {
    passed += milliseconds;
  };
  const signedIn = async (user = ada): Promise<Browser> => {
    const fresh = browser();
    await signIn(fresh, user);
    return fresh;
  };
  return {
    emulator,
    endpoint,
    store,
    broker,
    events,
    clock,
    pass,
    browser,
    another,
    signIn,
    signedIn,
  };
}

/** Takes every refresh token of the user back, at Act-On: the next refresh is refused. */
export function revoke({ emulator }: World, user: { username: string } = ada): void {
  emulator.revoke({ user: user.username });
}
