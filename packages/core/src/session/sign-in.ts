import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { canRefresh, decide, signedOut } from '../machine.ts';
import { longestCall } from '../timed-store.ts';
import { checkGrant, type Grant } from '../wire/grant.ts';
import { abortable } from './abortable.ts';
import { fingerprintOf } from './credentials.ts';
import { errorOf, explain, mostWithdrawals, slowStore } from './messages.ts';
import type { Parts, SentCodes } from './parts.ts';
import { longestRound } from './record-wait.ts';
import type { RequestResult, TokenRequest } from './token-request.ts';
import { Wait, within } from './wait.ts';

/** So many codes are remembered as sent. */
const mostCodes = 16;
const slack = 1_000;

/**
 * What a person does: sign in and out. It shares no flight with those who wait for a token: a typing error must not reach them.
 * Calls: machine, token-request, the record and the waits for it. Held by: signing-in.test.ts.
 */
export class SignIn {
  readonly #parts: Parts;
  #running = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#running > 0;
  }

  authorize(grant: Grant, signal: AbortSignal | undefined): Promise<void> {
    checkGrant(grant);
    if (grant.type === 'password') return abortable(this.#authorize(grant, signal), signal);
    const { codes, environment, record } = this.#parts;
    const secret = grant.type === 'refresh_token' ? grant.refreshToken : grant.code;
    const isRepeated = codes.has(secret);
    const known = codes.get(secret) ?? this.#authorizeOnce(grant, secret, codes);
    // It belongs to all who bring this code, so no one's signal ends it; and in a Worker it may never settle.
    const bound = environment.patience + environment.rules.lease + longestCall;
    const done = within(environment.clock, known, bound, 'over' as const).then((end) => {
      if (end === 'over') throw explain('outcome_unknown', { detail: 'the sign-in with this code did not end' });
      if (isRepeated && record.record.pair === null) throw explain('signed_out', { detail: 'this code or token was used before' });
    });
    return abortable(done, signal);
  }

  async signOut(): Promise<void> {
    const { record } = this.#parts;
    this.#running += 1;
    try {
      await this.#readForPerson();
      const { lineage } = record.record;
      while (record.record.lineage === lineage && record.record.ended !== 'signed_out') {
        this.#throwIfNewer();
        await record.swap(signedOut(record.record, record.now()));
      }
      record.forgetUnsaved();
    } finally {
      this.#running -= 1;
    }
  }

  /** Forgets what certainly was not sent, so that it can be tried again. */
  #authorizeOnce(grant: Grant, secret: string, codes: SentCodes): Promise<void> {
    const done = this.#authorize(grant, undefined).catch((error: unknown) => {
      const wasUsed = isActOnTokenError(error, 'grant_rejected') || isActOnTokenError(error, 'outcome_unknown');
      if (!wasUsed) codes.delete(secret);
      throw error;
    });
    const [oldest] = codes.keys();
    if (codes.size >= mostCodes && oldest !== undefined) codes.delete(oldest);
    codes.set(secret, done);
    return done;
  }

  async #authorize(grant: Grant, signal: AbortSignal | undefined): Promise<void> {
    const { announcer, recordWait, environment, record } = this.#parts;
    this.#running += 1;
    const done = announcer.signingIn();
    const leave = recordWait.join();
    try {
      await this.#readForPerson();
      const { lineage } = record.record;
      const print = grant.type === 'password' ? await fingerprintOf(environment.endpoint, grant) : undefined;
      await this.#claimAndSend(grant, print, lineage, new Wait(environment.clock, signal, Number.POSITIVE_INFINITY));
    } finally {
      this.#running -= 1;
      leave();
      done();
    }
  }

  /** `lineage`: what was there when the person began. */
  async #claimAndSend(grant: Grant, print: string | undefined, lineage: number, wait: Wait): Promise<void> {
    const { record, environment, recordWait } = this.#parts;
    const signIn = grant.type === 'refresh_token' ? 'import' : 'person';
    for (let withdrawn = 0; ; ) {
      wait.check();
      this.#throwIfNewer();
      const current = record.record;
      // The verdict on this very token is in the record, so it is not sent again.
      if (grant.type === 'refresh_token' && grant.refreshToken === current.pair?.refreshToken && current.ended !== null)
        throw explain('grant_rejected', { detail: 'this refresh token was refused before' });
      // Another person signed in while this one waited: their pair is as good, and another grant would kill it.
      if (grant.type === 'password' && current.lineage > lineage && current.pair !== null) return;
      const { rules, patience } = environment;
      const next = decide(current, { now: record.now(), rules, signIn, watched: record.watchedFor() });
      if (next.type === 'give_up') throw this.#refusal(next.code, next.retryAt);
      if (next.type === 'join' || next.type === 'wait_until') {
        if (wait.elapsed > patience) throw explain('outcome_unknown', { retryAt: record.time.toLocal(next.until) });
        await wait.for(recordWait.next(next.until), longestRound);
        continue;
      }
      const result = await this.#parts.requests.run(this.#requestFor(grant, print));
      if (result.type === 'ended') return this.#conclude(result);
      if (result.type === 'withdrawn') withdrawn += 1;
      if (withdrawn >= mostWithdrawals) throw slowStore();
    }
  }

  /** A refresh token that the record has already goes out as what it is. */
  #requestFor(grant: Grant, print: string | undefined): TokenRequest {
    const { record } = this.#parts.record;
    const isOwn = grant.type === 'refresh_token' && grant.refreshToken === record.pair?.refreshToken && canRefresh(record);
    if (!isOwn) return { purpose: 'grant', grant, print };
    return { purpose: (record.pair?.unanswered ?? 0) > 0 ? 'probe' : 'refresh' };
  }

  #refusal(code: ActOnTokenError['code'], at: number | null): ActOnTokenError {
    const { record, announcer } = this.#parts;
    const retryAt = at === null ? null : record.time.toLocal(at);
    if (code === 'grant_budget') announcer.emit({ type: 'grant_budget', nextAt: retryAt });
    const detail = code === 'grant_budget' ? record.record.refusal?.detail : undefined;
    return explain(code, { retryAt, detail });
  }

  #conclude({ outcome, kept }: Extract<RequestResult, { type: 'ended' }>): void {
    if (outcome.type !== 'granted') {
      if (outcome.type === 'not_sent' && outcome.thrown !== undefined) throw outcome.thrown;
      const retryAfter = 'retryAfter' in outcome ? outcome.retryAfter : null;
      const { clock } = this.#parts.environment;
      throw errorOf(outcome, true, retryAfter === null ? null : clock.now() + retryAfter);
    }
    if (!kept && this.#parts.record.record.pair === null) throw explain('signed_out', { detail: 'a sign-out came meanwhile' });
  }

  async #readForPerson(): Promise<void> {
    const wait = new Wait(this.#parts.environment.clock, undefined, Number.POSITIVE_INFINITY);
    if (!(await wait.for(this.#parts.load(), longestCall + slack))) await this.#parts.load();
    this.#throwIfNewer();
  }

  /** A person may replace what cannot be read, but never what a newer version wrote. And a closed session sends nothing. */
  #throwIfNewer(): void {
    if (this.#parts.closed) throw explain('closed');
    const { fault } = this.#parts.record;
    if (isActOnTokenError(fault, 'store_version')) throw fault;
  }
}
