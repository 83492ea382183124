import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  accountKey,
  actOnEndpoint,
  createSession,
  type StoredRecord,
  type TokenStore,
} from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import type { Message, Order } from './messages.ts';
import { change, patiently } from './patiently.ts';

/** What the module of a store exports. `argument` is what the options say. */
export interface FleetPlace {
  /** Opens one more handle on the store. Each process calls it once. */
  open(argument: unknown): TokenStore | Promise<TokenStore>;
  /** Stops the server and starts it again. Without it that trial is left out. */
  restart?(argument: unknown): Promise<void>;
  /**
   * From here on the server gets the next swap, and its answer gets lost. Without it that trial is
   * left out.
   */
  loseAnswer?(argument: unknown): void;
}

export interface FleetOptions {
  /** The module, as an absolute path or a `file:` URL. Each process imports it. */
  module: string | URL;
  /** Handed to the functions of the module; it must survive `JSON.stringify`. */
  argument?: unknown;
  /** Processes with a session each. Default: 8. */
  processes?: number | undefined;
  /** Callers in each of them. Default: 100. */
  callers?: number | undefined;
  /** How often in a row each trial is done, but for the counter. Default: 1. */
  rounds?: number | undefined;
  /** Arguments that Node is started with. Default: those of this process. */
  execArgv?: readonly string[] | undefined;
  /** In place of the function of the module, where only this process knows the server. */
  restart?: (() => Promise<void>) | undefined;
  /** In place of the function of the module. */
  loseAnswer?: (() => void) | undefined;
}

export interface FleetResult {
  /** What was tried, as a sentence about the store. */
  readonly trial: string;
  /** What went wrong; `null`: nothing. */
  readonly fault: string | null;
  readonly milliseconds: number;
}

/** How many processes write at once where that is the trial, and how often each does. */
const writers = 4;
const timesEach = 50;

/**
 * Tries a store with several processes at once, which the cases cannot: they raise a counter;
 * sessions with many callers each find an account expired; the server stops and starts again; an
 * answer gets lost; the store comes back older than it was. Act-On is the emulator.
 *
 * Resolves with what came of each trial; rejects only if the store cannot be opened. It uses fresh
 * keys, and leaves what it wrote.
 */
export async function runFleet(options: FleetOptions): Promise<FleetResult[]> {
  const { argument, rounds = 1, processes = 8, callers = 100 } = options;
  const module = options.module instanceof URL ? options.module.href : options.module;
  const place: FleetPlace = await import(module);
  const restart = options.restart ?? (place.restart && (() => place.restart?.(argument)));
  const loseAnswer =
    options.loseAnswer ?? (place.loseAnswer && (() => place.loseAnswer?.(argument)));
  const store = await place.open(argument);
  const started = new Set<Members>();
  const start = async (count: number): Promise<Members> => {
    const members = await startMembers(count, { module, argument }, options.execArgv);
    started.add(members);
    return members;
  };
  const results: FleetResult[] = [];
  const attempt = async (trial: string, work: () => Promise<string | null>): Promise<void> => {
    const began = performance.now();
    const fault = await work().catch((error: unknown) => String(error));
    for (const members of started) await members.end();
    started.clear();
    results.push({ trial, fault, milliseconds: Math.round(performance.now() - began) });
  };
  try {
    await attempt(`${writers} processes lose no increment of a counter`, () =>
      counterFault(store, start),
    );
    const times = rounds === 1 ? '' : `, ${rounds} times`;
    await attempt(
      `${processes} processes with ${callers} callers each send one refresh${times}`,
      () => refreshFault(store, start, processes, callers, rounds),
    );
    if (restart !== undefined)
      await attempt(
        `a server that stops and starts again loses nothing that it acknowledged${times}`,
        () => restartFault(store, start, restart, rounds),
      );
    if (loseAnswer !== undefined)
      await attempt(
        `a swap whose answer gets lost is carried out once, and known again${times}`,
        () => lostAnswerFault(store, loseAnswer, rounds),
      );
    await attempt(
      `a session that knows the newer pair heals a store that comes back older${times}`,
      () => olderFault(store, start, rounds),
    );
  } finally {
    await store.close();
  }
  return results;
}

type Start = (count: number) => Promise<Members>;

async function counterFault(store: TokenStore, start: Start): Promise<string | null> {
  const key = freshKey();
  const members = await start(writers);
  await members.each({ type: 'raise', key, times: timesEach }, 'raised');
  const ends = await members.end();
  const total = (await store.read(key)).record?.value;
  if (total !== String(writers * timesEach))
    return `After ${writers * timesEach} increments the counter is ${total}.`;
  return ends;
}

