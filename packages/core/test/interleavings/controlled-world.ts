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

/**
 * What happens to the next request, or to the next call of the store. `slow`: the answer is good,
 * and takes longer than the timeout.
 */
export type RequestFate =
  | 'answered'
  | 'slow'
  | 'lost before'
  | 'lost after'
  | 'silence'
  | '503 before'
  | '503 after'
  | '429'
  | 'not sent';
export type CallFate = 'answered' | 'fails before' | 'fails after';

/**
 * Everything that a session can wait for, and each step of it happens when the scheduler says so.
 */
export interface ControlledWorld {
  readonly server: StrictServer;
  readonly requestFates: RequestFate[];
  readonly callFates: CallFate[];
  readonly calls: Promise<unknown>[];
  readonly events: SessionEvent[];
  session(process: number): Session;
  /** Asks a process to end, whatever it is in the middle of, and starts another in its place. */
  restart(process: number): void;
  /** What lies in the store, whatever the processes believe. */
  record(): Promise<AccountRecord | null>;
  /** Lets time pass, unless somebody is in the middle of something. */
  skip(ms: number): void;
  /** The timer that is due first rings. */
  pass(): void;
  /** From now on nothing goes wrong. */
  calm(): void;
}

/** The first process shows the account to somebody, and so hears of changes. */
const page = 0;
const requestTimeout = 10_000;
/**
 * What a session needs of its lease to write an answer down, and by how much its claim may have
 * been under way.
 */
const toCommit = 5_000;
const longestCall = 6_000;

/** One session, and how far it has come in ending. */
interface Process {
  readonly session: Session;
  state: 'open' | 'closing' | 'closed';
}

export function controlledWorld(
  scheduler: fc.Scheduler,
  processes: number,
  credentials: boolean,
): ControlledWorld {
  const clock = scheduledClock(scheduler);
  const server = new StrictServer(clock.now);
  const requestFates: RequestFate[] = [];
  const callFates: CallFate[] = [];
  const step = (label: string): Promise<void> => scheduler.schedule(Promise.resolve(), label);
  const store = memoryStore({ now: clock.now });
  let busy = 0;
  const events: SessionEvent[] = [];
  const calls: Promise<unknown>[] = [];
  const running = Array.from({ length: processes }, (_, index) => start(index));
  return {
    server,
    requestFates,
    callFates,
    calls,
    events,
    session: (process) => (running[process % processes] as Process).session,
    restart(process) {
      const index = process % processes;
      end(running[index] as Process);
      running[index] = start(index);
    },
    record,
    skip(ms) {
      if (busy === 0) clock.skip(ms);
    },
    pass: () => clock.fireFirst(),
    calm() {
      requestFates.length = 0;
      callFates.length = 0;
      clock.beSlow();
    },
  };

  function start(index: number): Process {
    const forbid = (what: string, ...states: readonly Process['state'][]): void => {
      if (states.includes(mine.state))
        server.violations.push(`a session that is ${mine.state} ${what}`);
    };
    const fetch = scheduledFetch(
      server,
      clock,
      step,
      () => requestFates.shift() ?? 'answered',
      judgePatience,
    );
    const send: Fetch = (...call) => {
      forbid('sends a request', 'closing', 'closed');
      return during(fetch(...call));
    };
    const real = actOnEndpoint({
      clientId: 'id',
      clientSecret: 'secret',
      requestTimeout,
      fetch: send,
    });
    // WebCrypto answers from another thread whenever it likes, and a run must replay exactly.
    const fingerprint = async (text: string): Promise<string> =>
      createHash('sha256').update(text).digest('hex');
    const endpoint = { ...real, fingerprint };
    const own = scheduledStore(
      store.open(),
      step,
      () => callFates.shift() ?? 'answered',
      during,
      () => forbid('calls its store', 'closed'),
    );
    const signIn = credentials
      ? { credentials: () => ({ username: 'ada', password: 'right' }) }
      : {};
    const session = createSession({ endpoint, account: 'ada', store: own, clock, ...signIn });
    session.on((event) => events.push(event));
    if (index === page) session.subscribe(() => {});
    const mine: Process = { session, state: 'open' };
    return mine;
  }

  function end(old: Process): void {
    old.state = 'closing';
    const closed = old.session.close().then(() => {
      old.state = 'closed';
      if (old.session.currentAccessToken() !== undefined)
        server.violations.push('a closed session still has a token');
    });
    calls.push(closed);
  }

  /**
   * Nobody may send before the lease ends, so until shortly before that an answer is worth waiting
   * for.
   */
  async function judgePatience(): Promise<void> {
    const { claim } = (await record()) ?? { claim: null };
    const left = claim === null ? 0 : claim.until - clock.now();
    if (left > toCommit + longestCall)
      server.violations.push(`a request is given up ${left} ms before its lease ends`);
  }

  async function record(): Promise<AccountRecord | null> {
    const { record: stored, now } = await store.read(accountKey('act-on', 'id', 'ada'));
    return stored === null ? null : decodeRecord(stored.value, now);
  }

  async function during<T>(work: Promise<T>): Promise<T> {
    busy += 1;
    return work.finally(() => {
      busy -= 1;
    });
  }
}

