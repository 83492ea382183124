import type { AccountRecord } from '../record.ts';
import type { Account } from './account.ts';
import { Announcer } from './announcer.ts';
import { Background } from './background.ts';
import type { RecordObserver } from './cached-record.ts';
import { Commits } from './commit.ts';
import { CredentialSource } from './credentials.ts';
import { eventsOfChange } from './derive-events.ts';
import { explain } from './messages.ts';
import type { Credentials, MaybePromise } from './options.ts';
import type { Parts } from './parts.ts';
import { RecordWait } from './record-wait.ts';
import { SignIn } from './sign-in.ts';
import { TokenRequests } from './token-request.ts';
import { TokenSource } from './token-source.ts';

/**
 * What exists of an account only while something goes on: wired bottom-up here, and dropped as a
 * whole once it is idle. Calls: its parts. Held by: pool.test.ts (what an idle account keeps).
 */
export class Activity implements Parts, RecordObserver {
  readonly account: Account;
  readonly name: string;
  readonly announcer: Announcer;
  readonly commits: Commits;
  readonly recordWait: RecordWait;
  readonly requests: TokenRequests;
  readonly credentials: CredentialSource;
  readonly source: TokenSource;
  readonly signIn: SignIn;
  readonly background: Background;
  readonly #end = new AbortController();
  readonly ended: AbortSignal = this.#end.signal;
  /** Calls that are under way. */
  calls = 0;

  constructor(account: Account, credentials: (() => MaybePromise<Credentials>) | undefined) {
    this.account = account;
    this.name = account.environment.endpoint.name;
    account.observer = this;
    this.announcer = new Announcer(account);
    this.commits = new Commits(account, this.announcer);
    this.recordWait = new RecordWait(account, this.announcer);
    this.requests = new TokenRequests(account, this.commits, this.announcer);
    this.credentials = new CredentialSource(account, credentials);
    this.source = new TokenSource(this);
    this.signIn = new SignIn(this);
    this.background = new Background(this, this.source);
  }

  /** Something is under way, or still has to reach the store, or someone listens. */
  get isBusy(): boolean {
    const isWorking =
      this.calls > 0 || this.source.isBusy || this.signIn.isBusy || !this.commits.isIdle;
    return isWorking || this.recordWait.inUse || this.background.isRunning || !this.account.saved;
  }

  /** Not even something to remember. */
  get isIdle(): boolean {
    return !this.isBusy && !this.source.remembers && this.announcer.isSilent;
  }

  changed(before: AccountRecord, after: AccountRecord, wasLoaded: boolean): void {
    const { time } = this.account;
    if (after.generation !== before.generation || after.lineage !== before.lineage)
      this.announcer.recovered();
    // What was there when the record was first read is not news.
    const events = wasLoaded
      ? eventsOfChange(before, after, this.requests.brought, (at) => time.toLocal(at))
      : [];
    for (const event of events) this.announcer.emit(event);
    this.announcer.announce();
    this.background.wake();
    this.recordWait.wake();
  }

  pairSettled(isSaved: boolean): void {
    if (isSaved) this.announcer.recovered();
    this.announcer.emit({ type: isSaved ? 'saved' : 'superseded' });
    this.announcer.announce();
  }

  async close(): Promise<void> {
    this.#end.abort(explain('closed'));
    this.background.end();
    this.account.environment.shared.semaphore?.wake();
    await this.commits.close();
    // What is still under way is given up.
    this.requests.checkDeadline();
  }
}
