import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { decide, signedOut } from '../machine.ts';
import { checkGrant, type Grant } from '../wire/grant.ts';
import type { Account } from './account.ts';
import type { ExchangeResult } from './exchange.ts';
import { explain } from './messages.ts';
import { abortable } from './waiter.ts';

/** What a person does: sign in and out. It shares no flight with those who wait for a token: a typing error is no concern of theirs. */
export class SignIn {
  readonly #account: Account;
  /** The last code and what became of it: a code is sent once, however often a page is loaded or an effect runs. */
  #code: { code: string; done: Promise<void> } | null = null;

  constructor(account: Account) {
    this.#account = account;
  }

  authorize(grant: Grant, signal: AbortSignal | undefined): Promise<void> {
    checkGrant(grant);
    if (grant.type !== 'authorization_code') return abortable(this.#authorize(grant, signal), signal);
    if (this.#code?.code !== grant.code) this.#code = { code: grant.code, done: this.#authorizeOnce(grant, signal) };
    return abortable(this.#code.done, signal);
  }

  async signOut(): Promise<void> {
    const { replica } = this.#account;
    await this.#readForPerson();
    const { lineage } = replica.record;
    while (replica.record.lineage === lineage && replica.record.ended !== 'signed_out') {
      await replica.swap(signedOut(replica.record));
    }
    replica.forgetUnsaved();
  }

  /** Forgets a code that certainly was not sent, so that it can be tried again. */
  async #authorizeOnce(grant: Grant, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#authorize(grant, signal);
    } catch (error) {
      const used = isActOnTokenError(error, 'grant_rejected') || isActOnTokenError(error, 'outcome_unknown');
      if (!used) this.#code = null;
      throw error;
    }
  }

  async #authorize(grant: Grant, signal: AbortSignal | undefined): Promise<void> {
    const done = this.#account.announcer.signingIn();
    const leave = this.#account.waiter.join();
    try {
      await this.#readForPerson();
      const { lineage } = this.#account.replica.record;
      const print = grant.type === 'password' ? await this.#printOf(grant.username, grant.password) : undefined;
      await this.#claimAndSend(grant, print, lineage, signal);
    } finally {
      leave();
      done();
    }
  }

  #printOf(username: string, password: string): Promise<string> {
    return this.#account.environment.endpoint.print(JSON.stringify([username, password]));
  }

  /** `lineage`: what was there when the person began. */
  async #claimAndSend(grant: Grant, print: string | undefined, lineage: number, signal: AbortSignal | undefined): Promise<void> {
    const { replica, environment, waiter } = this.#account;
    const { clock, rules } = environment;
    const signIn = grant.type === 'refresh_token' ? 'import' : 'person';
    for (const started = clock.monotonic(); ; ) {
      signal?.throwIfAborted();
      if (this.#account.closed) throw explain('closed');
      // Somebody signed in while this one waited: their pair is as good, and another grant would kill it.
      if (grant.type === 'password' && replica.record.lineage > lineage && replica.record.pair !== null) return;
      const next = decide(replica.record, { now: replica.now(), rules, signIn, watched: replica.watchedFor() });
      if (next.type === 'give_up') throw this.#refusal(explain(next.code, { retryAt: this.#account.toLocal(next.retryAt) }));
      if (next.type === 'join' || next.type === 'wait_until') {
        if (clock.monotonic() - started > environment.patience)
          throw explain('outcome_unknown', { retryAt: this.#account.toLocal(next.until) });
        await waiter.next(next.until);
        continue;
      }
      const offline = this.#account.offline();
      if (offline !== null) throw offline;
      const result = await this.#account.exchange({ purpose: 'grant', grant, print });
      if (result.type === 'ended') return this.#conclude(result);
    }
  }

  #refusal(error: ActOnTokenError): ActOnTokenError {
    if (error.code === 'grant_budget') this.#account.tell({ type: 'grant_budget', nextAt: error.retryAt });
    return error;
  }

  #conclude({ outcome, kept }: Extract<ExchangeResult, { type: 'ended' }>): void {
    if (outcome.type !== 'granted') {
      const retryAfter = outcome.type === 'not_processed' ? outcome.retryAfter : null;
      throw this.#account.errorOf(outcome, false, retryAfter === null ? null : this.#account.environment.clock.now() + retryAfter);
    }
    if (!kept && this.#account.replica.record.pair === null) throw explain('signed_out', { detail: 'somebody signed out meanwhile' });
  }

  /** A person may replace what cannot be read, but never what a newer version wrote. */
  async #readForPerson(): Promise<void> {
    await this.#account.load();
    const { fault } = this.#account.replica;
    if (isActOnTokenError(fault, 'store_version')) throw fault;
  }
}
