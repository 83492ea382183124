import { startTimer } from '../clock.ts';
import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { randomId } from '../key.ts';
import { type Attempt, attempt, type Ending, reconcile, type Tokens } from '../machine.ts';
import type { AccountRecord, Purpose } from '../record.ts';
import type { Grant } from '../wire/grant.ts';
import type { IssuedTokens, Outcome } from '../wire/token-response.ts';
import type { Environment } from './options.ts';
import type { Replica, Unsaved } from './replica.ts';

/** How much too late a timer rings in a process that was stopped, and how long it may take to read what came meanwhile, in milliseconds. */
const longSleep = 1_000;
const aMoment = 250;

export interface ExchangeRequest {
  readonly purpose: Purpose;
  /** What to send; a refresh or a probe sends the record's own refresh token. */
  readonly grant?: Grant;
  readonly print?: string | undefined;
  /** The access token that the API refused. */
  readonly rejected?: string | undefined;
}

export type ExchangeResult =
  /** Nothing was sent: somebody else was quicker, or claiming took so long that the lease would not have covered the request. */
  | { readonly type: 'lost' | 'withdrawn' }
  /** `kept`: the record has what came of it, or will as soon as the store takes it. */
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly kept: boolean };

/** What exchanges tell their session as they go. */
export interface ExchangeObserver {
  sent(mine: Attempt): void;
  answered(outcome: Outcome): void;
  unsaved(lost: boolean): void;
  /** Why a pair is unsaved. */
  unwritable(error: ActOnTokenError): void;
  saved(): void;
}

/** Claim, send, reconcile: the only way in which a grant leaves this process. It performs what the machine says and decides nothing. */
export class Exchanges {
  readonly #environment: Environment;
  readonly #replica: Replica;
  readonly #observer: ExchangeObserver;
  /** Everything that still has to reach the store; `null` for nothing. */
  #pending: Set<Promise<unknown>> | null = null;
  #closed = false;

  constructor(environment: Environment, replica: Replica, observer: ExchangeObserver) {
    this.#environment = environment;
    this.#replica = replica;
    this.#observer = observer;
  }

  run(request: ExchangeRequest): Promise<ExchangeResult> {
    return this.#track(this.#run(request));
  }

  /** Lets what is under way end, and tries what the store did not take for one lease more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const { clock, rules } = this.#environment;
    const lease = startTimer(clock, rules.lease, true);
    await Promise.race([this.#settled(), lease.done]);
    lease.cancel();
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#replica.saved) this.#observer.unsaved(true);
  }

  /** Pending work may start more of it: a commit that fails goes on trying. */
  async #settled(): Promise<void> {
    while (this.#pending !== null) await Promise.allSettled(this.#pending);
  }

  get isIdle(): boolean {
    return this.#pending === null;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#pending ??= new Set();
    this.#pending.add(work);
    this.#environment.shared.exchanging.add(this);
    const done = (): void => this.#untrack(work);
    work.then(done, done);
    return work;
  }

  #untrack(work: Promise<unknown>): void {
    this.#pending?.delete(work);
    if (this.#pending?.size !== 0) return;
    this.#pending = null;
    this.#environment.shared.exchanging.delete(this);
  }

