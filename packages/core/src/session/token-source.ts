import { type ActOnTokenError, isActOnTokenError, misconfigured } from '../errors.ts';
import { type Decision, decide, isServable, isUnknownOver, type Question } from '../machine.ts';
import type { Purpose } from '../record.ts';
import { longestCall } from '../timed-store.ts';
import type { Outcome } from '../wire/token-response.ts';
import type { Account } from './account.ts';
import type { Announcer } from './announcer.ts';
import { BackOff, refusalHolds } from './back-off.ts';
import { Flight } from './bell.ts';
import { type CredentialSource, fingerprintOf, longestAnswer } from './credentials.ts';
import { errorOf, explain, mostWithdrawals, slowStore } from './messages.ts';
import type { AccessTokenOptions } from './options.ts';
import { longestRead, type RecordWait } from './record-wait.ts';
import type { RequestResult, TokenRequest, TokenRequests } from './token-request.ts';
import { Wait } from './wait.ts';
import { isOffline } from './wake.ts';

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
 * Calls: machine (decide), token-request, credentials, record-wait. Held by: getting-a-token.test.ts, many-sessions.test.ts,
 * waiting.test.ts.
 */
export class TokenSource {
  readonly #account: Account;
  readonly #announcer: Announcer;
  readonly #recordWait: RecordWait;
  readonly #requests: TokenRequests;
  readonly #credentials: CredentialSource;
  #flight: Flight | null = null;
  /** Callers who wait for the flight. */
  #waiting = 0;
  /** `null` as long as all goes well, which for most of many accounts is always. */
  #backOff: BackOff | null = null;

  constructor(
    account: Account,
    announcer: Announcer,
    recordWait: RecordWait,
    requests: TokenRequests,
    credentials: CredentialSource,
  ) {
    this.#account = account;
    this.#announcer = announcer;
    this.#recordWait = recordWait;
    this.#requests = requests;
    this.#credentials = credentials;
  }

  get isBusy(): boolean {
    return this.#flight?.isRunning === true;
  }

  /** Something went wrong lately. */
  get remembers(): boolean {
    return this.#backOff !== null;
  }

  async accessToken(options: AccessTokenOptions): Promise<string> {
    const { record, environment } = this.#account;
    if (this.#credentials.isAsking) throw misconfigured('"credentials" must not ask its own session for a token.');
    const { signal, maxWait = environment.maxWait } = options;
    const wait = new Wait(this.#account, { signal, maxWait });
    let generation = Number.POSITIVE_INFINITY;
    let hasBoarded = false;
    let leave: (() => void) | null = null;
    this.#requests.checkDeadline();
    try {
      for (;;) {
        wait.check();
        if (!record.loaded) {
          await this.#look(wait);
          continue;
        }
        if (record.fault !== null && this.#outlives(options)) return this.#account.token ?? '';
        generation = Math.min(generation, record.record.generation);
        // What came during this call is as good as it gets, however long it was to live.
        const next = this.#next(record.record.generation > generation ? anyToken : options);
        const token = record.record.pair?.accessToken ?? '';
        if (next.type === 'use' || next.type === 'use_and_refresh_ahead') {
          // A token that the API refused although it is young: perhaps another process has signed in since.
          if (token === options.rejected && record.asOf < wait.started) {
            await this.#look(wait);
            continue;
          }
          const flight = next.type === 'use' ? null : this.refreshAhead();
          if (flight !== null) this.#handOver(flight, options);
          return token;
        }
        if (next.type === 'refused') await this.#confirm(next.error, wait);
        else if (wait.elapsed > environment.patience && ('until' in next || hasBoarded)) {
          throw this.#outOfPatience('until' in next ? next.until : null);
        } else if (next.type === 'join' || next.type === 'wait_until') {
          leave ??= this.#recordWait.join();
          await this.#recordWait.next(wait, next.until);
        } else if (record.time.age() > oldestTime) await this.#look(wait);
        else {
          hasBoarded = true;
          await this.#board(next.type, options, wait);
        }
      }
    } catch (error) {
      if (isActOnTokenError(error, 'store_unavailable') && this.#servesAnyway(options)) return record.record.pair?.accessToken ?? '';
      throw error;
    } finally {
      leave?.();
    }
  }

  /** The refresh in the background: the one under way, a new one, or none, if none is due or one failed within the last minute. */
  refreshAhead(): Flight | null {
    if (this.isBusy) return this.#flight;
    if (this.aheadPause() > 0) return null;
    const { type } = this.#ask(aheadOfTime);
    if ((type === 'refresh' || type === 'probe') && this.#heldBack() === null) return this.#fly(type, aheadOfTime);
    if (type !== 'use') this.#troubles.pauseAhead(this.#now());
    return null;
  }

  /** Milliseconds until a refresh ahead may be tried again. */
  aheadPause(): number {
    return this.#backOff?.aheadPause(this.#now()) ?? 0;
  }

  /** The machine woke up or the network came back: what failed before may work now. */
  forgetPauses(): void {
    this.#backOff = null;
    this.#requests.checkDeadline();
  }

  get #troubles(): BackOff {
    this.#backOff ??= new BackOff();
    return this.#backOff;
  }

  #now(): number {
    return this.#account.environment.clock.monotonic();
  }

  /** Credentials, a place, a claim, an answer, a commit: whatever takes longer belongs to a request that has ended. */
  get #longestFlight(): number {
    return longestAnswer + this.#account.environment.patience + this.#longestRequest;
  }

  get #longestRequest(): number {
    return this.#account.environment.rules.lease + longestCall + slack;
  }

  async #look(wait: Wait): Promise<void> {
    const inTime = await wait.until(this.#recordWait.look(), longestRead);
    if (!inTime && wait.elapsed > this.#account.environment.patience)
      throw explain('store_unavailable', { detail: 'no read came to an end' });
  }

  /** Waits for the flight, or starts it. A caller who leaves leaves it to `waitUntil`. */
  async #board(purpose: Purpose, options: AccessTokenOptions, wait: Wait): Promise<void> {
    const { minValidity, rejected } = options;
    const flight = this.#fly(purpose, { minValidity, rejected });
    this.#handOver(flight, options);
    this.#waiting += 1;
    try {
      // Once this caller's patience is over, one request more at most.
      const left = Math.max(this.#account.environment.patience - wait.elapsed, 0);
      await wait.until(flight, Math.min(left, flight.remaining) + slack);
    } finally {
      this.#waiting -= 1;
    }
  }

  #handOver(flight: Flight, options: AccessTokenOptions): void {
    const waitUntil = options.waitUntil ?? this.#account.environment.waitUntil;
    try {
      waitUntil?.(flight.settled(flight.remaining));
    } catch (error) {
      console.error('act-on-token: "waitUntil" threw.', error);
    }
  }

  #ask(more: Partial<Question>): Decision {
    const { record, environment } = this.#account;
    return decide(record.record, {
      now: record.now(),
      rules: environment.rules,
      signIn: this.#credentials.exists ? 'unattended' : 'nobody',
      watched: record.watchedFor(),
      drift: record.time.drift(),
      ...more,
    });
  }

