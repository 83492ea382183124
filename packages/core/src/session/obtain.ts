import { type ActOnTokenError, isActOnTokenError, misconfigured } from '../errors.ts';
import { type Decision, decide, type Question } from '../machine.ts';
import { lives, type Purpose } from '../record.ts';
import { checkGrant, type PasswordGrant } from '../wire/grant.ts';
import type { Outcome } from '../wire/token-response.ts';
import type { Account } from './account.ts';
import type { ExchangeRequest, ExchangeResult } from './exchange.ts';
import { explain } from './messages.ts';
import type { Credentials, MaybePromise } from './options.ts';
import { abortable } from './waiter.ts';

export interface AccessTokenOptions {
  /** Milliseconds the token must still live. Default: the session's `minValidity`. */
  minValidity?: number | undefined;
  /** The access token that the API just refused with 401: it is replaced, if it still is the current one and not brand new. */
  rejected?: string | undefined;
  /** Ends this wait only; what others wait for goes on. Rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that this caller waits at most, from 0 to a day. Default: the session's `maxWait`. */
  maxWait?: number | undefined;
  /** Gets the promise of a refresh that goes on in the background, for runtimes that stop after the response. It never rejects. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

/** A wait of this length is too long for time told by one old answer of the store, in milliseconds. */
const oldestTime = 60_000;
/** A refusal is looked up in the store at most once in this time. */
const refusalHolds = 1_000;
/** After a refresh ahead that failed, after a client that was refused, and at most between attempts to reach Act-On. */
const aMinute = 60_000;
const mostWithdrawals = 3;

/** What the record does not tell: what went wrong here lately, so that it is not tried again at once. Times are monotonic. */
class Trouble {
  /** Until when nothing is sent, and why. */
  pause: { until: number; error: ActOnTokenError } | null = null;
  aheadPausedUntil = Number.NEGATIVE_INFINITY;
  refusedAt = Number.NEGATIVE_INFINITY;
  /** How often in a row Act-On could not be reached, or a claim took too long. */
  unreached = 0;
  withdrawn = 0;
  /** What was seen last. */
  detail: string | undefined = undefined;
}

type Failure = Exclude<Outcome, { type: 'granted' }>;

/** What somebody asks of the record. */
type Demand = Pick<Question, 'minValidity' | 'rejected' | 'ahead'> & { signIn?: 'nobody' };

/** Gets an access token for callers: one loop for all of them, one flight for what they need. */
export class Obtain {
  readonly #account: Account;
  readonly #credentials: (() => MaybePromise<Credentials>) | undefined;
  #flight: Promise<void> | null = null;
  #ahead: Promise<void> | null = null;
  /** `null` as long as all goes well, which for most of many accounts is always. */
  #trouble: Trouble | null = null;

  constructor(account: Account, credentials: (() => MaybePromise<Credentials>) | undefined) {
    this.#account = account;
    this.#credentials = credentials;
  }