  async #run(request: ExchangeRequest): Promise<ExchangeResult> {
    const replica = this.#replica;
    const { rules } = this.#environment;
    const claim = { ...request, id: randomId(), rules, imported: importedToken(request) };
    const mine = attempt(replica.record, claim, replica.now());
    if (!(await this.#claim(mine))) return { type: 'lost' };
    // Nothing may be awaited from here to the send: what is left of the lease is judged now.
    if (mine.claim.until - replica.now() < rules.margin) {
      await this.#commit(mine, { type: 'withdrawn' });
      return { type: 'withdrawn' };
    }
    // The claim's answer told it just now. Anything later would have the token live longer here than it does at the server.
    const sentAt = replica.told();
    const answer = this.#send(request.grant ?? { type: 'refresh_token', refreshToken: mine.refreshToken ?? '' });
    this.#observer.sent(mine);
    const outcome = await answer.inTime;
    this.#observer.answered(outcome);
    answer.late((late) => this.#track(this.#commit(mine, this.#endingOf(late, sentAt))));
    const kept = await this.#commit(mine, this.#endingOf(outcome, sentAt));
    return { type: 'ended', outcome, kept };
  }

  async #claim(mine: Attempt): Promise<boolean> {
    try {
      // A swap whose answer got lost and that somebody has built upon comes back as a conflict with our claim still in it.
      return (await this.#replica.swap(mine.record)) || this.#holds(mine);
    } catch (error) {
      void this.#track(this.#withdrawLost(mine));
      throw error;
    }
  }

  #holds(mine: Attempt): boolean {
    return this.#replica.stored?.claim?.id === mine.claim.id;
  }

  /** The store did not say whether it took the claim. If it did, others need not wait for the end of the lease. */
  async #withdrawLost(mine: Attempt): Promise<void> {
    for await (const _ of this.#pauses(500, false)) {
      if (await this.#withdraw(mine).catch(() => false)) return;
    }
  }

  /** A store does one call after the other, or nearly: a claim that it does not show by now was never taken. */
  async #withdraw(mine: Attempt): Promise<boolean> {
    await this.#replica.read();
    return !this.#holds(mine) || this.#write(mine, { type: 'withdrawn' });
  }

