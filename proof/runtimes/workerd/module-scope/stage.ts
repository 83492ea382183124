import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { actOnEndpoint, type Clock, createSession, type Session } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { type Browser, createBrowser } from '../../../../packages/broker/test/support/browser.ts';
import { networkStore } from './network-store.ts';
import { type ServedStore, serveStore } from './served-store.ts';
import {
  appOrigin,
  caseHeader,
  type Order,
  type Reply,
  redirectUri,
  type SubjectSettings,
  waitUntilHeader,
} from './subject.ts';

/** How a subject is made, as far as cases differ in it. */
export interface Shape {
  readonly kind?: SubjectSettings['kind'];
  readonly store?: 'memory' | 'network';
  readonly waitsForAll?: boolean;
}

/**
 * What is there of one case outside of the worker: an Act-On, perhaps a store, and those who send
 * requests.
 */
export interface Stage {
  readonly emulator: ServedEmulator;
  readonly store: ServedStore | null;
  readonly settings: SubjectSettings;
  /**
   * Sends the worker a request and reads its reply; one that ends without a reply counts as
   * `canceled`.
   */
  ask(order: Order): Promise<Reply>;
  /**
   * The same, for a client that goes away when `gone` is called; it resolves when the worker knows.
   */
  askAndGo(order: Order): { gone(): Promise<void> };
  /** What the worker replies, which must not be an error. */
  value(order: Order): Promise<Reply['value']>;
  /** The same for a token. */
  token(order?: Omit<Order, 'do'>): Promise<Reply['value']>;
  /**
   * Lets time pass, for all but what is real: half seconds at a time, as long as the worker keeps
   * up.
   */
  pass(milliseconds: number): Promise<void>;
  /**
   * What a request brings that may have to wait for a claim to lapse and for the patience to end,
   * and for no longer: if it is told to come again later, it does, within the same time.
   */
  inBoundedTime<T>(ask: () => Promise<T>): Promise<T>;
  /** A browser of the app whose broker is in the worker. */
  browser(waitUntil: boolean): Browser;
  /** A session of the same account outside of the worker, over the same store. */
  anotherProgram(): Session;
  /**
   * Sends the broker a request whose client goes away when `gone` is called; it resolves when the
   * worker knows.
   */
  openAndGo(
    path: string,
    init: { headers: Record<string, string>; method?: string },
  ): { gone(): Promise<void> };
  close(): Promise<void>;
}

const requestTimeout = 5_000;
/** As a session reckons them: how long a claim holds, and how long a caller waits for others. */
const lease = requestTimeout + 20_000;
const patience = lease + requestTimeout + 5_000;
const step = 500;
/** Real milliseconds after which a request counts as one that hangs. */
const longest = 20_000;

export const password = 'the password of all of them';
export const users: readonly string[] = [
  'marketer@example.test',
  'second@example.test',
  'third@example.test',
];

