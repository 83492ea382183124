import { Flight } from '../bell.ts';
import { type ActOnTokenError, isActOnTokenError, misconfigured } from '../errors.ts';
import { type Decision, decide, isUnknownOver, type Question } from '../machine.ts';
import type { Purpose } from '../record.ts';
import { longestCall } from '../timed-store.ts';
import type { Outcome } from '../wire/token-response.ts';
import { BackOff, refusalHolds } from './back-off.ts';
import { fingerprintOf, longestAnswer } from './credentials.ts';
import { errorOf, explain, slowStore } from './messages.ts';
import type { AccessTokenOptions } from './options.ts';
import type { Parts } from './parts.ts';
import { longestRead } from './record-wait.ts';
import type { TokenRequest } from './token-request.ts';
import { Wait } from './wait.ts';
import { isOffline } from './wake.ts';

/** Store time from an answer older than this is too old to judge a token by, in milliseconds. */
const oldestTime = 60_000;
const slack = 1_000;
const aMinute = 60_000;
/** So long after its start a refresh ahead that has not ended is taken for lost. */
const longestAhead = 120_000;

/** What another process does may come to nothing, and is over soon; what failed is left alone. */
const aheadPauseAfter = (type: Decision['type']): number => (type === 'join' ? slack : aMinute);

/** What a caller asks of the record. */
type Demand = Pick<Question, 'minValidity' | 'rejected' | 'ahead'> & { signIn?: 'none' };
const anyToken: Demand = { minValidity: 0 };
// Stryker disable next-line StringLiteral: a question about a refresh ahead never leads to a sign-in.
const aheadOfTime: Demand = { ahead: true, signIn: 'none' };

/** What the caller does next, given the record and what went wrong lately. */
type Next = Exclude<Decision, { type: 'give_up' }> | { type: 'refused'; error: ActOnTokenError };
type GiveUp = Extract<Decision, { type: 'give_up' }>;

/**
 * Gets an access token for callers: one loop for all of them, one flight for what they need. Owns:
 * the flight, the back-off. Calls: machine (decide), token-request, credentials, record-wait. Held
 * by: getting-a-token.test.ts, many-sessions.test.ts, waiting.test.ts.
 */
