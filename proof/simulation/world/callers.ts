import { isActOnTokenError, type Session } from '@act-on-token/core';
import { print } from '../../judge/record-view.ts';
import type { Life } from './life.ts';
import { inScope, RequestScope } from './request-scope.ts';
import { UserError, type Vault } from './vault.ts';
import { sentToken } from './wire.ts';
import { crash, keyOf, type User, type World } from './world.ts';

const aSecond = 1_000;
/** What the calls of a store that are under way when patience ends may still take. */
const storeCalls = 20 * aSecond;
/** A connection to the API that says nothing. */
const apiCall = 45 * aSecond;
/** How late a caller with a `maxWait` may hear. */
const promptness = 2 * aSecond;
/** A young token is handed out although it was refused. */
const young = 11 * 60 * aSecond;

/** How long a caller may have to wait: for others, then for one request. */
export const patienceOf = ({ lease, requestTimeout }: Life): number =>
  lease + 2 * requestTimeout + 5 * aSecond;

/** What callers need of the program that they call. */
export interface Host {
  readonly life: Life;
  readonly vault: Vault;
  /** Each call belongs to a request, and dies with it. */
  readonly isWorker: boolean;
  /** A worker may be asked to go on until work is over, if its program knows how. */
  readonly hasWaitUntil: boolean;
  sessionOf(account: string): Session;
}

/** Web requests, jobs and people that ask a program for tokens, and call the API. */
export class Callers {
  readonly #world: World;
  readonly #host: Host;
  /** By account: the token with which a stream was refused. */
  readonly #refused = new Map<string, string>();
  #calls = 0;
  /** How many have not heard yet. */
  waiting = 0;

  constructor(world: World, host: Host) {
    this.#world = world;
    this.#host = host;
  }

  ask(user: User): void {
    if (this.#host.isWorker) this.#askInScope(user);
    else void this.#ask(user, () => {});
  }

  /** The platform ends a request once it is answered, or once its client is gone. */
  #askInScope(user: User): void {
    const { timeline, random, log } = this.#world;
    const scope = new RequestScope();
    scope.onEnd(() => {
      if (scope.pending > 0) log.fault('request_ended', 0, this.#host.life.name, user.name);
    });
    const works: Promise<unknown>[] = [];
    const isLeft = random.callers.below(8) === 0;
    if (isLeft) timeline.after(random.callers.between(1, 15_000), () => scope.end());
    const answered = inScope(scope, () => this.#ask(user, (work) => works.push(work), isLeft));
    void answered.finally(() => {
      const end = (): void => void timeline.after(random.callers.between(1, 50), () => scope.end());
      if (works.length === 0) return end();
      timeline.after(30_000, () => scope.end());
      void Promise.allSettled(works).then(end);
    });
  }

  /** Resolves when the caller has heard, or has left. */
  async #ask(user: User, keep: (work: Promise<unknown>) => void, isLeft = false): Promise<void> {
    const { callers } = this.#world.random;
    const die = callers.below(100);
    const session = this.#host.sessionOf(user.name);
    const isKeeping = this.#host.hasWaitUntil && callers.below(2) > 0;
    const waitUntil = isKeeping
      ? { waitUntil: (work: Promise<unknown>) => this.#keep(user, work, keep) }
      : {};
    if (die < 6 && !isLeft) return this.#callApi(user, session, die === 0);
    if (die < 8 && !isLeft)
      return this.#giveUp(user, session, callers.between(1, 20_000), waitUntil);
    if (die < 14)
      return this.#askFor(user, session, { minValidity: callers.between(0, 3_000_000) }, isLeft);
    if (die < 18)
      return this.#askFor(
        user,
        session,
        { maxWait: callers.between(500, 30_000), ...waitUntil },
        isLeft,
      );
    return this.#askFor(user, session, isKeeping ? waitUntil : undefined, isLeft);
  }

  /**
   * The platform is handed work that goes on after the answer. It must not reject, and must end.
   */
  #keep(user: User, work: Promise<unknown>, keep: (work: Promise<unknown>) => void): void {
    const { life, vault, isWorker } = this.#host;
    const { watchdog } = this.#world;
    keep(work);
    work.catch((error: unknown) =>
      watchdog.find(
        'soundProcesses',
        user.name,
        `waitUntil of ${life.name} got a rejection: ${error}`,
      ),
    );
    if (!isWorker)
      this.#settles(user, 'what waitUntil was given', 2 * patienceOf(life) + storeCalls, work);
    vault.perhapsThrow();
  }