interface ScheduledClock extends Clock {
  skip(ms: number): void;
  fireFirst(): void;
  /** From now on time passes only when nothing else can happen. */
  beSlow(): void;
}

/**
 * Whenever the scheduler gives time a turn, the timer that is due first fires: slow is possible,
 * out of order is not. A timer that keeps no process alive gets no turn of its own: a page that
 * looks now and then for ever would never let a run end.
 */
function scheduledClock(scheduler: fc.Scheduler): ScheduledClock {
  let time = 0;
  let turns = 0;
  let slow = false;
  const pending = new Set<{ at: number; callback: () => void; keepsAlive: boolean }>();
  const due = (): number => [...pending].filter(({ keepsAlive }) => keepsAlive).length;
  const giveTurn = (): void => {
    turns += 1;
    void scheduler.schedule(Promise.resolve(), 'time passes').then(() => {
      turns -= 1;
      if (slow && scheduler.count() > turns) giveTurn();
      else if (due() > 0) fireFirst();
    });
  };
  const fireFirst = (): void => {
    const first = [...pending].sort((a, b) => a.at - b.at)[0];
    if (first === undefined) return;
    pending.delete(first);
    time = Math.max(time, first.at);
    first.callback();
    // A turn of a timer that was cancelled meanwhile is nobody's: without it time would run ahead
    // of everything.
    if (due() > turns) giveTurn();
  };
  return {
    now: () => 1_700_000_000_000 + time,
    monotonic: () => time,
    setTimeout(callback, delay, keepsAlive) {
      const timer = { at: time + Math.max(0, delay), callback, keepsAlive };
      pending.add(timer);
      if (due() > turns) giveTurn();
      return timer;
    },
    clearTimeout: (timer) => pending.delete(timer as never),
    fireFirst,
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
  onCall: () => void,
): TokenStore {
  const call = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    onCall();
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
    // No hint is lost, and each comes when it likes: in the middle of a swap, or in the turns in
    // which a read ends.
    watch(key, onChange) {
      let isWatching = true;
      const stop = store.watch(key, () => {
        void step('a hint arrives').then(() => isWatching && onChange());
      });
      return () => {
        isWatching = false;
        stop();
      };
    },
  };
}

function scheduledFetch(
  server: StrictServer,
  clock: Clock,
  step: (label: string) => Promise<void>,
  nextFate: () => RequestFate,
  onGivenUp: () => Promise<void>,
): Fetch {
  return async (_input, init) => {
    const fate = nextFate();
    if (fate === 'not sent') {
      const cause = Object.assign(new Error('connect ECONNREFUSED'), {
        code: 'ECONNREFUSED',
        syscall: 'connect',
      });
      throw new TypeError('fetch failed', { cause });
    }
    const form = new URLSearchParams(String(init?.body));
    const end = server.leave(form);
    const signal = init?.signal ?? undefined;
    let usable = false;
    let isOver = false;
    signal?.addEventListener('abort', () => isOver || void onGivenUp(), { once: true });
    try {
      await orAbort(step('request arrives'), signal);
      if (fate === 'lost before') throw new TypeError('the connection broke');
      if (fate === 'silence') return await orAbort(new Promise<never>(() => {}), signal);
      if (fate === '503 before') return Response.json({}, { status: 503 });
      if (fate === '429') {
        return Response.json(
          { error: 'too_many_attempts' },
          { status: 429, headers: { 'retry-after': '1' } },
        );
      }
      const response = server.process(form);
      if (fate === 'slow') {
        const patience = new Promise<void>((resolve) =>
          clock.setTimeout(resolve, requestTimeout + 2_000, true),
        );
        await orAbort(patience, signal);
      }
      await orAbort(step('reply arrives'), signal);
      if (fate === 'lost after') throw new TypeError('the connection broke');
      if (fate === '503 after') return Response.json({}, { status: 503 });
      usable = true;
      return response;
    } finally {
      isOver = true;
      end(usable ? 'known' : 'unusable');
    }
  };
}

/**
 * An abort ends the wait; what was under way goes on in the network and is not processed any more.
 */
function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