async function refreshFault(
  store: TokenStore,
  start: Start,
  processes: number,
  callers: number,
  rounds: number,
): Promise<string | null> {
  const actOn = await startActOn(store);
  const members = await start(processes);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await actOn.expire();
      const before = actOn.refreshes();
      const answers = await actOn.askAll(members, callers);
      const failures = answers.flatMap((answer) => answer.failures);
      const tokens = answers.flatMap((answer) => answer.tokens);
      const sent = actOn.refreshes() - before;
      if (failures.length > 0)
        return `In round ${round} ${failures.length} callers failed: ${failures[0]}`;
      if (sent !== 1 || new Set(tokens).size !== 1)
        return `In round ${round} ${sent} refreshes were sent, and callers got ${new Set(tokens).size} tokens.`;
    }
    return await members.end();
  } finally {
    await actOn.close();
  }
}

async function restartFault(
  store: TokenStore,
  start: Start,
  restart: () => Promise<void> | undefined,
  rounds: number,
): Promise<string | null> {
  const members = await start(writers);
  for (let round = 1; round <= rounds; round += 1) {
    const key = freshKey();
    const appended = members.eachNamed((name) => ({ type: 'append', key, name }), 'appended');
    const isUnderWay = async () =>
      ((await patiently(() => store.read(key))).record?.value.length ?? 0) > 100;
    while (!(await isUnderWay())) await delay(5);
    await restart();
    const before = (await patiently(() => store.read(key))).record?.version;
    const isBack = async () => (await patiently(() => store.read(key))).record?.version !== before;
    while (!(await isBack())) await delay(5);
    members.tell({ type: 'stop' });
    const acknowledged = (await appended).flatMap(({ entries }) => entries);
    const kept = new Set((await store.read(key)).record?.value.split(' '));
    const lost = acknowledged.filter((entry) => !kept.has(entry));
    if (lost.length > 0)
      return `In round ${round} ${lost.length} of ${acknowledged.length} acknowledged writes are gone.`;
  }
  return members.end();
}

async function lostAnswerFault(
  store: TokenStore,
  loseAnswer: () => void,
  rounds: number,
): Promise<string | null> {
  const key = freshKey();
  for (let round = 1; round <= rounds; round += 1) {
    const { record } = await store.read(key);
    loseAnswer();
    const { record: written } = await change(store, key, () => String(round));
    const now = (await store.read(key)).record;
    if (now?.version !== written?.version || now?.value !== String(round))
      return `In round ${round} the store holds ${now?.value} in place of what it acknowledged.`;
    if (now?.version === record?.version) return `In round ${round} nothing was written.`;
  }
  return null;
}

async function olderFault(store: TokenStore, start: Start, rounds: number): Promise<string | null> {
  const members = await start(1);
  for (let round = 1; round <= rounds; round += 1) {
    const fault = await olderOnce(store, members);
    if (fault !== null) return `In round ${round}: ${fault}`;
  }
  return members.end();
}

async function olderOnce(store: TokenStore, members: Members): Promise<string | null> {
  const actOn = await startActOn(store);
  const session = actOn.session({ minRefreshInterval: 0 });
  /** As after a 401 from the API. A token that is a few milliseconds old may be too young for it. */
  const replaced = async (rejected: string): Promise<string> => {
    for (;;) {
      const token = await session.getAccessToken({ rejected });
      if (token !== rejected) return token;
      await delay(5);
    }
  };
  try {
    const first = await session.getAccessToken();
    const old = (await store.read(actOn.key)).record as StoredRecord;
    const second = await replaced(first);
    const { record } = await store.read(actOn.key);
    // As after a fail-over or a backup that was put back: its version, too, is the old one.
    await store.swap(actOn.key, record?.version ?? null, old);
    const third = await replaced(second);
    if (actOn.replays() > 0) return 'A refresh token was sent that Act-On had replaced.';
    const [answer] = await actOn.askAll(members, 1, false);
    if (answer?.tokens[0] !== third)
      return `Another process did not get the newest token: ${answer?.failures[0] ?? 'it got another one'}.`;
    return null;
  } finally {
    await session.close();
    await actOn.close();
  }
}

