import type { BrokerOptions } from '@act-on-token/broker';
import type { EmulatorOptions } from '@act-on-token/emulator';
import { expect } from 'vitest';
import {
  appOrigin,
  type Browser,
  type Received,
} from '../../../packages/broker/test/support/browser.ts';
import {
  ada,
  createWorld,
  type Instead,
  type World,
} from '../../../packages/broker/test/support/world.ts';

export const account = '/auth/api/api/1/account';
export const post: RequestInit = { method: 'POST', headers: {} };
export const navigate = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** An app in whose browser Ada is signed in. */
export interface App extends World {
  readonly victim: Browser;
}

export async function openApp(
  options: Partial<BrokerOptions> = {},
  actOn: EmulatorOptions = {},
  instead?: Instead,
): Promise<App> {
  const world = createWorld(options, actOn, instead);
  return { ...world, victim: await world.signedIn() };
}

type Answer = Received | Response;

/** One try at Ada's app: what it must be answered, besides leaving her as she was. */
export interface Try {
  readonly what: string;
  readonly status: number;
  go(app: App): Promise<Answer>;
  also?(answer: Answer): void;
}

/** Rejects if the try brought anything, or harmed Ada. */
export async function refuse({ status, go, also }: Try): Promise<void> {
  const app = await openApp();
  const before = app.emulator.ledger.counters().sends;
  const answer = await go(app);
  expect(answer.status).toBe(status);
  also?.(answer);
  expect(sessionCookies(answer)).toEqual([]);
  const refreshes = { refresh_token: { sent: 0 } };
  expect(app.emulator.ledger.counters()).toMatchObject({
    sends: before,
    replays: 0,
    grants: refreshes,
  });
  await isIntact(app.victim);
}

/** Session cookies that an answer sets. */
export const sessionCookies = ({ headers }: Answer): string[] =>
  headers.getSetCookie().filter((line) => /^__Host-Http-act-on\.[\w-]+=[^;]/.test(line));

/** Ada works as before. */
export async function isIntact(victim: Browser): Promise<void> {
  expect(await sessionOf(victim)).toMatchObject({ active: true, account: { name: ada.username } });
  expect(JSON.parse((await victim.ask(account)).text)).toMatchObject({ login: ada.username });
}

export const sessionOf = async (browser: Browser) =>
  JSON.parse((await browser.ask('/auth/session')).text);
export const cookiesOf = ({ jar }: Browser): string =>
  [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
export const codesSent = ({ emulator }: World): number =>
  emulator.ledger.counters().grants.authorization_code.sent;

/** A browser with the same cookies, at this server or another. */
export function copyOf(world: World, { jar }: Browser, broker = world.broker): Browser {
  const copy = world.browser(broker);
  for (const [name, cookie] of jar) copy.jar.set(name, cookie);
  return copy;
}

/**
 * What no script can send, but a program can: a request with these headers, and the browser's
 * cookies unless there are others.
 */
export function forged(
  app: World,
  browser: Browser,
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = { cookie: cookiesOf(browser), 'x-act-on-broker': '1', ...init.headers };
  return app.broker(new Request(new URL(path, appOrigin), { ...init, headers }));
}

/**
 * A request whose `Cookie` header has these characters, as runtimes hand them over; `Request` would
 * refuse some.
 */
export function withCookies(
  path: string,
  cookie: string,
  more: Record<string, string> = {},
): Request {
  const headers = new Headers({ 'x-act-on-broker': '1', ...more });
  const get = (name: string): string | null =>
    name.toLowerCase() === 'cookie' ? cookie : Headers.prototype.get.call(headers, name);
  Object.defineProperty(headers, 'get', { value: get });
  return Object.defineProperty(new Request(new URL(path, appOrigin)), 'headers', {
    value: headers,
  });
}

/** Begins a sign-in and takes it to the point where Act-On sends the person back; that URL. */
export async function redirected(
  { emulator }: World,
  browser: Browser,
  path = '/auth/login?returnTo=/lists&another=1',
): Promise<string> {
  const start = await browser.send(path, { headers: navigate });
  const back = await emulator.fetch(start.headers.get('location') ?? '', { redirect: 'manual' });
  return back.headers.get('location') ?? '';
}

export function changed(url: string, name: string, value: string | null): string {
  const next = new URL(url);
  if (value === null) next.searchParams.delete(name);
  else next.searchParams.set(name, value);
  return next.href;
}
