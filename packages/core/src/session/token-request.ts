import { isActOnTokenError } from '../errors.ts';
import { randomId } from '../key.ts';
import { type Attempt, attempt, decide, type Ending, grantsInWindow, type Tokens } from '../machine.ts';
import type { Purpose } from '../record.ts';
import type { Grant } from '../wire/grant.ts';
import type { IssuedTokens, Outcome } from '../wire/token-response.ts';
import type { Announcer } from './announcer.ts';
import type { CachedRecord } from './cached-record.ts';
import type { Commits } from './commit.ts';
import { Deadline } from './deadline.ts';
import { eventsOfOutcome } from './derive-events.ts';
import { errorOf } from './messages.ts';
import type { Environment } from './options.ts';
import type { Lifetime } from './pool-state.ts';

export interface TokenRequest {
  readonly purpose: Purpose;
  /** What to send; a refresh or a probe sends the record's own refresh token. */
  readonly grant?: Grant;
  readonly print?: string | undefined;
  /** The access token that the API refused. */
  readonly rejected?: string | undefined;
}

export type RequestResult =
  /** Nothing was sent: another process was quicker, claiming took so long that the lease would not have covered it, or the session was closed. */
  | { readonly type: 'lost' | 'withdrawn' }
  /** `kept`: the record has what came of it, or will as soon as the store takes it. */
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly kept: boolean };

/**
 * Claim, send, reconcile: the only way in which a grant leaves this process. It performs what the machine says and decides
 * nothing. Calls: machine, cached-record (to claim), wire/, commit, announcer. Held by: lost-replies.test.ts, late-answers.test.ts.
 */
export class TokenRequests {
  readonly #environment: Environment;
  readonly #record: CachedRecord;
  readonly #commits: Commits;
  readonly #announcer: Announcer;
  readonly #lifetime: Lifetime;
  #deadline: Deadline | null = null;
  /** The access token that a request of this process brought last: seeing it in the record is no news. */
  brought: string | null = null;

  constructor(environment: Environment, record: CachedRecord, commits: Commits, announcer: Announcer, lifetime: Lifetime) {
    this.#environment = environment;
    this.#record = record;
    this.#commits = commits;
    this.#announcer = announcer;
    this.#lifetime = lifetime;
  }

  run(request: TokenRequest): Promise<RequestResult> {
    return this.#commits.track(this.#run(request));
  }

  /** Something woke this page: a timer may be late. */
  checkDeadline(): void {
    this.#deadline?.check();
  }

