import { endsWithRequests, Flight } from '../bell.ts';
import { isActOnTokenError } from '../errors.ts';
import { randomId } from '../key.ts';
import {
  type Attempt,
  attempt,
  decide,
  type Ending,
  grantsInWindow,
  type Tokens,
} from '../machine.ts';
import type { Purpose } from '../record.ts';
import { longestCall } from '../timed-store.ts';
import type { Grant } from '../wire/grant.ts';
import type { IssuedTokens, Outcome } from '../wire/token-response.ts';
import type { Account } from './account.ts';
import type { Announcer } from './announcer.ts';
import type { Commits } from './commit.ts';
import { eventsOfOutcome } from './derive-events.ts';
import { errorOf } from './messages.ts';

/**
 * How much too late a timer rings in a process that was suspended, and how long it may take to read
 * what came meanwhile (ms).
 */
const longSleep = 1_000;
const aMoment = 250;
/** How late the end of a request may be seen, in a page whose timers ring once a minute (ms). */
const longestLate = 150_000;

export interface TokenRequest {
  readonly purpose: Purpose;
  /** What to send; a refresh or a probe sends the record's own refresh token. */
  readonly grant?: Grant;
  readonly fingerprint?: string | undefined;
  /** The access token that the API refused. */
  readonly rejected?: string | undefined;
}

export type RequestResult =
  /**
   * Nothing was sent: another process was quicker, claiming took so long that the lease would not
   * have covered it, or the session was closed.
   */
  | { readonly type: 'lost' | 'withdrawn' }
  /** `kept`: the record has what came of it, or will as soon as the store takes it. */
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly kept: boolean };

/**
 * Claim, send, reconcile: the only way in which a grant leaves this process. It performs what the
 * machine says and decides nothing. Calls: machine, cached-record (to claim), wire/, commit,
 * announcer. Held by: lost-replies.test.ts, late-answers.test.ts.
 */
export class TokenRequests {
  readonly #account: Account;
  readonly #commits: Commits;
  readonly #announcer: Announcer;
  #last: Flight | null = null;
  #answer: Flight | null = null;
  /**
   * The access token that a request of this process brought last: seeing it in the record is not
   * news.
   */
  brought: string | null = null;

  constructor(account: Account, commits: Commits, announcer: Announcer) {
    this.#account = account;
    this.#commits = commits;
    this.#announcer = announcer;
  }