export class TokenSource {
  readonly #parts: Parts;
  #flight: Flight | null = null;
  /** Callers who wait for the flight. */
  #waiting = 0;
  /** `null` as long as all goes well, which for most of many accounts is always. */
  #backOff: BackOff | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#flight?.isRunning === true;
  }

  /** Something went wrong lately. */
  get remembers(): boolean {
    return this.#backOff !== null;
  }

  async accessToken(options: AccessTokenOptions): Promise<string> {
    const { account, recordWait, requests, credentials } = this.#parts;
    const { environment } = account;
    if (credentials.isAsking)
      throw misconfigured('"credentials" must not ask its own session for a token.');
    const { signal, maxWait = environment.maxWait, minValidity, rejected } = options;
    const wait = new Wait(account, { signal, maxWait });
    let demand: Demand = { minValidity, rejected };
    let generation: number | null = null;
    let hasBoarded = false;
    let leave: (() => void) | null = null;
    requests.checkDeadline();
    try {
      for (;;) {
        wait.check();
        if (!account.loaded) {
          await this.#look(wait);
          continue;
        }
        generation ??= account.record.generation;
        // What came during this call is as good as it gets, however long it was to live.
        if (account.record.generation > generation) demand = anyToken;
        const next = this.#next(demand);
        // Stryker disable next-line StringLiteral: where there is no token, none is handed out.
        const token = account.record.pair?.accessToken ?? '';
        if (next.type === 'refused') await this.#confirm(next.error, wait);
        else if (next.type === 'use' || next.type === 'use_and_refresh_ahead') {
          if (token !== rejected || account.asOf >= wait.started) {
            const flight = next.type === 'use' ? null : this.refreshAhead();
            if (flight !== null) this.#handOver(flight, options);
            return token;
          }
          // A token that the API refused although it is young: perhaps another process has signed
          // in since.
          await this.#look(wait);
        } else if (wait.elapsed > environment.patience && ('until' in next || hasBoarded)) {
          throw this.#outOfPatience('until' in next ? next.until : null);
        } else if (next.type === 'join' || next.type === 'wait_until') {
          leave ??= recordWait.join();
          await recordWait.next(wait, next.until);
        } else if (account.time.age() > oldestTime) await this.#look(wait);
        else {
          hasBoarded = true;
          await this.#board(this.#fly(next.type, demand), options, wait);
        }
      }
    } catch (error) {
      const isStore =
        isActOnTokenError(error, 'store_unavailable') ||
        (account.fault !== null && error === account.fault);
      const token = isStore ? this.#lastResort(demand) : null;
      if (token === null) throw error;
      return token;
    } finally {
      leave?.();
    }
  }

  /**
   * The refresh in the background: the one under way, a new one, or none, if none is due or one
   * failed within the last minute.
   */
  refreshAhead(): Flight | null {
    if (this.isBusy) return this.#flight;
    if (this.aheadPause() > 0) return null;
    const { type } = this.#ask(aheadOfTime);
    if ((type === 'refresh' || type === 'probe') && this.#heldBack() === null)
      return this.#fly(type, aheadOfTime);
    if (type !== 'use') this.#troubles.pauseAhead(this.#now(), aheadPauseAfter(type));
    return null;
  }

  /** Milliseconds until a refresh ahead may be tried again. */
  aheadPause(): number {
    return Math.max(0, (this.#backOff?.aheadPausedUntil ?? 0) - this.#now());
  }

  /** The machine woke up or the network came back: what failed before may work now. */
  forgetPauses(): void {
    this.#backOff = null;
    this.#parts.requests.checkDeadline();
  }

  get #troubles(): BackOff {
    this.#backOff ??= new BackOff();
    return this.#backOff;
  }

  #now(): number {
    return this.#parts.account.environment.clock.monotonic();
  }

  async #look(wait: Wait): Promise<void> {
    const isInTime = await wait.until(this.#parts.recordWait.look(), longestRead);
    if (!isInTime && wait.elapsed > this.#parts.account.environment.patience)
      throw explain('store_unavailable', { detail: 'no read came to an end' });
  }

  /** A caller who leaves leaves the flight to `waitUntil`. */
  async #board(flight: Flight, options: AccessTokenOptions, wait: Wait): Promise<void> {
    this.#handOver(flight, options);
    this.#waiting += 1;
    try {
      // Once this caller's patience is over, one request more at most.
      const left = Math.max(this.#parts.account.environment.patience - wait.elapsed, 0);
      await wait.until(flight, Math.min(left, flight.remaining) + slack);
    } finally {
      this.#waiting -= 1;
    }
  }

  #handOver(flight: Flight, options: AccessTokenOptions): void {
    const waitUntil = options.waitUntil ?? this.#parts.account.environment.waitUntil;
    try {
      waitUntil?.(flight.settled());
    } catch (error) {
      console.error('act-on-token: "waitUntil" threw.', error);
    }
  }

  #ask(more: Partial<Question>): Decision {
    const { account } = this.#parts;
    const signIn = this.#parts.credentials.exists ? 'unattended' : 'none';
    const [now, watched, drift] = [account.now(), account.watchedFor(), account.time.drift()];
    return decide(account.record, {
      now,
      rules: account.environment.rules,
      signIn,
      watched,
      drift,
      ...more,
    });
  }

  #next(demand: Demand): Next {
    const { fault } = this.#parts.account;
    if (fault !== null) return { type: 'refused', error: fault };
    const decision = this.#ask(demand);
    if (decision.type === 'give_up') return { type: 'refused', error: this.#refusal(decision) };
    const isSend =
      decision.type === 'refresh' || decision.type === 'probe' || decision.type === 'grant';
    const error = isSend ? this.#heldBack() : null;
    if (error === null) return decision;
    return this.#lastResort(demand) === null ? { type: 'refused', error } : { type: 'use' };
  }

  #refusal({ code, retryAt }: GiveUp): ActOnTokenError {
    const { record, time, environment } = this.#parts.account;
    const isGrant =
      code === 'grant_rejected' || code === 'client_rejected' || code === 'grant_budget';
    const isOpen = code === 'outcome_unknown' || code === 'session_expired';
    return explain(
      code,
      {
        retryAt: retryAt === null ? null : time.toLocal(retryAt),
        detail: isGrant ? record.refusal?.detail : isOpen ? this.#backOff?.detail : undefined,
        ...(isUnknownOver(record, time.now(), environment.rules) ? { needsGrant: true } : {}),
      },
      this.#parts.name,
    );
  }

  /** Why nothing may be sent right now. */
  #heldBack(): ActOnTokenError | null {
    const { clock, endpoint } = this.#parts.account.environment;
    const paused = this.#backOff?.pausedBy(this.#now()) ?? null;
    if (paused !== null) return paused;
    const isAway = isOffline(endpoint.apiBase);
    const pause =
      isAway || this.#backOff !== null ? this.#troubles.offlinePause(isAway, this.#now()) : 0;
    if (pause <= 0) return null;
    return explain(
      'not_sent',
      {
        detail: 'this device says that it is offline',
        retryAt: clock.now() + pause,
      },
      this.#parts.name,
    );
  }

  /**
   * Neither a pause nor a store that fails takes a token away that still lives, unless the caller
   * asked for more.
   */
  #lastResort({ minValidity, rejected }: Demand): string | null {
    const token = this.#parts.account.live();
    return token === undefined || token === rejected || (minValidity ?? 0) > 0 ? null : token;
  }

  /** A server that asks for a second's pause each time is not a server that did not answer. */
  #outOfPatience(until: number | null): ActOnTokenError {
    const { record, time } = this.#parts.account;
    if (until === null)
      return explain('timeout', { detail: 'too many other accounts were waiting' });
    const { refresh, grant } = record.blocked;
    const code = until === refresh || until === grant ? 'rate_limited' : 'outcome_unknown';
    return explain(
      code,
      { retryAt: time.toLocal(until), detail: this.#backOff?.detail },
      this.#parts.name,
    );
  }

  /**
   * No caller is refused on an old record: it is read once more, but not more often than once a
   * second.
   */
  async #confirm(error: ActOnTokenError, wait: Wait): Promise<void> {
    const { account, announcer } = this.#parts;
    const { asOf } = account;
    const refusedAt = this.#backOff?.refusedAt ?? Number.NEGATIVE_INFINITY;
    if (asOf < wait.started && this.#now() - refusedAt >= refusalHolds) return this.#look(wait);
    this.#troubles.refusedAt = Math.max(refusedAt, asOf);
    if (error.code === 'grant_budget')
      announcer.emit({ type: 'grant_budget', nextAt: error.retryAt });
    // Time may have passed unnoticed: who learns that a session is over must not see it alive.
    announcer.announce();
    throw error;
  }

  /** The flight under way, or a new one. */
  #fly(purpose: Purpose, demand: Demand): Flight {
    if (this.#flight?.isRunning) return this.#flight;
    const { clock } = this.#parts.account.environment;
    // Where background work ends with its request, the next request must not lose a refresh in the
    // same way.
    if (demand.ahead) this.#troubles.pauseAhead(this.#now(), longestAhead);
    this.#flight = new Flight(clock, longestAnswer + slack, async (flight) => {
      try {
        await this.#request(purpose, demand, flight);
      } finally {
        // What is still due now, whatever the flight brought, is not tried at once.
        const { type } = this.#ask(aheadOfTime);
        if (demand.ahead && type !== 'use')
          this.#troubles.pauseAhead(this.#now(), aheadPauseAfter(type));
        else if (demand.ahead) this.#backOff?.pauseAhead(this.#now(), 0);
        this.#parts.announcer.news.ring();
      }
    });
    return this.#flight;
  }

  /** Each step has a bound: whatever takes longer belongs to a request that has ended. */
  async #request(purpose: Purpose, demand: Demand, flight: Flight): Promise<void> {
    const { account, requests } = this.#parts;
    const { patience, rules, shared } = account.environment;
    const longest = rules.lease + longestCall + slack;
    // Credentials come first, so that a vault that hangs takes no place from others.
    const request =
      purpose === 'grant'
        ? await this.#signInRequest(demand)
        : { purpose, rejected: demand.rejected };
    if (request === null) return;
    await requests.lastOver();
    // Whether a claim stands is judged by the store's time, of which a clock that leaped says nothing.
    if (account.time.age() > oldestTime) {
      flight.extend(longestRead + slack);
      await this.#parts.recordWait.look().settled();
      if (account.time.age() > oldestTime) return;
    }
    flight.extend(patience + slack);
    const isWanted = (): boolean => !account.closed && (this.#waiting > 0 || demand.ahead === true);
    const release = (await shared.semaphore?.acquire(patience, longest, isWanted)) ?? null;
    if (shared.semaphore !== null && release === null) return;
    try {
      // While this one waited in line, the record may have changed.
      if (
        account.closed ||
        this.#ask({ ...demand, fingerprint: request.fingerprint ?? null }).type !== purpose
      )
        return;
      flight.extend(longest);
      const result = await requests.run(request);
      if (result.type === 'ended') this.#conclude(purpose, result.outcome);
      else if (result.type === 'lost') this.#backOff?.claimed();
      else this.#pause(this.#troubles.failed('withdrawn'), slowStore());
    } finally {
      release?.();
    }
  }

  /** Asks for credentials; `null` if, with them, the record says something else than to sign in. */
  async #signInRequest(demand: Demand): Promise<TokenRequest | null> {
    const grant = await this.#parts.credentials.grant();
    const fingerprint = await fingerprintOf(this.#parts.account.environment.endpoint, grant);
    const decision = this.#ask({ ...demand, fingerprint });
    if (decision.type === 'grant') return { purpose: 'grant', grant, fingerprint };
    if (decision.type === 'give_up') this.#pause(refusalHolds, this.#refusal(decision));
    return null;
  }

  #pause(delay: number, error: ActOnTokenError): void {
    if (delay > 0) this.#troubles.pauseUntil(this.#now() + delay, error);
  }

  /**
   * What the record does not show the next caller: that trying again at once would be pointless.
   */
  #conclude(purpose: Purpose, outcome: Outcome): void {
    if (outcome.type === 'granted') {
      this.#backOff = null;
      return;
    }
    if (outcome.type === 'not_sent' && outcome.thrown !== undefined) throw outcome.thrown;
    this.#troubles.detail = outcome.detail;
    const isGrant = purpose === 'grant';
    const isRefused = outcome.type === 'not_processed' && outcome.reason !== 'rate';
    // After an unknown outcome and a 429 the record says when to send again, and it remembers
    // credentials that were refused.
    const isRemembered =
      isGrant && (outcome.type === 'rejected' || (isRefused && outcome.reason !== 'gateway'));
    const kind =
      outcome.type === 'not_sent' ? 'unreached' : isRefused && !isRemembered ? 'refused' : null;
    const pause = isRemembered ? refusalHolds : this.#troubles.failed(kind);
    const retryAt =
      pause > refusalHolds || kind === 'unreached'
        ? this.#parts.account.environment.clock.now() + pause
        : null;
    this.#pause(pause, errorOf(outcome, isGrant, retryAt, this.#parts.name));
  }
}
