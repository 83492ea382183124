import { isActOnTokenError } from '../errors.ts';
import type { AccountRecord } from '../record.ts';
import { longestCall } from '../timed-store.ts';
import { isOnThisMachine } from '../wire/endpoint.ts';
import { Announcer } from './announcer.ts';
import { Background } from './background.ts';
import type { CachedRecord } from './cached-record.ts';
import { Commits } from './commit.ts';
import { CredentialSource } from './credentials.ts';
import { eventsOfChange } from './derive-events.ts';
import { explain } from './messages.ts';
import type { Credentials, Environment, MaybePromise } from './options.ts';
import type { AccountState, Parts, SentCodes } from './parts.ts';
import { RecordWait } from './record-wait.ts';
import { SignIn } from './sign-in.ts';
import { SingleFlight } from './single-flight.ts';
import { TokenRequests } from './token-request.ts';
import { TokenSource } from './token-source.ts';

/**
 * What exists of an account only while something goes on: wired bottom-up here, and dropped as a whole once it is idle. Calls: its
 * parts. Held by: pool.test.ts (what an idle account keeps).
 */
export class Activity implements Parts {
  readonly #account: AccountState;
  readonly announcer: Announcer;
  readonly recordWait: RecordWait;
  readonly commits: Commits;
  readonly requests: TokenRequests;
  readonly credentials: CredentialSource;
  readonly source: TokenSource;
  readonly signIn: SignIn;
  readonly background: Background;
  readonly #loading: SingleFlight<void>;
  readonly #ended: AbortController = new AbortController();
  /** Calls that are under way. */
  #calls = 0;

  constructor(account: AccountState, credentials: (() => MaybePromise<Credentials>) | undefined) {
    const { environment, record, name } = account;
    this.#account = account;
    this.announcer = new Announcer(environment, name, record);
    this.recordWait = new RecordWait(environment, record);
    this.recordWait.onFailure = (error) => this.#storeFailed(error);
    this.commits = new Commits(environment, record, this.announcer);
    this.requests = new TokenRequests(environment, record, this.commits, this.announcer, account);
    this.credentials = new CredentialSource(environment, credentials);
    this.source = new TokenSource(this);
    this.signIn = new SignIn(this);
    this.background = new Background(this, this.source);
    this.#loading = new SingleFlight(environment.clock);
  }

  get environment(): Environment {
    return this.#account.environment;
  }
  get name(): string {
    return this.#account.name;
  }
  get record(): CachedRecord {
    return this.#account.record;
  }
  get closed(): boolean {
    return this.#account.closed;
  }
  get codes(): SentCodes {
    return this.#account.codes;
  }
  get token(): string | undefined {
    return this.#account.token;
  }
  get livesUntil(): number {
    return this.#account.livesUntil;
  }

  /** Aborts when the session is closed, so that no caller waits on. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Browsers say when they have no network, not always rightly. What is on this machine, an emulator say, needs none. */
  get isOffline(): boolean {
    const { onLine } = (globalThis.navigator as { readonly onLine?: boolean } | undefined) ?? {};
    return onLine === false && !isOnThisMachine(this.environment.endpoint.apiBase);
  }

  /** Something is under way, or still has to reach the store, or someone listens. */
  get isBusy(): boolean {
    const isWorking = this.#calls > 0 || this.source.isBusy || this.signIn.isBusy || !this.commits.isIdle;
    return isWorking || this.recordWait.inUse || this.background.isRunning || !this.record.saved;
  }

  /** Not even something to remember. */
  get isIdle(): boolean {
    return !this.isBusy && !this.source.remembers && this.announcer.isSilent;
  }

  /** Counts as a call under way until it settles. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await work();
    } finally {
      this.#calls -= 1;
    }
  }

  /** Reads the record; all who ask meanwhile share the call. Rejects with `store_unavailable`. */
  load(): Promise<void> {
    return this.#loading.run(longestCall + 500, () => this.#load());
  }

  async #load(): Promise<void> {
    try {
      await this.record.read();
      this.announcer.storeAnswered();
    } catch (error) {
      this.#storeFailed(error);
      throw error;
    }
  }

  #storeFailed(error: unknown): void {
    if (isActOnTokenError(error, 'store_unavailable')) this.announcer.fail(error, { type: 'store_failed', error });
  }

  changed(before: AccountRecord, after: AccountRecord, wasLoaded: boolean): void {
    const { time } = this.record;
    if (after.generation !== before.generation || after.lineage !== before.lineage) this.announcer.recovered();
    // What was there when the record was first read is not news.
    const events = wasLoaded ? eventsOfChange(before, after, this.requests.brought, (at) => time.toLocal(at)) : [];
    for (const event of events) this.announcer.emit(event);
    this.announcer.announce();
    this.background.arm();
    this.recordWait.wake();
  }

  async close(): Promise<void> {
    this.#ended.abort(explain('closed'));
    this.background.end();
    this.recordWait.wake();
    this.environment.shared.semaphore?.wake();
    await this.commits.close();
    this.record.ended = true;
  }
}
