// Row 6: timers that wait after a refresh, whether they keep the process alive or not.
import type { Place, Tokens } from '../clients/client.ts';

export interface Input {
  readonly client: string;
  readonly accounts: readonly { readonly place: Place; readonly tokens: Tokens }[];
}

/** Timers for each account, counted from before the client is loaded. */
export async function measure({ client, accounts }: Input): Promise<number> {
  const [first] = accounts;
  // What fetch keeps for itself is there before the counting begins.
  await fetch(`${first?.place.origin}/api/1/account`).then((response) => response.text());
  const live = countTimers();
  const { clientNamed } = await import('../clients/all.ts');
  for (const { place, tokens } of accounts) {
    const open = await clientNamed(client).open(place, tokens);
    await open.getAccessToken();
  }
  return live() / accounts.length;
}

/**
 * Replaces the functions that start and end timers by ones that count. Those that went off do not
 * wait any more.
 */
function countTimers(): () => number {
  const live = new Set<unknown>();
  const {
    setTimeout: start,
    clearTimeout: end,
    setInterval: repeat,
    clearInterval: stop,
  } = globalThis;
  globalThis.setTimeout = ((
    call: (...args: unknown[]) => void,
    ms?: number,
    ...args: unknown[]
  ) => {
    const ring = (): void => {
      live.delete(timer);
      call(...args);
    };
    const timer = start(ring, ms);
    live.add(timer);
    return timer;
  }) as typeof setTimeout;
  globalThis.setInterval = ((call: () => void, ms?: number) => {
    const timer = repeat(call, ms);
    live.add(timer);
    return timer;
  }) as typeof setInterval;
  globalThis.clearTimeout = (timer) => {
    live.delete(timer);
    end(timer as NodeJS.Timeout);
  };
  globalThis.clearInterval = (timer) => {
    live.delete(timer);
    stop(timer as NodeJS.Timeout);
  };
  return () => live.size;
}