  async run(request: TokenRequest): Promise<RequestResult> {
    // Stryker disable next-line ObjectLiteral,StringLiteral: the flight replaces it, or throws.
    let result: RequestResult = { type: 'lost' };
    const last = new Flight(this.#account.environment.clock, longestLate, async () => {
      result = await this.#run(request);
    });
    this.#last = last;
    await this.#commits.track(last.done);
    last.throwIfFailed();
    return result;
  }

  /** Something woke this page: the timer of a request may be late. */
  checkDeadline(): void {
    this.#answer?.ring();
  }

  /**
   * Where timers are late, the last request of this process may still be under way, or its answer
   * on its way to the store, when its claim is over: waits for it, no longer than a commit takes.
   * In a Worker it belongs to a request that may have ended.
   */
  async lastOver(): Promise<void> {
    const last = this.#last;
    if (!last?.isRunning || endsWithRequests()) return;
    this.checkDeadline();
    last.extend(longestCall);
    await last.settled();
  }

  async #run(request: TokenRequest): Promise<RequestResult> {
    const account = this.#account;
    const { rules } = account.environment;
    const { purpose, grant } = request;
    const imported = grant?.type === 'refresh_token' ? grant.refreshToken : undefined;
    const mine = attempt(
      account.record,
      { ...request, id: randomId(), rules, imported },
      account.now(),
    );
    if (!(await this.#claim(mine))) return { type: 'lost' };
    // Nothing may be awaited from here to the send: what is left of the lease is judged now.
    const isTooLate = mine.claim.until - account.now() < rules.margin;
    if (isTooLate || account.closed) {
      await this.#commits.commit(mine, { type: 'withdrawn' });
      return { type: 'withdrawn' };
    }
    // The time in the claim's answer. Anything later would have the token live longer here than it
    // does at the server.
    const sentAt = account.time.lastSaid();
    const answer = this.#send(
      // Stryker disable next-line StringLiteral: what is refreshed has a refresh token; this is for the compiler.
      grant ?? { type: 'refresh_token', refreshToken: mine.refreshToken ?? '' },
      mine,
    );
    if (mine.charged) {
      const used = grantsInWindow(mine.record, account.now(), rules).length;
      this.#announcer.emit({ type: 'grant_sent', used, limit: rules.limit });
    }
    const outcome = await answer;
    if (outcome.type === 'granted') this.brought = outcome.accessToken;
    const kept = await this.#commits.commit(mine, this.#endingOf(outcome, sentAt));
    this.#report(purpose, outcome, kept);
    return { type: 'ended', outcome, kept };
  }

  async #claim(mine: Attempt): Promise<boolean> {
    try {
      // A swap whose answer got lost and that another process has built upon comes back as a
      // conflict with our claim still in it.
      const account = this.#account;
      return (await account.swap(mine.record)) || account.stored?.claim?.id === mine.claim.id;
    } catch (error) {
      // The store did not say whether it took the claim. If it did, others need not wait for the
      // end of the lease.
      this.#commits.writeLater(mine, { type: 'withdrawn' });
      if (isActOnTokenError(error, 'store_unavailable'))
        this.#announcer.fail(error, { type: 'store_failed', error });
      throw error;
    }
  }

  /**
   * One request. No other process may send before the lease ends, so an answer is worth having
   * until what is left of the lease is needed to commit it; only then is the request given up.
   */
  async #send(grant: Grant, mine: Attempt): Promise<Outcome> {
    const account = this.#account;
    const { endpoint, clock, rules } = account.environment;
    const abort = new AbortController();
    const toCommit = rules.margin - endpoint.requestTimeout;
    // A store whose clock leaped must not make it longer than a lease.
    const delay = Math.min(mine.claim.until - account.now(), rules.lease) - toCommit;
    const [wall, monotonic] = [clock.now(), clock.monotonic()];
    const left = (): number => delay - Math.max(clock.now() - wall, clock.monotonic() - monotonic);
    let outcome: Outcome | null = null;
    const answer = new Flight(clock, delay, async () => {
      outcome = await endpoint.send(grant, abort.signal);
    });
    this.#answer = answer;
    while (!answer.isOver && left() > 0) await Promise.race([answer.done, answer.wait(left())]);
    // A timer that rings long after its time woke up together with this process: an answer may have
    // come that is still unread.
    if (left() < -longSleep && !account.closed)
      await Promise.race([answer.done, answer.wait(aMoment)]);
    // Stryker disable next-line ConditionalExpression,EqualityOperator: the bell of a request that is over wakes no one.
    if (this.#answer === answer) this.#answer = null;
    abort.abort();
    const detail = answer.isOver
      ? 'the endpoint broke its promise never to reject'
      : `no answer within ${Math.round(delay)} ms`;
    return outcome ?? { type: 'unknown', answered: false, detail, retryAfter: null };
  }

  #endingOf(outcome: Outcome, sentAt: number): Ending {
    if (outcome.type === 'granted') {
      const { type, ...issued } = outcome;
      return {
        type,
        tokens: tokensOf(issued, sentAt, this.#account.environment.rules.maxLifetime),
      };
    }
    const { type, detail } = outcome;
    if (type === 'rejected')
      return { type: 'refused', refusal: { code: 'grant_rejected', detail } };
    // Stryker disable next-line ConditionalExpression,StringLiteral: of what was not sent the machine reads nothing but the type.
    if (type === 'not_sent') return { type };
    const blockedUntil =
      outcome.retryAfter === null ? null : this.#account.now() + outcome.retryAfter;
    if (type === 'unknown') return { type, answered: outcome.answered, blockedUntil };
    const { reason } = outcome;
    const refund = reason === 'client' || reason === 'gateway';
    if (reason !== 'client' && reason !== 'request') return { type, blockedUntil, refund };
    return {
      type,
      blockedUntil,
      refund,
      refusal: { code: reason === 'client' ? 'client_rejected' : 'grant_rejected', detail },
    };
  }

  #report(purpose: Purpose, outcome: Outcome, kept: boolean): void {
    for (const event of eventsOfOutcome(purpose, outcome, kept)) this.#announcer.emit(event);
    if (outcome.type === 'granted' || purpose === 'grant') return;
    const retryAt = outcome.type === 'rejected' ? null : this.#nextSend();
    const error = errorOf(
      outcome,
      false,
      retryAt === null ? null : this.#account.time.toLocal(retryAt),
      this.#account.environment.endpoint.name,
    );
    this.#announcer.fail(error, { type: 'refresh_failed', error });
  }

  /**
   * When (store time) the record allows the next send of its refresh token; `null`: it does not
   * say.
   */
  #nextSend(): number | null {
    const { rules } = this.#account.environment;
    const now = this.#account.now();
    const demand = { signIn: 'none', minValidity: Number.POSITIVE_INFINITY } as const;
    const watched = this.#account.watchedFor();
    const next = decide(this.#account.record, { now, rules, watched, ...demand });
    if (next.type === 'give_up') return next.retryAt;
    return 'until' in next ? next.until : now;
  }
}

/** The lifetime counts from the moment of sending: the server's began later. */
function tokensOf(outcome: IssuedTokens, sentAt: number, maxLifetime: number): Tokens {
  const { lifetime, ...tokens } = outcome;
  return { ...tokens, issuedAt: sentAt, expiresAt: sentAt + Math.min(lifetime, maxLifetime) };
}