  /**
   * One request with a deadline. `late` hands over a pair that arrives after it was given up on: it is kept all the same.
   */
  #send(grant: Grant): { inTime: Promise<Outcome>; late: (keep: (late: Outcome) => void) => void } {
    const { endpoint, clock } = this.#environment;
    const abort = new AbortController();
    const timer = startTimer(clock, endpoint.requestTimeout, true);
    const failed = (): Outcome => ({
      type: 'unknown',
      answered: false,
      detail: 'the endpoint broke its promise never to reject',
      retryAfter: null,
    });
    const answer = endpoint.send(grant, abort.signal).catch(failed).finally(timer.cancel);
    let timedOut = false;
    const timeout = timer.done.then(this.#wakeUp(endpoint.requestTimeout)).then((): Outcome => {
      timedOut = true;
      abort.abort();
      return { type: 'unknown', answered: false, detail: `no answer within ${endpoint.requestTimeout} ms`, retryAfter: null };
    });
    const late = (keep: (late: Outcome) => void): void => {
      if (timedOut) void answer.then((outcome) => outcome.type === 'granted' && keep(outcome));
    };
    return { inTime: Promise.race([answer, timeout]), late };
  }

  /**
   * For a timer that is started now. One that rings long after its time woke up together with this process: an answer that came
   * in the meantime lies there unread, and gets a moment before it is given up.
   */
  #wakeUp(delay: number): () => Promise<void> | undefined {
    const { clock } = this.#environment;
    const [wall, monotonic] = [clock.now(), clock.monotonic()];
    return () => {
      const passed = Math.max(clock.now() - wall, clock.monotonic() - monotonic);
      return passed > delay + longSleep ? startTimer(clock, aMoment, true).done : undefined;
    };
  }

  #endingOf(outcome: Outcome, sentAt: number): Ending {
    switch (outcome.type) {
      case 'granted':
        return { type: 'granted', tokens: tokensOf(outcome, sentAt, this.#environment.rules.maxLifetime) };
      case 'rejected':
        return { type: 'refused' };
      case 'not_processed': {
        const blockedUntil = outcome.retryAfter === null ? null : this.#replica.now() + outcome.retryAfter;
        return { type: 'not_processed', blockedUntil, refund: ['client', 'gateway'].includes(outcome.reason) };
      }
      default:
        return outcome;
    }
  }

  /** Writes what came of an attempt. True if the record has it, or will: a pair that the store does not take serves from memory. */
  async #commit(mine: Attempt, ending: Ending): Promise<boolean> {
    try {
      return await this.#write(mine, ending);
    } catch (error) {
      const unsaved = this.#serveUnsaved(mine, ending);
      if (unsaved !== null && isActOnTokenError(error)) this.#observer.unwritable(error);
      void this.#track(this.#writeUntilDone(mine, ending, unsaved));
      return true;
    }
  }

  /** A pair serves from memory. A verdict is gone by, too: what was refused is not to be sent again, whatever the store says. */
  #serveUnsaved(mine: Attempt, ending: Ending): Unsaved | null {
    if (!isLasting(ending)) return null;
    const isPair = ending.type === 'granted';
    const over = (stored: AccountRecord | null): AccountRecord | null => this.#next(stored, mine, ending);
    if (!hasOutcome(over(this.#replica.stored), ending)) return null;
    if (isPair) this.#observer.unsaved(false);
    return this.#replica.serveUnsaved(over, isPair);
  }

  #next(stored: AccountRecord | null, mine: Attempt, ending: Ending): AccountRecord | null {
    return reconcile(stored, mine, ending, this.#replica.now(), this.#environment.store.reach);
  }

  async #write(mine: Attempt, ending: Ending): Promise<boolean> {
    for (;;) {
      // Something unreadable came in between: a person may replace it, this may not.
      if (this.#replica.fault !== null) throw this.#replica.fault;
      const next = this.#next(this.#replica.stored, mine, ending);
      if (next === null) return hasOutcome(this.#replica.stored, ending);
      if (await this.#replica.swap(next)) return hasOutcome(next, ending);
    }
  }

  /** A pair or a verdict for as long as the process lives, anything else for the lease: after it the claim has lapsed by itself. */
  async #writeUntilDone(mine: Attempt, ending: Ending, unsaved: Unsaved | null): Promise<void> {
    for await (const _ of this.#pauses(50, isLasting(ending))) {
      const kept = unsaved?.isSaved || (await this.#write(mine, ending).catch(() => null));
      if (kept === null) continue;
      if (unsaved === null) return;
      this.#replica.forgetUnsaved(unsaved);
      if (unsaved.isPair && kept) this.#observer.saved();
      return;
    }
  }

  /** Pauses that double from `first` to a second while the lease keeps others away; then, `forever`, to half a minute. */
  async *#pauses(first: number, forever: boolean): AsyncGenerator<void> {
    const { clock, rules } = this.#environment;
    const since = clock.monotonic();
    for (let pause = first; !this.#closed; pause *= 2) {
      const leased = clock.monotonic() - since < rules.lease;
      if (!leased && !forever) return;
      pause = Math.min(pause, leased ? 1_000 : 30_000);
      await startTimer(clock, pause, leased && forever).done;
      yield;
    }
  }
}

/** Whether what was answered stays true however late it is written. */
function isLasting({ type }: Ending): boolean {
  return type === 'granted' || type === 'refused';
}

/** Whether the record has what came of an attempt: if that was a pair, this very pair. */
function hasOutcome(record: AccountRecord | null, ending: Ending): boolean {
  if (ending.type !== 'granted') return true;
  const { accessToken, refreshToken } = ending.tokens;
  return record?.pair?.accessToken === accessToken && (refreshToken === null || record.pair.refreshToken === refreshToken);
}

function importedToken({ purpose, grant }: ExchangeRequest): string | undefined {
  return purpose === 'grant' && grant?.type === 'refresh_token' ? grant.refreshToken : undefined;
}

/** The lifetime counts from the moment of sending: the server's began later. */
function tokensOf(outcome: IssuedTokens, sentAt: number, maxLifetime: number): Tokens {
  const { accessToken, refreshToken, lifetime, scope } = outcome;
  const expiresAt = sentAt + Math.min(lifetime, maxLifetime);
  return { accessToken, refreshToken, issuedAt: sentAt, expiresAt, ...(scope === undefined ? {} : { scope }) };
}
