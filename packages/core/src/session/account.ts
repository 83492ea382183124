import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { type Attempt, decide, grantsInWindow } from '../machine.ts';
import type { AccountRecord } from '../record.ts';
import type { Outcome } from '../wire/token-response.ts';
import { Announcer } from './announcer.ts';
import { type ExchangeRequest, type ExchangeResult, Exchanges } from './exchange.ts';
import { codeOf, explain } from './messages.ts';
import type { Environment } from './options.ts';
import { Replica } from './replica.ts';
import { Waiter } from './waiter.ts';

/** One account in this process: its record, its way to the token endpoint and its voice, wired together. */
export class Account {
  readonly environment: Environment;
  readonly replica: Replica;
  readonly waiter: Waiter;
  readonly announcer: Announcer;
  readonly #exchanges: Exchanges;
  closed = false;
  #loading: Promise<void> | null = null;
  /** The access token that an exchange of this process brought last: seeing it in the record is no news. */
  #brought: string | null = null;

  constructor(environment: Environment, key: string, changed: () => void) {
    this.environment = environment;
    this.replica = new Replica(environment, key, (before, after) => {
      this.#tellChange(before, after);
      changed();
      this.waiter.wake();
    });
    this.waiter = new Waiter(environment, this.replica);
    this.announcer = new Announcer(environment, this.replica);
    this.#exchanges = new Exchanges(environment, this.replica, {
      sent: (mine) => this.#tellSent(mine),
      answered: (outcome) => {
        if (outcome.type === 'granted') this.#brought = outcome.accessToken;
      },
      unsaved: (lost) => this.announcer.tell({ type: 'unsaved', lost }),
      saved: () => this.announcer.tell({ type: 'saved' }),
    });
  }

  /** Reads the record; all who ask meanwhile share the call. */
  load(): Promise<void> {
    this.#loading ??= this.#watched(this.replica.read()).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** One exchange with the token endpoint; tells what came of it. */
  async exchange(request: ExchangeRequest): Promise<ExchangeResult> {
    const result = await this.#watched(this.#exchanges.run(request));
    if (result.type === 'ended') this.#tellOutcome(request, result.outcome, result.kept);
    return result;
  }

  /** A moment of the store's clock told in this machine's. */
  toLocal(at: number | null): number | null {
    return at === null ? null : this.environment.store.toLocal(at);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.waiter.wake();
    await this.#exchanges.close();
  }

  async #watched<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isActOnTokenError(error, 'store_unavailable')) this.announcer.fail(error, { type: 'store_failed', error });
      throw error;
    }
  }

  #tellSent({ charged, record }: Attempt): void {
    const { rules } = this.environment;
    const used = grantsInWindow(record, this.replica.now(), rules).length;
    if (charged) this.announcer.tell({ type: 'grant_sent', used, limit: rules.limit });
  }

  #tellOutcome({ purpose }: ExchangeRequest, outcome: Outcome, kept: boolean): void {
    const { announcer } = this;
    const probed = { granted: 'healed', rejected: 'dead' } as const;
    if (purpose === 'probe') announcer.tell({ type: 'probed', outcome: probed[outcome.type as 'granted'] ?? 'open' });
    if (outcome.type === 'granted') {
      if (!kept) announcer.tell({ type: 'superseded' });
      return;
    }
    if (outcome.type === 'unknown') announcer.tell({ type: 'unknown', purpose, detail: outcome.detail });
    if (purpose === 'grant') return;
    const isDead = outcome.type === 'rejected';
    const error = this.errorOf(outcome, isDead, isDead ? null : this.toLocal(this.#nextSend()));
    announcer.fail(error, { type: 'refresh_failed', error });
  }

  /** When (store time) the record allows the next send of its refresh token; `null`: it does not say. */
  #nextSend(): number | null {
    const { replica, environment } = this;
    const now = replica.now();
    const demand = { signIn: 'nobody', minValidity: Number.POSITIVE_INFINITY, watched: replica.watchedFor() } as const;
    const next = decide(replica.record, { now, rules: environment.rules, ...demand });
    if (next.type === 'give_up') return next.retryAt;
    return 'until' in next ? next.until : now;
  }

  /** The error for an outcome. A refused refresh token is the end of a session, other refused grants are the caller's. */
  errorOf(outcome: Exclude<Outcome, { type: 'granted' }>, isRefresh: boolean, retryAt: number | null = null): ActOnTokenError {
    return explain(isRefresh ? 'session_expired' : codeOf(outcome), { retryAt, detail: outcome.detail });
  }

  #tellChange(before: AccountRecord, after: AccountRecord): void {
    const { announcer } = this;
    if (after.generation > before.generation) {
      announcer.recovered();
      const { lineage, generation, pair } = after;
      const expiresAt = this.environment.store.toLocal(pair?.expiresAt ?? 0);
      if (pair === null) announcer.tell({ type: 'signed_out' });
      else if (lineage > before.lineage) announcer.tell({ type: 'signed_in', lineage });
      else announcer.tell({ type: pair.accessToken === this.#brought ? 'refreshed' : 'adopted', generation, expiresAt });
    }
    if (after.suspect && !before.suspect) announcer.tell({ type: 'suspect' });
    announcer.announce();
  }
}