  #next(options: AccessTokenOptions): Next {
    const { fault } = this.#account.record;
    if (fault !== null) return { type: 'refused', error: fault };
    const decision = this.#ask({ minValidity: options.minValidity, rejected: options.rejected });
    if (decision.type === 'give_up') return { type: 'refused', error: this.#refusal(decision) };
    const isSend = decision.type === 'refresh' || decision.type === 'probe' || decision.type === 'grant';
    const error = isSend ? this.#heldBack() : null;
    if (error === null) return decision;
    return this.#servesAnyway(options) ? { type: 'use' } : { type: 'refused', error };
  }

  #refusal({ code, retryAt }: Extract<Decision, { type: 'give_up' }>): ActOnTokenError {
    const { record, time } = this.#account.record;
    const isGrant = code === 'grant_rejected' || code === 'client_rejected' || code === 'grant_budget';
    const seen = code === 'outcome_unknown' || code === 'session_expired' ? this.#backOff?.detail : undefined;
    return explain(code, {
      retryAt: retryAt === null ? null : time.toLocal(retryAt),
      detail: (isGrant ? record.refusal?.detail : undefined) ?? seen,
      ...(isUnknownOver(record, this.#account.record.now()) ? { needsGrant: true } : {}),
    });
  }

  /** Why nothing may be sent right now. */
  #heldBack(): ActOnTokenError | null {
    const { clock, endpoint } = this.#account.environment;
    const paused = this.#backOff?.pausedBy(this.#now()) ?? null;
    if (paused !== null) return paused;
    const isAway = isOffline(endpoint.apiBase);
    const pause = isAway || this.#backOff !== null ? this.#troubles.offlinePause(isAway, this.#now()) : 0;
    if (pause <= 0) return null;
    return explain('not_sent', { detail: 'this device says that it is offline', retryAt: clock.now() + pause });
  }

