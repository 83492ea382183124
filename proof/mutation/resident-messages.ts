/** What the runner and the worker in which the tests are loaded say to each other. */
export const channelName = 'act-on-token mutation';

export type Command =
  | {
      readonly type: 'play';
      readonly mutant: string | undefined;
      /** Which tests; all if there is none. */
      readonly ids: readonly string[] | undefined;
      readonly hitLimit: number | undefined;
      /** The processor time of each test where nothing is changed, in milliseconds. */
      readonly usual: Readonly<Record<string, number>> | undefined;
      /** Ends at the first test that fails. */
      readonly bail: boolean;
    }
  | { readonly type: 'end' };

export interface Played {
  readonly tests: {
    readonly id: string;
    readonly file: string;
    readonly took: number;
    /** Processor time, in milliseconds. */
    readonly used: number;
    readonly failure?: string;
    /** It was given up, because it took so much longer than usual. */
    readonly isLate?: true;
  }[];
  readonly hitCount: number | undefined;
  readonly coverage:
    | { static: Record<string, number>; perTest: Record<string, object> }
    | undefined;
}

export type Reply =
  | { readonly type: 'ready' }
  /** Sent ten times a second, unless the worker goes round without a turn of the event loop. */
  | { readonly type: 'alive' }
  | ({ readonly type: 'played' } & Played);

declare module 'vitest' {
  interface ProvidedContext {
    /** The mutant that is active from the first line on; `null` if there is none. */
    staticMutant: string | null;
  }
}
