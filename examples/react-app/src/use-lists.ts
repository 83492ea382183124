import { useActOnTokenSelector } from '@act-on-token/react';
import { useCallback, useEffect, useState } from 'react';
import { session } from './session.ts';

/** What the app shows of a contact list. */
export interface ContactList {
  readonly id: string;
  readonly name: string;
  /** A text, as Act-On sends it. */
  readonly sourceSize: string;
  /** Epoch milliseconds. */
  readonly tsLastModified: number;
}

export interface Lists {
  /** What was loaded last: it stays while something newer is on its way. */
  readonly rows: readonly ContactList[] | null;
  readonly isLoading: boolean;
  readonly problem: string | null;
  reload(): void;
}

const pause = 60_000;
const patience = 1_500;

/** The contact lists, loaded anew each minute. */
export function useLists(): Lists {
  const fetch = useActOnTokenSelector((token) => token.fetch);
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<Omit<Lists, 'reload'>>({
    rows: null,
    isLoading: true,
    problem: null,
  });
  const reload = useCallback(() => setTurn((turn) => turn + 1), []);

  // Each turn loads again.
  useEffect(() => {
    const leaving = new AbortController();
    const timer = setInterval(reload, pause);
    // A request that takes long is a reason to ask how things stand.
    const asking = setInterval(() => void session.lookUp().catch(() => {}), patience);
    setState((before) => ({ ...before, isLoading: true }));
    load(fetch, leaving.signal)
      .then(
        (rows) => ({ rows, problem: null }),
        (reason: unknown) => ({
          problem: reason instanceof Error ? reason.message : String(reason),
        }),
      )
      .then((result) => {
        clearInterval(asking);
        if (!leaving.signal.aborted)
          setState((before) => ({ ...before, ...result, isLoading: false }));
      });
    return () => {
      leaving.abort();
      clearInterval(timer);
      clearInterval(asking);
    };
  }, [fetch, reload, turn]);

  return { ...state, reload };
}

async function load(
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<readonly ContactList[]> {
  const response = await fetch('/api/1/list?listingtype=CONTACT_LIST&count=100', { signal });
  if (!response.ok) throw new Error(`Act-On answered ${response.status}.`);
  const { result } = (await response.json()) as { result: readonly ContactList[] };
  return result;
}