/** An Act-On with an account that has signed in, through this store. */
async function startActOn(store: TokenStore) {
  const emulator: ServedEmulator = await serveEmulator({ grantLimit: null });
  const { client, user, url: baseUrl } = emulator;
  const ids = { baseUrl, clientId: client.id, clientSecret: client.secret };
  const endpoint = actOnEndpoint(ids);
  // One that no run before has used: the store keeps its records.
  const account = `${user.username} ${crypto.randomUUID()}`;
  const session = (options = {}) => createSession({ endpoint, account, store, ...options });
  const key = accountKey(endpoint.issuer, endpoint.clientId, account);
  const first = session();
  await first.authorize({ type: 'password', ...user });
  await first.close();
  return {
    key,
    session,
    refreshes: () => emulator.ledger.counters().grants.refresh_token.sent,
    replays: () => emulator.ledger.counters().replays,
    close: () => emulator.close(),
    /** Makes the account as it will be two hours later, for everyone who shares the store. */
    expire: () =>
      change(store, key, (value) => {
        const record = JSON.parse(value ?? 'null');
        record.pair.issuedAt -= 7_200_000;
        record.pair.expiresAt -= 7_200_000;
        return JSON.stringify(record);
      }),
    /** Holds Act-On's answer until every process has asked, so that all meet the same refresh. */
    async askAll(members: Members, callers: number, isHeld = true) {
      const hold = isHeld ? emulator.faults.arm({ route: 'token', kind: 'hold' }) : null;
      const asked = members.next('asked');
      const answered = members.next('answered');
      members.tell({ type: 'ask', ...ids, account, callers });
      await Promise.all([asked, hold?.reached()]);
      hold?.release();
      return answered;
    },
  };
}

type Of<Type extends Message['type']> = Extract<Message, { readonly type: Type }>;

interface Members {
  tell(order: Order): void;
  /** The next message of this type from each of them. */
  next<Type extends Message['type']>(type: Type): Promise<Of<Type>[]>;
  each<Type extends Message['type']>(order: Order, type: Type): Promise<Of<Type>[]>;
  eachNamed<Type extends Message['type']>(
    orderOf: (name: string) => Order,
    type: Type,
  ): Promise<Of<Type>[]>;
  /** Lets them go. What went wrong, if one does not end by itself in time or ends with an error. */
  end(): Promise<string | null>;
}

async function startMembers(
  count: number,
  setup: unknown,
  execArgv: readonly string[] = process.execArgv,
): Promise<Members> {
  // Next to this file once it is built, one folder above it before.
  const isBuilt = !import.meta.url.endsWith('.ts');
  const program = new URL(isBuilt ? './store-fleet.js' : '../store-fleet.ts', import.meta.url);
  const env = { ...process.env, ACT_ON_TOKEN_FLEET_MEMBER: JSON.stringify(setup) };
  const children = Array.from({ length: count }, () =>
    fork(fileURLToPath(program), { env, execArgv: [...execArgv] }),
  );
  const next = <Type extends Message['type']>(type: Type) => {
    const messages = Promise.all(children.map((child) => nextOf(child, type)));
    // Where a trial fails for another reason, they are not waited for any more.
    messages.catch(() => {});
    return messages;
  };
  const tell = (order: Order) => {
    for (const child of children) child.send(order);
  };
  await next('ready');
  return {
    tell,
    next,
    each(order, type) {
      const messages = next(type);
      tell(order);
      return messages;
    },
    eachNamed(orderOf, type) {
      const messages = next(type);
      for (const [i, child] of children.entries()) child.send(orderOf('abcdefgh'[i] ?? 'z'));
      return messages;
    },
    async end() {
      const ends = children.map(endOf);
      for (const child of children) if (child.connected) child.disconnect();
      return (await Promise.all(ends)).find((fault) => fault !== null) ?? null;
    },
  };
}

function nextOf<Type extends Message['type']>(child: ChildProcess, type: Type): Promise<Of<Type>> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error('A process of the fleet ended early.'));
    if (child.exitCode !== null) fail();
    child.once('exit', fail).on('message', function listen(message) {
      if ((message as Message).type !== type) return;
      child.off('exit', fail).off('message', listen);
      resolve(message as Of<Type>);
    });
  });
}

const longestEnd = 15_000;

async function endOf(child: ChildProcess): Promise<string | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const timer = setTimeout(() => child.kill('SIGKILL'), longestEnd);
    await once(child, 'exit');
    clearTimeout(timer);
  }
  if (child.signalCode !== null)
    return `A process did not end within ${longestEnd} ms of close(): the store leaves something open.`;
  return child.exitCode === 0 ? null : `A process ended with ${child.exitCode}.`;
}

const freshKey = (): string => `store-fleet-${crypto.randomUUID()}`;