export async function createStage(
  name: string,
  shape: Shape,
  originOf: () => string,
): Promise<Stage> {
  const { kind = 'session', store: kindOfStore = 'memory', waitsForAll = false } = shape;
  let passed = 0;
  const now = (): number => Date.now() + passed;
  const [username = ''] = users;
  const emulator = await serveEmulator({
    users: users.map((each) => ({ username: each, password })),
    redirectUris: [redirectUri],
    autoConsent: username,
    apiLimits: null,
    grantLimit: null,
    now,
  });
  const store = kindOfStore === 'network' ? await serveStore(now) : null;
  const actOn = { url: emulator.url, client: emulator.client, user: { username, password } };
  const settings: SubjectSettings = {
    kind,
    actOn,
    store: store?.url ?? null,
    waitsForAll,
    requestTimeout,
  };

  const send = (path: string, init: Sent): { answer: Promise<Answer>; gone(): void } => {
    const request = httpRequest(`${originOf()}${path}`, {
      method: init.method ?? 'GET',
      headers: { ...init.headers, [caseHeader]: name },
      agent: false,
      signal: AbortSignal.timeout(longest),
    });
    const answer = once(request, 'response').then(async ([response]) => ({
      response: response as IncomingMessage,
      body: await buffer(response as IncomingMessage),
    }));
    request.end(init.body);
    // Not by an orderly end, after which the client might still read.
    return { answer, gone: () => request.socket?.resetAndDestroy() };
  };
  const replyOf = ({ response, body }: Answer): Reply =>
    response.statusCode === 200
      ? JSON.parse(body.toString())
      : { error: 'canceled', message: `${response.statusCode} ${body}` };
  const ask: Stage['ask'] = (order) =>
    send('/', { method: 'POST', headers: {}, body: JSON.stringify(order) }).answer.then(replyOf);
  const value: Stage['value'] = async (order) => {
    const reply = await ask(order);
    if (reply.error !== undefined)
      throw new NoValue(`${reply.error}: ${reply.message}`, reply.retryAfter ?? null);
    return reply.value;
  };
  const leaver = ({ answer, gone }: ReturnType<typeof send>): { gone(): Promise<void> } => {
    answer.catch(() => {}); // it goes away
    return {
      async gone() {
        gone();
        await ask({ do: 'size' });
      },
    };
  };
  const pass: Stage['pass'] = async (milliseconds) => {
    passed += milliseconds;
    await ask({ do: 'pass', milliseconds });
  };
  const inBoundedTime: Stage['inBoundedTime'] = async (ask) => {
    let left = lease + patience;
    const spend = async (milliseconds: number): Promise<void> => {
      left -= milliseconds;
      if (left < 0) throw new Error(`Not served within ${lease + patience} ms.`);
      await pass(milliseconds);
    };
    for (;;) {
      let isSettled = false;
      const work = ask().finally(() => {
        isSettled = true;
      });
      work.catch(() => {}); // looked at below
      for (await delay(10); !isSettled; await delay(10)) await spend(step);
      try {
        return await work;
      } catch (error) {
        if (!(error instanceof NoValue) || error.retryAfter === null) throw error;
        await spend(Math.max(error.retryAfter, step));
      }
    }
  };
  const toWorker =
    (waitUntil: boolean) =>
    async (request: Request): Promise<Response> => {
      const { pathname, search } = new URL(request.url);
      const headers = {
        ...Object.fromEntries(request.headers),
        ...(waitUntil && { [waitUntilHeader]: '1' }),
      };
      const body = Buffer.from(await request.arrayBuffer());
      const { response, body: bytes } = await send(`${pathname}${search}`, {
        method: request.method,
        headers,
        body,
      }).answer;
      const back = Object.entries(response.headersDistinct).flatMap(([key, values = []]) =>
        values.map((value): [string, string] => [key, value]),
      );
      const status = response.statusCode ?? 0;
      return new Response(status === 204 || status === 304 ? null : new Uint8Array(bytes), {
        status,
        headers: back,
      });
    };
  return {
    emulator,
    store,
    settings,
    ask,
    value,
    token: (order = {}) => value({ ...order, do: 'token' }),
    askAndGo: (order) =>
      leaver(send('/', { method: 'POST', headers: {}, body: JSON.stringify(order) })),
    pass,
    inBoundedTime,
    browser: (waitUntil) =>
      createBrowser(toWorker(waitUntil), (url) => fetch(url, { redirect: 'manual' }), appOrigin),
    anotherProgram() {
      if (store === null) throw new Error('Only a network store is shared with other programs.');
      const clock = { ...realTime, now };
      const { id: clientId, secret: clientSecret } = actOn.client;
      const endpoint = actOnEndpoint({
        clientId,
        clientSecret,
        baseUrl: actOn.url,
        requestTimeout,
      });
      return createSession({
        endpoint,
        account: username,
        store: networkStore(store.url, clock),
        clock,
        credentials: () => actOn.user,
      });
    },
    openAndGo: (path, init) => leaver(send(path, init)),
    async close() {
      await emulator.close();
      await store?.close();
    },
  };
}

const realTime: Omit<Clock, 'now'> = {
  monotonic: () => performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** Nothing, and when to ask again. */
export class NoValue extends Error {
  readonly retryAfter: number | null;

  constructor(message: string, retryAfter: number | null) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

interface Sent {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Answer {
  readonly response: IncomingMessage;
  readonly body: Buffer;
}