  async accessToken(options: AccessTokenOptions): Promise<string> {
    const { replica, environment } = this.#account;
    const { signal } = options;
    const started = this.#time();
    let generation = Number.POSITIVE_INFINITY;
    let leave: (() => void) | null = null;
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (this.#account.closed) throw explain('closed');
        if (!replica.loaded) {
          await abortable(this.#account.load(), signal);
          continue;
        }
        if (replica.fault !== null && this.#outlives(options)) return this.#account.token ?? '';
        generation = Math.min(generation, replica.record.generation);
        // What came during this call is as good as it gets, however long it was to live.
        const next = this.#next(replica.record.generation > generation ? anyToken : options);
        if (next.type === 'use' || next.type === 'use_and_refresh_ahead') {
          const work = next.type === 'use' ? null : this.refreshAhead();
          if (work !== null) options.waitUntil?.(work);
          return replica.record.pair?.accessToken ?? '';
        }
        if (next.type === 'refused') {
          await this.#confirm(next.error, started, signal);
        } else if (next.type === 'join' || next.type === 'wait_until') {
          if (this.#time() - started > environment.patience) throw this.#outOfPatience(next.until);
          leave ??= this.#account.waiter.join();
          await abortable(this.#account.waiter.next(next.until), signal);
        } else if (environment.store.age() > oldestTime) {
          await abortable(this.#account.load(), signal);
        } else {
          await abortable(this.#fly(next.type, { minValidity: options.minValidity, rejected: options.rejected }), signal);
        }
      }
    } catch (error) {
      if (isActOnTokenError(error, 'store_unavailable') && this.#servesAnyway(options)) return replica.record.pair?.accessToken ?? '';
      throw error;
    } finally {
      leave?.();
    }
  }

  /** Starts a refresh in the background unless one is under way or failed within the last minute. */
  refreshAhead(): Promise<void> {
    if (this.#ahead === null && this.aheadPause() > 0) return Promise.resolve();
    this.#ahead ??= this.#refreshAhead().finally(() => {
      this.#ahead = null;
    });
    return this.#ahead;
  }

  /** Milliseconds until a refresh ahead may be tried again. */
  aheadPause(): number {
    return Math.max(0, (this.#trouble?.aheadPausedUntil ?? 0) - this.#time());
  }

  /** The machine woke up or the network came back: what failed before may work now. */
  forgetPauses(): void {
    this.#trouble = null;
  }

  #troubles(): Trouble {
    this.#trouble ??= new Trouble();
    return this.#trouble;
  }

  /** Why nothing may be sent right now. */
  #heldBack(): ActOnTokenError | null {
    const pause = this.#trouble?.pause ?? null;
    return pause !== null && this.#time() < pause.until ? pause.error : this.#account.offline();
  }

  #time(): number {
    return this.#account.environment.clock.monotonic();
  }

  #ask(more: Partial<Question>): Decision {
    const { replica, environment } = this.#account;
    const signIn = this.#credentials === undefined ? 'nobody' : 'unattended';
    const question: Question = { now: replica.now(), rules: environment.rules, signIn, watched: replica.watchedFor(), ...more };
    return decide(replica.record, question);
  }

  /** The decision, or the error that stands against it. */
  #next(options: AccessTokenOptions): Exclude<Decision, { type: 'give_up' }> | { type: 'refused'; error: ActOnTokenError } {
    const { replica } = this.#account;
    if (replica.fault !== null) return { type: 'refused', error: replica.fault };
    const decision = this.#ask({ minValidity: options.minValidity, rejected: options.rejected });
    if (decision.type === 'give_up') {
      const detail = decision.code === 'outcome_unknown' || decision.code === 'session_expired' ? this.#trouble?.detail : undefined;
      return { type: 'refused', error: explain(decision.code, { retryAt: this.#account.toLocal(decision.retryAt), detail }) };
    }
    const sends = decision.type === 'refresh' || decision.type === 'probe' || decision.type === 'grant';
    const error = this.#heldBack();
    if (!sends || error === null) return decision;
    return this.#servesAnyway(options) ? { type: 'use' } : { type: 'refused', error };
  }

  /** Neither a pause nor a store that is down takes a token away that still lives, unless the caller asked for more. */
  #servesAnyway({ minValidity, rejected }: AccessTokenOptions): boolean {
    const { record } = this.#account.replica;
    return minValidity === undefined && lives(record, this.#account.replica.now()) && record.pair?.accessToken !== rejected;
  }

  /** What cannot be read takes no token away that was read before and still lives. */
  #outlives({ minValidity, rejected }: AccessTokenOptions): boolean {
    const { token, livesUntil, environment } = this.#account;
    return minValidity === undefined && token !== undefined && token !== rejected && environment.clock.now() < livesUntil;
  }

  /** A server that asks for a second's pause each time is no server that did not answer. */
  #outOfPatience(until: number): ActOnTokenError {
    const { record } = this.#account.replica;
    const isBlocked = until === record.blocked.refresh || until === record.blocked.grant;
    const retryAt = this.#account.toLocal(until);
    return explain(isBlocked ? 'rate_limited' : 'outcome_unknown', { retryAt, detail: this.#trouble?.detail });
  }

  /** Nobody is refused on an old record: it is read once more, but not more often than once a second. */
  async #confirm(error: ActOnTokenError, started: number, signal: AbortSignal | undefined): Promise<void> {
    const fresh = this.#account.replica.asOf >= started || this.#time() - this.#troubles().refusedAt < refusalHolds;
    if (!fresh) return abortable(this.#account.load(), signal);
    this.#troubles().refusedAt = Math.max(this.#troubles().refusedAt, this.#account.replica.asOf);
    if (error.code === 'grant_budget') this.#account.tell({ type: 'grant_budget', nextAt: error.retryAt });
    this.#account.announce(); // Time may have passed unnoticed: who is told that a session is over must not see it alive.
    throw error;
  }

  #fly(purpose: Purpose, demand: Demand): Promise<void> {
    this.#flight ??= this.#exchangeInTurn(purpose, demand).finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  /** Where only so many may exchange at once. While this one stood in line, the record may have come to say something else. */
  async #exchangeInTurn(purpose: Purpose, demand: Demand): Promise<void> {
    const { gate } = this.#account.environment.shared;
    if (gate === null) return this.#exchange(purpose, demand);
    await gate.enter();
    try {
      if (!this.#account.closed && this.#ask(demand).type === purpose) await this.#exchange(purpose, demand);
    } finally {
      gate.leave();
    }
  }

  async #exchange(purpose: Purpose, { minValidity, rejected }: Demand): Promise<void> {
    const request = purpose === 'grant' ? await this.#signInRequest({ minValidity, rejected }) : { purpose, rejected };
    if (request !== null) this.#conclude(request, await this.#account.exchange(request));
  }

  /** Asks for credentials; `null` if, with them at hand, the record says something else than to sign in. */
  async #signInRequest(demand: Demand): Promise<ExchangeRequest | null> {
    const grant = passwordGrant(await this.#credentials?.());
    const print = await this.#account.environment.endpoint.print(JSON.stringify([grant.username, grant.password]));
    const decision = this.#ask({ ...demand, print });
    if (decision.type === 'grant') return { purpose: 'grant', grant, print };
    if (decision.type === 'give_up')
      this.#holdBack(refusalHolds, explain(decision.code, { retryAt: this.#account.toLocal(decision.retryAt) }));
    return null;
  }

  /** What the record does not tell the next caller: that trying again at once would be pointless. */
  #conclude(request: ExchangeRequest, result: ExchangeResult): void {
    if (result.type === 'ended') {
      if (result.outcome.type === 'granted') this.forgetPauses();
      else this.#holdBackAfter(request, result.outcome);
      return;
    }
    const trouble = this.#troubles();
    trouble.withdrawn = result.type === 'withdrawn' ? trouble.withdrawn + 1 : 0;
    if (trouble.withdrawn >= mostWithdrawals) this.#holdBack(refusalHolds, slowStore());
  }

  #holdBackAfter(request: ExchangeRequest, outcome: Failure): void {
    const trouble = this.#troubles();
    trouble.withdrawn = 0;
    trouble.detail = outcome.detail;
    trouble.unreached = outcome.type === 'not_sent' ? trouble.unreached + 1 : 0;
    const pause = this.#pauseAfter(request, outcome);
    const retryAt = outcome.type === 'rejected' ? null : this.#account.environment.clock.now() + pause;
    if (pause > 0) this.#holdBack(pause, this.#account.errorOf(outcome, false, retryAt));
  }

  #pauseAfter({ purpose }: ExchangeRequest, outcome: Failure): number {
    if (outcome.type === 'unknown') return 0; // The record tells when to send again.
    if (outcome.type === 'not_sent') return Math.min(1_000 * 2 ** (this.#troubles().unreached - 1), aMinute);
    if (outcome.type === 'rejected') return purpose === 'grant' ? refusalHolds : 0;
    return outcome.reason === 'rate' ? 0 : aMinute;
  }

  #holdBack(delay: number, error: ActOnTokenError): void {
    this.#troubles().pause = { until: this.#time() + delay, error };
  }

  /** One exchange at most. It never rejects: whoever has a token is not told that the next one is not there yet. */
  async #refreshAhead(): Promise<void> {
    try {
      const next = this.#ask(aheadOfTime);
      if ((next.type === 'refresh' || next.type === 'probe') && this.#heldBack() === null) await this.#fly(next.type, aheadOfTime);
    } catch (error) {
      // Told as an event already, or the store is down: the next caller will find out.
      if (!isActOnTokenError(error)) throw error;
    }
    if (this.#ask(aheadOfTime).type !== 'use') this.#troubles().aheadPausedUntil = this.#time() + aMinute;
  }
}

const anyToken: AccessTokenOptions = { minValidity: 0 };
const aheadOfTime: Demand = { ahead: true, signIn: 'nobody' };

function passwordGrant(credentials: Credentials | undefined): PasswordGrant {
  if (typeof credentials !== 'object' || credentials === null) throw misconfigured('"credentials" must give { username, password }.');
  const grant: PasswordGrant = { type: 'password', username: credentials.username, password: credentials.password };
  checkGrant(grant);
  return grant;
}

function slowStore(): ActOnTokenError {
  return explain('store_unavailable', { detail: 'its answers take so long that no request can be sent safely' });
}
