import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { type Attempt, decide, grantsInWindow, handOutUntil } from '../machine.ts';
import type { AccountRecord } from '../record.ts';
import { isOnThisMachine } from '../wire/endpoint.ts';
import type { Outcome } from '../wire/token-response.ts';
import { Announcer } from './announcer.ts';
import type { Attendance } from './attendance.ts';
import type { SessionEvent } from './events.ts';
import { type ExchangeObserver, type ExchangeRequest, type ExchangeResult, Exchanges } from './exchange.ts';
import { codeOf, explain } from './messages.ts';
import type { Environment } from './options.ts';
import { Replica, type ReplicaObserver } from './replica.ts';
import { Waiter } from './waiter.ts';

const never = Number.NEGATIVE_INFINITY;

/**
 * One account in this process: its record, its way to the token endpoint and its voice, wired together. A process may have
 * very many that do nothing, so what only some need is made when it is needed.
 */
export class Account implements ReplicaObserver, ExchangeObserver {
  readonly environment: Environment;
  readonly name: string;
  readonly replica: Replica;
  /** The hot path: the token at hand, until when (this machine's clock) it lives, and until when it is handed out without a second look. */
  token: string | undefined = undefined;
  handedOut: Promise<string> | null = null;
  livesUntil: number = never;
  handOutUntil: number = never;
  /** When these times were settled. A wall clock that went back behind it would make them come too late. */
  settledAt: number = never;
  /** What runs while somebody listens. */
  attendance: Attendance | null = null;
  #isClosed = false;
  #announcer: Announcer | null = null;
  #waiter: Waiter | null = null;
  #exchanges: Exchanges | null = null;
  #loading: Promise<void> | null = null;
  /** The access token that an exchange of this process brought last: seeing it in the record is no news. */
  #brought: string | null = null;

  constructor(environment: Environment, name: string) {
    this.environment = environment;
    this.name = name;
    this.replica = new Replica(environment, name, this);
  }

  get closed(): boolean {
    return this.#isClosed || this.environment.shared.closed;
  }

  get announcer(): Announcer {
    this.#announcer ??= new Announcer(this.environment, this.replica);
    return this.#announcer;
  }

  get waiter(): Waiter {
    this.#waiter ??= new Waiter(this.environment, this.replica);
    return this.#waiter;
  }

  /** Nobody listens or waits, and nothing still has to reach the store. */
  get isIdle(): boolean {
    const isWaiting = this.#waiter?.inUse ?? false;
    return this.attendance === null && !isWaiting && this.#loading === null && (this.#exchanges?.isIdle ?? true) && this.replica.saved;
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
    this.#exchanges ??= new Exchanges(this.environment, this.replica, this);
    const result = await this.#watched(this.#exchanges.run(request).finally(() => this.#forgetExchanges()));
    if (result.type === 'ended') this.#tellOutcome(request, result.outcome, result.kept);
    return result;
  }

  #forgetExchanges(): void {
    if (this.#exchanges?.isIdle) this.#exchanges = null;
  }

  tell(event: SessionEvent): void {
    const { clock, shared } = this.environment;
    shared.history.add({ at: clock.now(), account: this.name, event });
    this.#announcer?.tell(event);
    shared.listeners?.tell(event, this.name);
  }

  /** The snapshot may say something else now. */
  announce(): void {
    this.#announcer?.announce();
  }

