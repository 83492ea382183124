import { Flight } from '../bell.ts';
import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { decide, signedOut } from '../machine.ts';
import { longestCall } from '../timed-store.ts';
import { checkGrant, type Grant } from '../wire/grant.ts';
import { mostWithdrawals } from './back-off.ts';
import { fingerprintOf } from './credentials.ts';
import { errorOf, explain, slowStore } from './messages.ts';
import type { Parts } from './parts.ts';
import { longestRead } from './record-wait.ts';
import type { RequestResult, TokenRequest } from './token-request.ts';
import { Wait } from './wait.ts';

type CodeOrToken = Exclude<Grant, { type: 'password' }>;

/** So many codes and tokens are remembered as sent. */
const mostCodes = 16;

/**
 * What a person does: sign in and out. It shares no flight with those who wait for a token: a
 * typing error must not reach them. Calls: machine, token-request, record-wait. Held by:
 * signing-in.test.ts.
 */
export class SignIn {
  readonly #parts: Parts;
  /** What people began and what is not over. */
  #running = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#running > 0;
  }

  async authorize(grant: Grant, signal: AbortSignal | undefined): Promise<void> {
    checkGrant(grant);
    const account = this.#parts.account;
    const done = this.#parts.announcer.signingIn();
    try {
      if (grant.type !== 'password') return await this.#authorizeOnce(grant, signal);
      // This caller's own: no one else waits for it.
      const flight = this.#fly(grant, new Wait(account, { signal }));
      await new Wait(account, { signal }).until(flight, Number.POSITIVE_INFINITY);
    } finally {
      done();
    }
  }

  /** A code or a token belongs to all who bring it, so no one's signal ends it. */
  async #authorizeOnce(grant: CodeOrToken, signal: AbortSignal | undefined): Promise<void> {
    const { account } = this.#parts;
    const secret = grant.type === 'refresh_token' ? grant.refreshToken : grant.code;
    const { codes, environment } = account;
    const known = codes.get(secret);
    // What certainly was not sent can be tried again.
    const flight =
      known ?? this.#fly(grant, new Wait(this.#parts.account), () => codes.delete(secret));
    if (known === undefined) {
      // Stryker disable next-line StringLiteral: where there are so many, there is an oldest.
      const [oldest = ''] = codes.keys();
      if (codes.size >= mostCodes) codes.delete(oldest);
      codes.set(secret, flight);
    }
    const bound = environment.patience + environment.rules.lease + longestCall;
    if (!(await new Wait(this.#parts.account, { signal }).until(flight, bound)))
      throw explain(
        'outcome_unknown',
        { detail: 'the sign-in with this code did not end' },
        this.#parts.name,
      );
    if (known !== undefined && account.record.pair === null)
      throw explain('signed_out', { detail: 'this code or token was used before' });
  }

  async signOut(): Promise<void> {
    const { account } = this.#parts;
    const { clock, endpoint } = account.environment;
    let token: string | null | undefined;
    this.#running += 1;
    try {
      await this.#readForPerson(new Wait(this.#parts.account));
      const { lineage } = account.record;
      while (account.record.lineage === lineage && account.record.ended !== 'signed_out') {
        this.#throwIfNewer();
        token = account.record.pair?.refreshToken;
        await account.swap(signedOut(account.record, account.now()));
      }
      if (token && endpoint.revoke)
        await new Flight(clock, endpoint.requestTimeout, async () =>
          endpoint.revoke?.(token as string),
        ).settled();
    } finally {
      this.#running -= 1;
    }
  }

  // Stryker disable next-line ArrowFunction: no one looks at what it returns.
  #fly(grant: Grant, wait: Wait, onNotSent = (): unknown => null): Flight {
    return new Flight(this.#parts.account.environment.clock, Number.POSITIVE_INFINITY, async () => {
      this.#running += 1;
      const leave = this.#parts.recordWait.join();
      try {
        const hadIt = this.#isOwn(grant);
        await this.#readForPerson(wait);
        const { lineage } = this.#parts.account.record;
        const began = { lineage, hadIt: hadIt || this.#isOwn(grant) };
        const { endpoint } = this.#parts.account.environment;
        const fingerprint =
          grant.type === 'password' ? await fingerprintOf(endpoint, grant) : undefined;
        await this.#claimAndSend(grant, fingerprint, began, wait);
      } catch (error) {
        const wasUsed =
          isActOnTokenError(error, 'grant_rejected') || isActOnTokenError(error, 'outcome_unknown');
        if (!wasUsed) onNotSent();
        throw error;
      } finally {
        this.#running -= 1;
        leave();
      }
    });
  }

  /** Whether a person brings the very refresh token that the record has. */
  #isOwn(grant: Grant): boolean {
    const { pair } = this.#parts.account.record;
    return grant.type === 'refresh_token' && grant.refreshToken === pair?.refreshToken;
  }

  /** `began`: what was there when the person began, and whether the record had the token then. */
  async #claimAndSend(
    grant: Grant,
    fingerprint: string | undefined,
    { lineage, hadIt }: { readonly lineage: number; readonly hadIt: boolean },
    wait: Wait,
  ): Promise<void> {
    const { account } = this.#parts;
    const { rules, patience } = account.environment;
    const signIn = grant.type === 'refresh_token' ? 'import' : 'person';
    let wasOwn = hadIt;
    for (let withdrawn = 0; withdrawn < mostWithdrawals; ) {
      await this.#parts.requests.lastOver();
      wait.check();
      this.#throwIfNewer();
      const current = account.record;
      const isOwn = this.#isOwn(grant);
      // The verdict on this very token is in the record, so it is not sent again.
      if (isOwn && current.ended !== null)
        throw explain(
          'grant_rejected',
          { detail: 'this refresh token was refused before' },
          this.#parts.name,
        );
      // The record had this very token, and a refresh has spent it meanwhile: its pair is what the
      // person asked for.
      if (wasOwn && !isOwn && current.pair !== null && current.lineage === lineage) return;
      wasOwn = isOwn;
      // Another person signed in while this one waited: their pair is as good, and another grant
      // would kill it.
      if (grant.type === 'password' && current.lineage > lineage && current.pair !== null) return;
      const next = decide(current, {
        now: account.now(),
        rules,
        signIn,
        watched: account.watchedFor(),
      });
      if (next.type === 'give_up') throw this.#refusal(next.code, next.retryAt);
      if (next.type === 'join' || next.type === 'wait_until') {
        if (wait.elapsed > patience) throw this.#refusal('outcome_unknown', next.until);
        await this.#parts.recordWait.next(wait, next.until);
        continue;
      }
      const result = await this.#parts.requests.run(this.#requestFor(grant, fingerprint, isOwn));
      if (result.type === 'ended') return this.#conclude(result);
      if (result.type === 'withdrawn') withdrawn += 1;
    }
    throw slowStore();
  }

  /** A refresh token that the record has already goes out as what it is. */
  #requestFor(grant: Grant, fingerprint: string | undefined, isOwn: boolean): TokenRequest {
    if (!isOwn) return { purpose: 'grant', grant, fingerprint };
    const { pair } = this.#parts.account.record;
    return { purpose: (pair?.unanswered ?? 0) > 0 ? 'probe' : 'refresh' };
  }

  #refusal(code: ActOnTokenError['code'], at: number | null): ActOnTokenError {
    const { record, time } = this.#parts.account;
    const retryAt = at === null ? null : time.toLocal(at);
    if (code !== 'grant_budget') return explain(code, { retryAt }, this.#parts.name);
    this.#parts.announcer.emit({ type: 'grant_budget', nextAt: retryAt });
    return explain(code, { retryAt, detail: record.refusal?.detail });
  }

  #conclude({ outcome, kept }: Extract<RequestResult, { type: 'ended' }>): void {
    if (outcome.type !== 'granted') {
      if (outcome.type === 'not_sent' && outcome.thrown !== undefined) throw outcome.thrown;
      const retryAfter = 'retryAfter' in outcome ? outcome.retryAfter : null;
      throw errorOf(
        outcome,
        true,
        retryAfter === null ? null : this.#parts.account.environment.clock.now() + retryAfter,
        this.#parts.name,
      );
    }
    if (!kept && this.#parts.account.record.pair === null)
      throw explain('signed_out', { detail: 'a sign-out came meanwhile' });
  }

  async #readForPerson(wait: Wait): Promise<void> {
    if (!(await wait.until(this.#parts.recordWait.look(), longestRead)))
      await wait.until(this.#parts.recordWait.look(), longestRead);
    this.#throwIfNewer();
  }

  /** A person may replace what cannot be read, but never what a newer version wrote. */
  #throwIfNewer(): void {
    const { fault } = this.#parts.account;
    if (isActOnTokenError(fault, 'store_version')) throw fault;
  }
}