  async #askFor(
    user: User,
    session: Session,
    options: Record<string, unknown> | undefined,
    isLeft: boolean,
  ): Promise<void> {
    this.#calls += 1;
    const call = this.#calls;
    // Who has left is not asked whether it was helped.
    if (!isLeft) this.#write({ type: 'asked', account: user.name, call });
    const asked = session.getAccessToken(options);
    if (!isLeft) this.#judge(user, call, options?.maxWait as number | undefined, asked);
    await asked.then(
      (token) =>
        isLeft || this.#write({ type: 'got', account: user.name, call, token: print(token) }),
      (error: unknown) => this.#tell(user, call, error),
    );
  }

  #judge(user: User, call: number, maxWait: number | undefined, asked: Promise<unknown>): void {
    const { life, isWorker } = this.#host;
    // What another request left behind is given up after a lease and patience.
    const bound = patienceOf(life) + storeCalls + (isWorker ? patienceOf(life) + life.lease : 0);
    const least = maxWait === undefined ? bound : Math.min(bound, maxWait + promptness);
    const what =
      maxWait === undefined ? `call ${call}` : `call ${call} with a maxWait of ${maxWait} ms`;
    this.#settles(user, what, least, asked, maxWait !== undefined);
    this.waiting += 1;
    const heard = (): void => {
      this.waiting -= 1;
    };
    asked.then(heard, heard);
  }

  #settles(user: User, what: string, bound: number, call: Promise<unknown>, isShort = false): void {
    const check = isShort ? 'calls with a maxWait' : 'calls that settle within their bound';
    this.#world.watchdog.settles(this.#host.life, user.name, what, bound, call, check);
  }

  /**
   * An error that is neither the library's nor the user's own is a defect, and ends the process.
   */
  #tell(user: User, call: number, error: unknown): void {
    if (error instanceof UserError) {
      this.#write({
        type: 'failed',
        account: user.name,
        call,
        code: 'callback',
        needsGrant: false,
        retryAt: null,
      });
      return;
    }
    if (!isActOnTokenError(error)) {
      crash(this.#world, this.#host.life, error);
      return;
    }
    const { code, needsGrant, retryAt: wall } = error;
    if ((code as string) === 'closed') return;
    const retryAt = wall === null ? null : this.#host.life.toTrue(wall);
    this.#write({ type: 'failed', account: user.name, call, code, needsGrant, retryAt });
    if (needsGrant) this.#world.onNeed(user);
  }

  async #callApi(user: User, session: Session, isStream: boolean): Promise<void> {
    const { timeline, server } = this.#world;
    const since = timeline.now;
    const good = server.accessOf(user.name);
    const isKnown = good !== null && user.lastView?.access === good;
    const called = isStream
      ? session.fetch('/api/1/account', streamed())
      : session.fetch('/api/1/account');
    this.#settles(
      user,
      'a call of the API',
      2 * (patienceOf(this.#host.life) + storeCalls + apiCall),
      called,
    );
    try {
      const response = await called;
      const sent = response.headers.get(sentToken);
      if (isStream) this.#judgeStream(user, response.status, sent);
      else if (response.status === 401 && isKnown && sent !== good)
        this.#judgeRefusal(user, since, good);
      this.#world.watchdog.count('refusals of the API');
    } catch (error) {
      const isNetwork = error instanceof TypeError && error.message === 'fetch failed';
      if (!isNetwork && !isAllowed(error)) crash(this.#world, this.#host.life, error);
    }
  }

  /** All the time the record had a token that the API takes. */
  #judgeRefusal(user: User, since: number, good: string | null): void {
    const { server, store, watchdog } = this.#world;
    const { life } = this.#host;
    const isStill = server.accessOf(user.name) === good && user.lastView?.access === good;
    if (!isStill || life.disturbedAt >= since || !store.servedSince(life.name, since, keyOf(user)))
      return;
    watchdog.find(
      'refusedInVain',
      user.name,
      `${life.name} was refused by the API, and the record had ${good} all the time`,
    );
  }

  /**
   * What cannot be sent again is refused once; the next one must not go out with the token that was
   * refused.
   */
  #judgeStream(user: User, status: number, sent: string | null): void {
    const { server, timeline, watchdog } = this.#world;
    const { life } = this.#host;
    const issued = sent === null ? undefined : server.accessTokens[sent];
    const isOld = issued !== undefined && issued.expiresAt - 3_600_000 < timeline.now - young;
    const isRefused = status === 401 && sent !== null && isOld;
    if (isRefused && this.#refused.get(user.name) === sent) {
      watchdog.find(
        'refusedInVain',
        user.name,
        `${life.name} sent a stream with ${sent}, with which one was refused before`,
      );
    }
    if (isRefused) this.#refused.set(user.name, sent);
  }

  async #giveUp(user: User, session: Session, patience: number, options: object): Promise<void> {
    const abort = new AbortController();
    const { timeline } = this.#world;
    const { life } = this.#host;
    timeline.after(patience, () => life.deliver(() => abort.abort('enough')));
    const asked = session.getAccessToken({ ...options, signal: abort.signal });
    this.#settles(
      user,
      `a call that was given up after ${patience} ms`,
      patience + promptness,
      asked,
    );
    await asked.catch((error: unknown) => {
      if (error !== 'enough' && !isAllowed(error)) crash(this.#world, life, error);
    });
  }

  #write(entry: Parameters<World['log']['write']>[1]): void {
    if (this.#host.life.isAlive) this.#world.log.write(this.#host.life.name, entry);
  }
}

/** Whatever the library says is no defect, nor is what a user's own code throws. */
export function isAllowed(error: unknown): boolean {
  return isActOnTokenError(error) || error instanceof UserError;
}

function streamed(): RequestInit {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{}'));
      controller.close();
    },
  });
  return { method: 'POST', body, duplex: 'half' } as RequestInit;
}
