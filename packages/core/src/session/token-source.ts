import { type ActOnTokenError, isActOnTokenError, misconfigured } from '../errors.ts';
import { type Decision, decide, isServable, isUnknownOver, type Question } from '../machine.ts';
import type { Purpose } from '../record.ts';
import { longestCall } from '../timed-store.ts';
import type { Outcome } from '../wire/token-response.ts';
import { BackOff, refusalHolds } from './back-off.ts';
import { fingerprintOf, longestAnswer } from './credentials.ts';
import { errorOf, explain, slowStore } from './messages.ts';
import type { AccessTokenOptions } from './options.ts';
import type { Parts } from './parts.ts';
import { longestRound } from './record-wait.ts';
import { SingleFlight } from './single-flight.ts';
import type { RequestResult, TokenRequest } from './token-request.ts';
import { Wait, within } from './wait.ts';

/** Store time from an answer older than this is too old to judge a token by, in milliseconds. */
const oldestTime = 60_000;
const slack = 1_000;

type Failure = Exclude<Outcome, { type: 'granted' }>;

/** What a caller asks of the record. */
type Demand = Pick<Question, 'minValidity' | 'rejected' | 'ahead'> & { signIn?: 'nobody' };

/** What the caller does next, given the record and what went wrong lately. */
type Next = Exclude<Decision, { type: 'give_up' }> | { type: 'refused'; error: ActOnTokenError };

/**
 * Gets an access token for callers: one loop for all of them, one flight for what they need. Owns: the flight, the back-off.
 * Calls: machine (decide), token-request, credentials, the record and the waits for it. Held by: getting-a-token.test.ts,
 * many-sessions.test.ts, waiting.test.ts.
 */
