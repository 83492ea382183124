/** What a process of the fleet needs to know before its first order. */
export interface Setup {
  readonly module: string;
  readonly argument: unknown;
}

/** What the processes do, one order at a time. */
export type Order =
  | { readonly type: 'raise'; readonly key: string; readonly times: number }
  | {
      readonly type: 'append';
      readonly key: string;
      readonly name: string;
    }
  | { readonly type: 'stop' }
  | {
      readonly type: 'ask';
      readonly baseUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly account: string;
      readonly callers: number;
    };

export type Message =
  | { readonly type: 'ready' | 'asked' | 'raised' }
  | { readonly type: 'appended'; readonly entries: readonly string[] }
  | {
      readonly type: 'answered';
      readonly tokens: readonly string[];
      readonly failures: readonly string[];
    };