  /** Neither a pause nor a store that is down takes a token away that still lives, unless the caller asked for more. */
  #servesAnyway({ minValidity, rejected }: AccessTokenOptions): boolean {
    const { record, environment } = this.#account;
    const question = { now: record.now(), rules: environment.rules, minValidity, rejected, drift: record.time.drift() };
    return isServable(record.record, question, true);
  }

  /** What cannot be read takes no token away that was read before and still lives. */
  #outlives({ minValidity, rejected }: AccessTokenOptions): boolean {
    const { token, livesUntil, environment } = this.#account;
    const isLive = token !== undefined && environment.clock.now() < livesUntil;
    return isLive && minValidity === undefined && token !== rejected;
  }

  /** A server that asks for a second's pause each time is not a server that did not answer. */
  #outOfPatience(until: number | null): ActOnTokenError {
    const { record } = this.#account;
    if (until === null) return explain('timeout', { detail: 'too many other accounts were waiting' });
    const { refresh, grant } = record.record.blocked;
    const code = until === refresh || until === grant ? 'rate_limited' : 'outcome_unknown';
    return explain(code, { retryAt: record.time.toLocal(until), detail: this.#backOff?.detail });
  }

  /** No caller is refused on an old record: it is read once more, but not more often than once a second. */
  async #confirm(error: ActOnTokenError, wait: Wait): Promise<void> {
    const { record } = this.#account;
    const refusedAt = this.#backOff?.refusedAt ?? Number.NEGATIVE_INFINITY;
    if (record.asOf < wait.started && this.#now() - refusedAt >= refusalHolds) return this.#look(wait);
    this.#troubles.refusedAt = Math.max(refusedAt, record.asOf);
    if (error.code === 'grant_budget') this.#announcer.emit({ type: 'grant_budget', nextAt: error.retryAt });
    // Time may have passed unnoticed: who learns that a session is over must not see it alive.
    this.#announcer.announce();
    throw error;
  }

  /** The flight under way, or a new one. */
  #fly(purpose: Purpose, demand: Demand): Flight {
    if (this.#flight?.isRunning) return this.#flight;
    const { clock } = this.#account.environment;
    this.#flight = new Flight(clock, this.#longestFlight, async (flight) => {
      try {
        await this.#request(purpose, demand, flight);
      } finally {
        if (demand.ahead && this.#ask(aheadOfTime).type !== 'use') this.#troubles.pauseAhead(this.#now());
      }
    });
    return this.#flight;
  }

  /** Credentials come first, so that a vault that hangs takes no place from others. */
  async #request(purpose: Purpose, demand: Demand, flight: Flight): Promise<void> {
    const { patience, shared } = this.#account.environment;
    flight.extend(longestAnswer + slack);
    const request = purpose === 'grant' ? await this.#signInRequest(demand) : { purpose, rejected: demand.rejected };
    if (request === null) return;
    flight.extend(patience + slack);
    const isWanted = (): boolean => !this.#account.closed && (this.#waiting > 0 || demand.ahead === true);
    const release = (await shared.semaphore?.acquire(patience, this.#longestRequest, isWanted)) ?? null;
    if (shared.semaphore !== null && release === null) return;
    try {
      // While this one stood in line, the record may have come to say something else.
      if (this.#account.closed || this.#ask({ ...demand, print: request.print ?? null }).type !== purpose) return;
      flight.extend(this.#longestRequest);
      this.#conclude(request, await this.#requests.run(request));
    } finally {
      release?.();
    }
  }

  /** Asks for credentials; `null` if, with them, the record says something else than to sign in. */
  async #signInRequest(demand: Demand): Promise<TokenRequest | null> {
    const grant = await this.#credentials.grant();
    const print = await fingerprintOf(this.#account.environment.endpoint, grant);
    const decision = this.#ask({ ...demand, print });
    if (decision.type === 'grant') return { purpose: 'grant', grant, print };
    if (decision.type === 'give_up') this.#pause(refusalHolds, this.#refusal(decision));
    return null;
  }

  #pause(delay: number, error: ActOnTokenError): void {
    this.#troubles.pauseUntil(this.#now() + delay, error);
  }

  /** What the record does not show the next caller: that trying again at once would be pointless. */
  #conclude({ purpose }: TokenRequest, result: RequestResult): void {
    if (result.type === 'ended') {
      if (result.outcome.type === 'granted') this.#backOff = null;
      else this.#holdBackAfter(purpose, result.outcome);
    } else {
      this.#troubles.withdrawn = result.type === 'lost' ? 0 : this.#troubles.withdrawn + 1;
      if (this.#troubles.withdrawn >= mostWithdrawals) this.#pause(refusalHolds, slowStore());
    }
  }

  #holdBackAfter(purpose: Purpose, outcome: Failure): void {
    if (outcome.type === 'not_sent' && outcome.thrown !== undefined) throw outcome.thrown;
    this.#troubles.detail = outcome.detail;
    if (outcome.type !== 'not_sent') this.#troubles.reached();
    const pause = this.#pauseAfter(purpose, outcome);
    const retryAt = pause > refusalHolds || outcome.type === 'not_sent' ? this.#account.environment.clock.now() + pause : null;
    if (pause > 0) this.#pause(pause, errorOf(outcome, purpose === 'grant', retryAt));
  }

  #pauseAfter(purpose: Purpose, outcome: Failure): number {
    if (outcome.type === 'not_sent') return this.#troubles.unreached();
    if (outcome.type === 'unknown') return 0; // The record says when to send again.
    // Credentials that were refused are remembered in the record.
    if (outcome.type === 'rejected') return purpose === 'grant' ? refusalHolds : 0;
    if (outcome.reason === 'rate') return 0;
    return purpose === 'grant' && outcome.reason !== 'gateway' ? refusalHolds : this.#troubles.refused();
  }
}

const anyToken: AccessTokenOptions = { minValidity: 0 };
const aheadOfTime: Demand = { ahead: true, signIn: 'nobody' };