  /** Something went wrong; it shows until something goes well. */
  #fail(error: ActOnTokenError, event: SessionEvent): void {
    this.announcer.error = error;
    this.tell(event);
    this.announce();
  }

  /** Why nothing can be sent now: browsers know when there is no network. What is on this machine, an emulator say, needs none. */
  offline(): ActOnTokenError | null {
    const isOffline =
      (globalThis.navigator as { readonly onLine?: boolean } | undefined)?.onLine === false &&
      !isOnThisMachine(this.environment.endpoint.apiBase);
    return isOffline ? explain('not_sent', { detail: 'this device is offline' }) : null;
  }

  #recovered(): void {
    if (this.#announcer !== null) this.#announcer.error = null;
  }

  /** A moment of the store's clock told in this machine's. */
  toLocal(at: number | null): number | null {
    return at === null ? null : this.environment.store.toLocal(at);
  }

  /** The record changed, or time was told anew: settles what is handed out, and until when. */
  settle(): void {
    const { replica, environment } = this;
    if (replica.fault === null || !replica.saved) this.#settleToken();
    const isServed = !this.closed && replica.fault === null;
    const until = isServed ? environment.store.toLocal(handOutUntil(replica.record, environment.rules)) : never;
    this.settledAt = environment.clock.now();
    this.handOutUntil = Math.min(until, this.settledAt + this.#glance);
    this.attendance?.arm();
    if (this.#announcer?.isSilent) this.#announcer = null;
  }

  /** How long this machine's clock is believed before the store's is asked what time it is. */
  get #glance(): number {
    return Math.max(1_000, Math.min(this.environment.rules.minValidity, 30_000));
  }

  /** Whether these times still stand at `now`: a clock that was set back since, or is about to be, must not make a token live longer. */
  isSettled(now: number): boolean {
    return now >= this.settledAt && now < this.settledAt + this.#glance;
  }

  /** Not by a record that cannot be read: it says nothing against the token at hand. */
  #settleToken(): void {
    const { pair } = this.replica.record;
    const token = pair?.accessToken ?? undefined;
    if (token !== this.token) this.handedOut = token === undefined ? null : Promise.resolve(token);
    this.token = token;
    this.livesUntil = this.environment.store.toLocal(pair?.expiresAt ?? never);
  }

  changed(before: AccountRecord, after: AccountRecord): void {
    this.#tellChange(before, after);
    this.settle();
    this.#waiter?.wake();
  }

  sent({ charged, record }: Attempt): void {
    const { rules } = this.environment;
    const used = grantsInWindow(record, this.replica.now(), rules).length;
    if (charged) this.tell({ type: 'grant_sent', used, limit: rules.limit });
  }

  answered(outcome: Outcome): void {
    if (outcome.type === 'granted') this.#brought = outcome.accessToken;
  }

  unsaved(lost: boolean): void {
    this.tell({ type: 'unsaved', lost });
  }

  unwritable(error: ActOnTokenError): void {
    this.#fail(error, { type: 'store_failed', error });
  }

  saved(): void {
    this.#recovered();
    this.tell({ type: 'saved' });
    this.announce();
  }

  /** The error for an outcome. A refused refresh token is the end of a session, other refused grants are the caller's. */
  errorOf(outcome: Exclude<Outcome, { type: 'granted' }>, isRefresh: boolean, retryAt: number | null = null): ActOnTokenError {
    return explain(isRefresh ? 'session_expired' : codeOf(outcome), { retryAt, detail: outcome.detail });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.attendance?.end();
    this.settle();
    this.#waiter?.wake();
    await this.#exchanges?.close();
  }

  async #watched<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isActOnTokenError(error, 'store_unavailable')) this.#fail(error, { type: 'store_failed', error });
      throw error;
    }
  }

  #tellOutcome({ purpose }: ExchangeRequest, outcome: Outcome, kept: boolean): void {
    const probed = { granted: 'healed', rejected: 'dead' } as const;
    if (purpose === 'probe') this.tell({ type: 'probed', outcome: probed[outcome.type as 'granted'] ?? 'open' });
    if (outcome.type === 'granted') {
      if (!kept) this.tell({ type: 'superseded' });
      return;
    }
    if (outcome.type === 'unknown') this.tell({ type: 'unknown', purpose, detail: outcome.detail });
    if (purpose === 'grant') return;
    const isDead = outcome.type === 'rejected';
    const error = this.errorOf(outcome, isDead, isDead ? null : this.toLocal(this.#nextSend()));
    this.#fail(error, { type: 'refresh_failed', error });
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

  #tellChange(before: AccountRecord, after: AccountRecord): void {
    if (after.generation > before.generation) {
      this.#recovered();
      const { lineage, generation, pair } = after;
      const expiresAt = this.environment.store.toLocal(pair?.expiresAt ?? 0);
      if (pair === null) this.tell({ type: 'signed_out' });
      else if (lineage > before.lineage) this.tell({ type: 'signed_in', lineage });
      else this.tell({ type: pair.accessToken === this.#brought ? 'refreshed' : 'adopted', generation, expiresAt });
    }
    if (after.suspect && !before.suspect) this.tell({ type: 'suspect' });
    this.announce();
  }
}