export class TokenSource {
  readonly #parts: Parts;
  readonly #flight: SingleFlight<void>;
  readonly #ahead: SingleFlight<void>;
  /** Callers who wait for the flight. */
  #waiting = 0;
  /** `null` as long as all goes well, which for most of many accounts is always. */
  #backOff: BackOff | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#flight = new SingleFlight(parts.environment.clock);
    this.#ahead = new SingleFlight(parts.environment.clock);
  }

  get isBusy(): boolean {
    return this.#flight.isRunning || this.#ahead.isRunning;
  }

  /** Something went wrong lately. */
  get remembers(): boolean {
    return this.#backOff !== null;
  }

  async accessToken(options: AccessTokenOptions): Promise<string> {
    const { record, environment, recordWait, credentials } = this.#parts;
    if (credentials.isAsking) throw misconfigured('"credentials" must not ask its own session for a token.');
    const wait = new Wait(environment.clock, options.signal, options.maxWait ?? environment.maxWait, this.#parts.ended);
    let generation = Number.POSITIVE_INFINITY;
    let leave: (() => void) | null = null;
    this.#parts.requests.checkDeadline();
    try {
      for (;;) {
        wait.check();
        if (this.#parts.closed) throw explain('closed');
        if (!record.loaded) {
          await this.#look(wait);
          continue;
        }
        if (record.fault !== null && this.#outlives(options)) return this.#parts.token ?? '';
        generation = Math.min(generation, record.record.generation);
        // What came during this call is as good as it gets, however long it was to live.
        const next = this.#next(record.record.generation > generation ? anyToken : options);
        const token = record.record.pair?.accessToken ?? '';
        const isPastPatience = wait.elapsed > environment.patience;
        if (next.type === 'use' || next.type === 'use_and_refresh_ahead') {
          // A token that the API refused although it is young: perhaps another process has signed in since.
          if (token === options.rejected && record.asOf < wait.started) {
            await this.#look(wait);
            continue;
          }
          if (next.type === 'use_and_refresh_ahead') this.#handOver(this.refreshAhead(), this.#ahead.remaining, options);
          return token;
        }
        if (next.type === 'refused') {
          await this.#confirm(next.error, wait);
        } else if (isPastPatience) {
          throw this.#outOfPatience('until' in next ? next.until : null);
        } else if (next.type === 'join' || next.type === 'wait_until') {
          leave ??= recordWait.join();
          await wait.for(recordWait.next(next.until), longestRound);
        } else if (record.time.age() > oldestTime) {
          await this.#look(wait);
        } else {
          await this.#board(next.type, options, wait);
        }
      }
    } catch (error) {
      if (isActOnTokenError(error, 'store_unavailable') && this.#servesAnyway(options)) {
        return record.record.pair?.accessToken ?? '';
      }
      throw error;
    } finally {
      leave?.();
    }
  }

  /** Starts a refresh in the background unless one is under way or failed within the last minute. It never rejects. */
  refreshAhead(): Promise<void> {
    if (!this.#ahead.isRunning && this.aheadPause() > 0) return Promise.resolve();
    return this.#ahead.run(this.#longestFlight, () => this.#refreshAhead());
  }

  /** Milliseconds until a refresh ahead may be tried again. */
  aheadPause(): number {
    return this.#backOff?.aheadPause(this.#time()) ?? 0;
  }

  /** The machine woke up or the network came back: what failed before may work now. */
  forgetPauses(): void {
    this.#backOff = null;
  }

  get #troubles(): BackOff {
    this.#backOff ??= new BackOff();
    return this.#backOff;
  }

  #time(): number {
    return this.#parts.environment.clock.monotonic();
  }

  /** Credentials, a place, a claim, an answer, a commit: whatever takes longer belongs to a request that has ended. */
  get #longestFlight(): number {
    return longestAnswer + this.#parts.environment.patience + this.#longestRequest;
  }

  get #longestRequest(): number {
    return this.#parts.environment.rules.lease + longestCall + slack;
  }

  async #look(wait: Wait): Promise<void> {
    const inTime = await wait.for(this.#parts.load(), longestCall + slack);
    if (!inTime && wait.elapsed > this.#parts.environment.patience)
      throw explain('store_unavailable', { detail: 'no read came to an end' });
  }

  /** Waits for the flight, or starts it. A caller who leaves leaves it to `waitUntil`. */
  async #board(purpose: Purpose, options: AccessTokenOptions, wait: Wait): Promise<void> {
    const { minValidity, rejected } = options;
    const { patience } = this.#parts.environment;
    const flight = this.#flight.run(this.#longestFlight, (extend) => this.#fly(purpose, { minValidity, rejected }, extend));
    this.#waiting += 1;
    this.#handOver(flight, this.#longestFlight, options);
    try {
      // Once this caller's patience is over, one request more at most.
      const left = Math.max(patience - wait.elapsed, 0) + slack;
      await wait.for(flight, Math.min(left, Math.max(this.#flight.remaining, 0) + slack));
    } finally {
      this.#waiting -= 1;
    }
  }

  /** What is handed over has a timer of the request that hands it over. */
  #handOver(work: Promise<void>, bound: number, options: AccessTokenOptions): void {
    const waitUntil = options.waitUntil ?? this.#parts.environment.waitUntil;
    if (waitUntil == null) {
      work.catch(() => {});
      return;
    }
    const settled = within(this.#parts.environment.clock, work, bound, undefined).catch(() => {});
    try {
      waitUntil(settled);
    } catch (error) {
      console.error('act-on-token: "waitUntil" threw.', error);
    }
  }

  #ask(more: Partial<Question>): Decision {
    const { record, environment, credentials } = this.#parts;
    const signIn = credentials.exists ? 'unattended' : 'nobody';
    const { rules } = environment;
    return decide(record.record, {
      now: record.now(),
      rules,
      signIn,
      watched: record.watchedFor(),
      drift: record.time.drift(),
      ...more,
    });
  }

  #next(options: AccessTokenOptions): Next {
    const { record } = this.#parts;
    if (record.fault !== null) return { type: 'refused', error: record.fault };
    const decision = this.#ask({ minValidity: options.minValidity, rejected: options.rejected });
    if (decision.type === 'give_up') return { type: 'refused', error: this.#refusal(decision) };
    const isSend = decision.type === 'refresh' || decision.type === 'probe' || decision.type === 'grant';
    const error = isSend ? this.#heldBack() : null;
    if (error === null) return decision;
    return this.#servesAnyway(options) ? { type: 'use' } : { type: 'refused', error };
  }

  #refusal({ code, retryAt }: Extract<Decision, { type: 'give_up' }>): ActOnTokenError {
    const { record } = this.#parts;
    const { refusal } = record.record;
    const seen = code === 'outcome_unknown' || code === 'session_expired' ? this.#backOff?.detail : undefined;
    const isGrant = code === 'grant_rejected' || code === 'client_rejected' || code === 'grant_budget';
    return explain(code, {
      retryAt: retryAt === null ? null : record.time.toLocal(retryAt),
      detail: isGrant && refusal !== null ? refusal.detail : seen,
      ...(isUnknownOver(record.record, record.now()) ? { needsGrant: true } : {}),
    });
  }

  /** Why nothing may be sent right now. */
  #heldBack(): ActOnTokenError | null {
    const paused = this.#backOff?.pausedBy(this.#time()) ?? null;
    if (paused !== null) return paused;
    if (!this.#parts.isOffline) {
      this.#backOff?.online();
      return null;
    }
    const until = this.#troubles.offlineUntil(this.#time());
    const left = until - this.#time();
    return left > 0
      ? explain('not_sent', {
          detail: 'this device says that it is offline',
          retryAt: this.#parts.environment.clock.now() + left,
        })
      : null;
  }

  /** Neither a pause nor a store that is down takes a token away that still lives, unless the caller asked for more. */
  #servesAnyway({ minValidity, rejected }: AccessTokenOptions): boolean {
    const { record, environment } = this.#parts;
    const drift = record.time.drift();
    const question = { now: record.now(), rules: environment.rules, minValidity, rejected, drift };
    return isServable(record.record, question, true);
  }

  /** What cannot be read takes no token away that was read before and still lives. */
  #outlives({ minValidity, rejected }: AccessTokenOptions): boolean {
    const { token, livesUntil, environment } = this.#parts;
    const isLive = token !== undefined && environment.clock.now() < livesUntil;
    return isLive && minValidity === undefined && token !== rejected;
  }

  /** A server that asks for a second's pause each time is not a server that did not answer. */
  #outOfPatience(until: number | null): ActOnTokenError {
    const { record } = this.#parts;
    const { blocked } = record.record;
    if (until === null) return explain('timeout', { detail: 'too many other accounts were waiting' });
    const isBlocked = until === blocked.refresh || until === blocked.grant;
    const retryAt = record.time.toLocal(until);
    return explain(isBlocked ? 'rate_limited' : 'outcome_unknown', { retryAt, detail: this.#backOff?.detail });
  }

  /** No caller is refused on an old record: it is read once more, but not more often than once a second. */
  async #confirm(error: ActOnTokenError, wait: Wait): Promise<void> {
    const { record, announcer } = this.#parts;
    const refusedAt = this.#backOff?.refusedAt ?? Number.NEGATIVE_INFINITY;
    if (record.asOf < wait.started && this.#time() - refusedAt >= refusalHolds) return this.#look(wait);
    this.#troubles.refusedAt = Math.max(refusedAt, record.asOf);
    if (error.code === 'grant_budget') announcer.emit({ type: 'grant_budget', nextAt: error.retryAt });
    announcer.announce(); // Time may have passed unnoticed: who learns that a session is over must not see it alive.
    throw error;
  }

  /** Credentials come first, so that a vault that hangs takes no place from others. */
  async #fly(purpose: Purpose, demand: Demand, extend: (bound: number) => void): Promise<void> {
    const { environment } = this.#parts;
    extend(longestAnswer + slack);
    const request = purpose === 'grant' ? await this.#signInRequest(demand) : { purpose, rejected: demand.rejected };
    if (request === null) return;
    const { semaphore } = environment.shared;
    extend(environment.patience + slack);
    const isWanted = (): boolean => !this.#parts.closed && (this.#waiting > 0 || demand.ahead === true);
    const release = semaphore && (await semaphore.acquire(environment.patience, this.#longestRequest, isWanted));
    if (semaphore !== null && release === null) return;
    try {
      // While this one stood in line, the record may have come to say something else.
      if (this.#parts.closed || this.#ask({ ...demand, print: request.print ?? null }).type !== purpose) return;
      extend(this.#longestRequest);
      this.#conclude(request, await this.#parts.requests.run(request));
    } finally {
      release?.();
    }
  }

  /** Asks for credentials; `null` if, with them, the record says something else than to sign in. */
  async #signInRequest(demand: Demand): Promise<TokenRequest | null> {
    const grant = await this.#parts.credentials.grant(this.#parts.ended);
    const print = await fingerprintOf(this.#parts.environment.endpoint, grant);
    const decision = this.#ask({ ...demand, print });
    if (decision.type === 'grant') return { purpose: 'grant', grant, print };
    if (decision.type === 'give_up') this.#troubles.pauseUntil(this.#time() + refusalHolds, this.#refusal(decision));
    return null;
  }

  /** What the record does not show the next caller: that trying again at once would be pointless. */
  #conclude(request: TokenRequest, result: RequestResult): void {
    if (result.type === 'ended') {
      if (result.outcome.type === 'granted') this.forgetPauses();
      else this.#holdBackAfter(request, result.outcome);
      return;
    }
    if (result.type === 'lost') {
      this.#backOff?.claimed();
      return;
    }
    if (!this.#troubles.withdrawn()) return;
    this.#troubles.pauseUntil(this.#time() + refusalHolds, slowStore());
  }

  #holdBackAfter({ purpose }: TokenRequest, outcome: Failure): void {
    const troubles = this.#troubles;
    if (outcome.type === 'not_sent' && outcome.thrown !== undefined) throw outcome.thrown;
    troubles.detail = outcome.detail;
    if (outcome.type !== 'not_sent') troubles.reached();
    const pause = this.#pauseAfter(purpose, outcome);
    const retryAt = pause > refusalHolds || outcome.type === 'not_sent' ? this.#parts.environment.clock.now() + pause : null;
    if (pause > 0) troubles.pauseUntil(this.#time() + pause, errorOf(outcome, purpose === 'grant', retryAt));
  }

  #pauseAfter(purpose: Purpose, outcome: Failure): number {
    if (outcome.type === 'not_sent') return this.#troubles.unreached();
    if (outcome.type === 'unknown') return 0; // The record says when to send again.
    // Credentials that were refused are remembered in the record.
    if (outcome.type === 'rejected') return purpose === 'grant' ? refusalHolds : 0;
    if (outcome.reason === 'rate') return 0;
    return purpose === 'grant' && outcome.reason !== 'gateway' ? refusalHolds : this.#troubles.refused();
  }

  /** One request at most. A caller who has a token does not hear that the next one is not there yet. */
  async #refreshAhead(): Promise<void> {
    try {
      const next = this.#ask(aheadOfTime);
      const isDue = next.type === 'refresh' || next.type === 'probe';
      if (isDue && this.#heldBack() === null) {
        const { type } = next;
        const flight = this.#flight.run(this.#longestFlight, (extend) => this.#fly(type, aheadOfTime, extend));
        await within(this.#parts.environment.clock, flight, this.#longestFlight, undefined);
      }
    } catch {
      // An event has reported it, or it is an error of the caller's own, and the next caller will meet it.
    }
    if (this.#ask(aheadOfTime).type !== 'use') this.#troubles.pauseAhead(this.#time());
  }
}

const anyToken: AccessTokenOptions = { minValidity: 0 };
const aheadOfTime: Demand = { ahead: true, signIn: 'nobody' };
