import { createHash } from 'node:crypto';
import { memoryStore } from '@act-on-token/memory';
import type fc from 'fast-check';
import {
  accountKey,
  actOnEndpoint,
  type Clock,
  createSession,
  type Fetch,
  type Session,
  type SessionEvent,
  type TokenStore,
} from '../../src/index.ts';
import { type AccountRecord, decodeRecord } from '../../src/record.ts';
import { StrictServer } from './strict-server.ts';

/** What happens to the next request, or to the next call of the store. */
export type RequestFate = 'answered' | 'lost before' | 'lost after' | 'silence' | '503 before' | '503 after' | '429' | 'not sent';
export type CallFate = 'answered' | 'fails before' | 'fails after';

/** Everything that a session can wait for, and each step of it happens when the scheduler says so. */
export interface ControlledWorld {
  readonly server: StrictServer;
  readonly requestFates: RequestFate[];
  readonly callFates: CallFate[];
  readonly calls: Promise<unknown>[];
  readonly events: SessionEvent[];
  session(process: number): Session;
  /** What lies in the store, whatever the processes believe. */
  record(): Promise<AccountRecord | null>;
  /** Lets time pass, unless somebody is in the middle of something. */
  skip(ms: number): void;
  /** From now on nothing goes wrong. */
  calm(): void;
}

export function controlledWorld(scheduler: fc.Scheduler, processes: number, credentials: boolean): ControlledWorld {
  const clock = scheduledClock(scheduler);
  const server = new StrictServer(clock.now);
  const requestFates: RequestFate[] = [];
  const callFates: CallFate[] = [];
  const step = (label: string): Promise<void> => scheduler.schedule(Promise.resolve(), label);
  const store = memoryStore({ now: clock.now });
  let busy = 0;
  const fetch = scheduledFetch(server, step, () => requestFates.shift() ?? 'answered');
  const real = actOnEndpoint({ clientId: 'id', clientSecret: 'secret', fetch: (...call) => during(fetch(...call)) });
  // WebCrypto answers from another thread whenever it likes, and a run must replay exactly.
  const endpoint = { ...real, print: async (text: string): Promise<string> => createHash('sha256').update(text).digest('hex') };
  const events: SessionEvent[] = [];
  const sessions = Array.from({ length: processes }, () => {
    const own = scheduledStore(store.open(), step, () => callFates.shift() ?? 'answered', during);
    const signIn = credentials ? { credentials: () => ({ username: 'ada', password: 'right' }) } : {};
    const session = createSession({ endpoint, account: 'ada', store: own, clock, ...signIn });
    session.on((event) => events.push(event));
    return session;
  });
  return {
    server,
    requestFates,
    callFates,
    calls: [],
    events,
    session: (process) => sessions[process % processes] as Session,
    async record() {
      const { record, now } = await store.read(accountKey(real.issuer, real.clientId, 'ada'));
      return record === null ? null : decodeRecord(record.value, now);
    },
    skip(ms) {
      if (busy === 0) clock.skip(ms);
    },
    calm() {
      requestFates.length = 0;
      callFates.length = 0;
      clock.beSlow();
    },
  };

  async function during<T>(work: Promise<T>): Promise<T> {
    busy += 1;
    return work.finally(() => {
      busy -= 1;
    });
  }
}

interface ScheduledClock extends Clock {
  skip(ms: number): void;
  /** From now on time passes only when nothing else can happen. */
  beSlow(): void;
}

/** Whenever the scheduler gives time a turn, the timer that is due first fires: slow is possible, out of order is not. */
function scheduledClock(scheduler: fc.Scheduler): ScheduledClock {
  let time = 0;
  let turns = 0;
  let slow = false;
  const pending = new Set<{ at: number; callback: () => void }>();
  const giveTurn = (): void => {
    turns += 1;
    void scheduler.schedule(Promise.resolve(), 'time passes').then(() => {
      turns -= 1;
      if (slow && scheduler.count() > turns) giveTurn();
      else fireFirst();
    });
  };
  const fireFirst = (): void => {
    const first = [...pending].sort((a, b) => a.at - b.at)[0];
    if (first === undefined) return;
    pending.delete(first);
    time = Math.max(time, first.at);
    first.callback();
    // A turn of a timer that was cancelled meanwhile is nobody's: without it time would run ahead of everything.
    if (pending.size > turns) giveTurn();
  };
  return {
    now: () => 1_700_000_000_000 + time,
    monotonic: () => time,
    setTimeout(callback, delay) {
      const timer = { at: time + Math.max(0, delay), callback };
      pending.add(timer);
      if (pending.size > turns) giveTurn();
      return timer;
    },
    clearTimeout: (timer) => pending.delete(timer as never),
    skip(ms) {
      time += ms;
    },
    beSlow() {
      slow = true;
    },
  };
}

function scheduledStore(
  store: TokenStore,
  step: (label: string) => Promise<void>,
  nextFate: () => CallFate,
  during: <T>(work: Promise<T>) => Promise<T>,
): TokenStore {
  const call = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    const fate = nextFate();
    await step(`${label} reaches the store`);
    if (fate === 'fails before') throw new Error('the store is away');
    const answer = await work();
    await step(`${label} is answered`);
    if (fate === 'fails after') throw new Error('the answer got lost');
    return answer;
  };
  return {
    ...store,
    read: (key) => during(call('read', () => store.read(key))),
    swap: (key, expected, next) => during(call('swap', () => store.swap(key, expected, next))),
  };
}

function scheduledFetch(server: StrictServer, step: (label: string) => Promise<void>, nextFate: () => RequestFate): Fetch {
  return async (_input, init) => {
    const fate = nextFate();
    if (fate === 'not sent') throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    const form = new URLSearchParams(String(init?.body));
    const end = server.leave(form);
    const signal = init?.signal ?? undefined;
    let usable = false;
    try {
      await orAbort(step('request arrives'), signal);
      if (fate === 'lost before') throw new TypeError('the connection broke');
      if (fate === 'silence') return await orAbort(new Promise<never>(() => {}), signal);
      if (fate === '503 before') return Response.json({}, { status: 503 });
      if (fate === '429') return Response.json({ error: 'too_many_attempts' }, { status: 429, headers: { 'retry-after': '1' } });
      const response = server.process(form);
      await orAbort(step('reply arrives'), signal);
      if (fate === 'lost after') throw new TypeError('the connection broke');
      if (fate === '503 after') return Response.json({}, { status: 503 });
      usable = true;
      return response;
    } finally {
      end(usable ? 'known' : 'unusable');
    }
  };
}

/** An abort ends the wait; what was under way goes on in the network and is not processed any more. */
function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