  async #run(request: TokenRequest): Promise<RequestResult> {
    const record = this.#record;
    const { rules } = this.#environment;
    const claim = { ...request, id: randomId(), rules, imported: importedToken(request) };
    const mine = attempt(record.record, claim, record.now());
    if (!(await this.#claim(mine))) return { type: 'lost' };
    // Nothing may be awaited from here to the send: what is left of the lease is judged now.
    const isTooLate = mine.claim.until - record.now() < rules.margin;
    if (isTooLate || this.#lifetime.closed) {
      await this.#commits.commit(mine, { type: 'withdrawn' });
      return { type: 'withdrawn' };
    }
    // The time in the claim's answer. Anything later would have the token live longer here than it does at the server.
    const sentAt = record.time.told();
    const answer = this.#send(request.grant ?? { type: 'refresh_token', refreshToken: mine.refreshToken ?? '' }, mine);
    if (mine.charged) {
      const used = grantsInWindow(mine.record, record.now(), rules).length;
      this.#announcer.emit({ type: 'grant_sent', used, limit: rules.limit });
    }
    const outcome = await answer;
    if (outcome.type === 'granted') this.brought = outcome.accessToken;
    const kept = await this.#commits.commit(mine, this.#endingOf(outcome, sentAt));
    this.#report(request.purpose, outcome, kept);
    return { type: 'ended', outcome, kept };
  }

  async #claim(mine: Attempt): Promise<boolean> {
    try {
      // A swap whose answer got lost and that another process has built upon comes back as a conflict with our claim still in it.
      return (await this.#record.swap(mine.record)) || this.#record.stored?.claim?.id === mine.claim.id;
    } catch (error) {
      this.#commits.withdrawLost(mine);
      if (isActOnTokenError(error, 'store_unavailable')) this.#announcer.fail(error, { type: 'store_failed', error });
      throw error;
    }
  }

  /**
   * One request. No other process may send before the lease ends, so an answer is worth having until what is left of the lease is
   * needed to commit it; only then is the request given up.
   */
  async #send(grant: Grant, mine: Attempt): Promise<Outcome> {
    const { endpoint, clock, rules } = this.#environment;
    const abort = new AbortController();
    const toCommit = rules.margin - endpoint.requestTimeout;
    const delay = mine.claim.until - this.#record.now() - toCommit;
    const deadline = new Deadline(clock, delay);
    this.#deadline = deadline;
    const unanswered = (detail: string): Outcome => ({ type: 'unknown', answered: false, detail, retryAfter: null });
    const answer = endpoint.send(grant, abort.signal).catch(() => unanswered('the endpoint broke its promise never to reject'));
    const late = deadline.over.then(() => unanswered(`no answer within ${Math.round(delay)} ms`));
    const outcome = await Promise.race([answer, late]);
    deadline.cancel();
    if (this.#deadline === deadline) this.#deadline = null;
    abort.abort();
    return outcome;
  }

  #endingOf(outcome: Outcome, sentAt: number): Ending {
    const at = (delay: number | null): number | null => (delay === null ? null : this.#record.now() + delay);
    const { detail } = outcome as { detail: string };
    switch (outcome.type) {
      case 'granted':
        return { type: 'granted', tokens: tokensOf(outcome, sentAt, this.#environment.rules.maxLifetime) };
      case 'rejected':
        return { type: 'refused', refusal: { code: 'grant_rejected', detail } };
      case 'not_processed': {
        const { reason } = outcome;
        const code = reason === 'client' ? 'client_rejected' : 'grant_rejected';
        const isFinal = reason === 'client' || reason === 'request';
        return {
          type: 'not_processed',
          blockedUntil: at(outcome.retryAfter),
          refund: reason === 'client' || reason === 'gateway',
          ...(isFinal ? { refusal: { code, detail } } : {}),
        };
      }
      case 'unknown':
        return { type: 'unknown', answered: outcome.answered, blockedUntil: at(outcome.retryAfter) };
      default:
        return { type: 'not_sent' };
    }
  }

  #report(purpose: Purpose, outcome: Outcome, kept: boolean): void {
    for (const event of eventsOfOutcome(purpose, outcome, kept)) this.#announcer.emit(event);
    if (outcome.type === 'granted' || purpose === 'grant') return;
    const retryAt = outcome.type === 'rejected' ? null : this.#nextSend();
    const error = errorOf(outcome, false, retryAt === null ? null : this.#record.time.toLocal(retryAt));
    this.#announcer.fail(error, { type: 'refresh_failed', error });
  }

  /** When (store time) the record allows the next send of its refresh token; `null`: it does not say. */
  #nextSend(): number | null {
    const { rules } = this.#environment;
    const now = this.#record.now();
    const demand = { signIn: 'nobody', minValidity: Number.POSITIVE_INFINITY } as const;
    const watched = this.#record.watchedFor();
    const next = decide(this.#record.record, { now, rules, watched, ...demand });
    if (next.type === 'give_up') return next.retryAt;
    return 'until' in next ? next.until : now;
  }
}

function importedToken({ purpose, grant }: TokenRequest): string | undefined {
  return purpose === 'grant' && grant?.type === 'refresh_token' ? grant.refreshToken : undefined;
}

/** The lifetime counts from the moment of sending: the server's began later. */
function tokensOf(outcome: IssuedTokens, sentAt: number, maxLifetime: number): Tokens {
  const { accessToken, refreshToken, lifetime, scope } = outcome;
  const expiresAt = sentAt + Math.min(lifetime, maxLifetime);
  return { accessToken, refreshToken, issuedAt: sentAt, expiresAt, ...(scope === undefined ? {} : { scope }) };
}
