import type { Announcer } from './announcer.ts';
import type { CachedRecord } from './cached-record.ts';
import type { CredentialSource } from './credentials.ts';
import type { Environment } from './options.ts';
import type { Lifetime } from './pool-state.ts';
import type { RecordWait } from './record-wait.ts';
import type { TokenRequests } from './token-request.ts';

/** The codes that this process sent for an account, and what became of each: a code is sent once, however often a page is loaded. */
export type SentCodes = Map<string, Promise<void>>;

/** What an account has whether or not something goes on. */
export interface AccountState extends Lifetime {
  readonly environment: Environment;
  readonly name: string;
  readonly record: CachedRecord;
  /** The access token that this process has, and until when (this machine's clock) it lives. */
  readonly token: string | undefined;
  readonly livesUntil: number;
  readonly codes: SentCodes;
}

/** What those who get tokens and sign in work with. */
export interface Parts extends AccountState {
  readonly announcer: Announcer;
  readonly recordWait: RecordWait;
  readonly requests: TokenRequests;
  readonly credentials: CredentialSource;
  /** Aborts when the session is closed. */
  readonly ended: AbortSignal;
  /** This device says that it has no network, which is not always right. */
  readonly isOffline: boolean;
  /** Reads the record; all who ask meanwhile share the call. Rejects with `store_unavailable`. */
  load(): Promise<void>;
}
