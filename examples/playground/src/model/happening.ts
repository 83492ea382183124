import type { Change } from './record.ts';

export type TabName = 'A' | 'B' | 'C';
export const tabNames: readonly TabName[] = ['A', 'B', 'C'];

/** What a request asks for, or what became of it. */
export type What = 'refresh' | 'password';

/** One thing that happened in the world. No token is in it. */
export type Happening =
  /** A tab replaced the record, was beaten to it, or found the store down. */
  | { readonly type: 'changed'; readonly tab: TabName; readonly change: Change }
  | { readonly type: 'beaten' | 'store_refused'; readonly tab: TabName }
  /** On the wire between a tab and Act-On. */
  | {
      readonly type: 'request';
      readonly tab: TabName;
      readonly what: What;
      readonly print: string | null;
    }
  | {
      readonly type: 'reply';
      readonly tab: TabName;
      readonly status: number;
      readonly text: string;
    }
  | {
      readonly type:
        | 'request_lost'
        | 'reply_lost'
        | 'reply_held'
        | 'reply_let_go'
        | 'reply_for_nobody'
        | 'given_up';
      readonly tab: TabName;
    }
  /** In a tab. */
  | { readonly type: 'asked' | 'opened' | 'killed'; readonly tab: TabName }
  | { readonly type: 'served'; readonly tab: TabName; readonly print: string }
  | { readonly type: 'refused'; readonly tab: TabName; readonly code: string }
  | { readonly type: 'told'; readonly tab: TabName; readonly text: string }
  /** To all of them. */
  | { readonly type: 'other_signed_in'; readonly granted: boolean }
  | { readonly type: 'world'; readonly text: string };

/** One of them, and when. */
export type Entry = Happening & { readonly number: number; readonly at: number };
