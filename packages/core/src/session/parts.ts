import type { Account } from './account.ts';
import type { Announcer } from './announcer.ts';
import type { CredentialSource } from './credentials.ts';
import type { RecordWait } from './record-wait.ts';
import type { TokenRequests } from './token-request.ts';

/** What those who get tokens, sign in and work in the background share. */
export interface Parts {
  readonly account: Account;
  /** What messages call the server. */
  readonly name: string;
  readonly announcer: Announcer;
  readonly recordWait: RecordWait;
  readonly requests: TokenRequests;
  readonly credentials: CredentialSource;
}
