// What workers write down, and what a judge reads: facts and prints, never a secret.

/** Tells secrets apart without saying them: the first 64 bits of the SHA-256, in hex. */
export type Print = string;

/** An account's record as far as it can be shown. */
export interface RecordView {
  readonly version: string;
  readonly lineage: number;
  readonly generation: number;
  readonly access: Print | null;
  readonly refresh: Print | null;
  readonly unanswered: number;
  readonly ended: string | null;
  readonly suspect: boolean;
  readonly claim: ClaimView | null;
}

export interface ClaimView {
  readonly id: string;
  readonly purpose: 'refresh' | 'probe' | 'grant';
  /** Store time at which it was made, and until which it excludes others. */
  readonly at: number;
  readonly until: number;
}

export type GrantName = 'refresh_token' | 'password' | 'authorization_code';

/**
 * One line of a history. `at` is when it was written, in epoch milliseconds of the one clock that
 * all processes of a machine share.
 */
export type Line = Entry & { readonly at: number };

/**
 * `call`, `request` and `swap` number what one process does; `from` is when it began what ends
 * here.
 */
export type Entry =
  | { readonly type: 'started' | 'closed' }
  | { readonly type: 'asked'; readonly account: string; readonly call: number }
  | { readonly type: 'got'; readonly account: string; readonly call: number; readonly token: Print }
  | FailedCall
  | Sending
  | Answered
  | {
      readonly type: 'read';
      readonly account: string;
      readonly from: number;
      readonly record: RecordView | null;
    }
  | Swapping
  | {
      readonly type: 'swapped';
      readonly account: string;
      readonly swap: number;
      readonly ok: boolean;
      readonly record: RecordView | null;
    }
  | { readonly type: 'store_failed'; readonly account: string }
  | { readonly type: 'event'; readonly account: string; readonly event: string };

export interface FailedCall {
  readonly type: 'failed';
  readonly account: string;
  readonly call: number;
  readonly code: string;
  readonly needsGrant: boolean;
  readonly retryAt: number | null;
}

export interface Sending {
  readonly type: 'sending';
  readonly account: string;
  readonly request: number;
  readonly grant: GrantName;
  /** The refresh token that goes out. */
  readonly token: Print | null;
}

/** The whole answer of the token endpoint reached the program. */
export interface Answered {
  readonly type: 'answered';
  readonly account: string;
  readonly request: number;
  readonly status: number;
  /** The refresh token that came. */
  readonly refresh: Print | null;
}

export interface Swapping {
  readonly type: 'swapping';
  readonly account: string;
  readonly swap: number;
  readonly expected: string | null;
  readonly next: RecordView;
}

/**
 * The lines of a history. The last one may be cut: whoever wrote it was killed; any other that
 * cannot be read throws.
 */
export function readHistory(text: string): Line[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return [...lines, ...(isWhole(last) ? [last] : [])].map((line) => JSON.parse(line) as Line);
}

function isWhole(line: string): boolean {
  try {
    return line !== '' && typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
