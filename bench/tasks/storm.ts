// Row 3: very many callers at once, in one process.
import { clientNamed } from '../clients/all.ts';
import type { Place, Tokens } from '../clients/client.ts';
import { timed } from '../harness/time.ts';

export interface Input {
  readonly client: string;
  readonly place: Place;
  readonly tokens: Tokens;
  readonly callers: number;
  /**
   * `token`: they ask for a token. `request`: they make requests, of which only those with a fresh
   * token are served.
   */
  readonly wish: 'token' | 'request';
}

export interface Storm {
  readonly ms: number;
  readonly failed: number;
}

/** `null`: the client does not offer it. */
export async function measure({
  client,
  place,
  tokens,
  callers,
  wish,
}: Input): Promise<Storm | null> {
  const open = await clientNamed(client).open(place, tokens);
  // Loads what fetch needs, so that the storm does not pay for it.
  await fetch(`${place.origin}/api/1/account`).then((response) => response.text());
  const call = wish === 'token' ? () => open.getAccessToken() : requestOf(open.fetch);
  if (call === null) return null;
  let failed = 0;
  const one = (): Promise<unknown> => call().catch(() => (failed += 1));
  const ms = await timed(() => Promise.all(Array.from({ length: callers }, one)));
  return { ms, failed };
}

function requestOf(
  fetch: ((path: string) => Promise<unknown>) | null,
): (() => Promise<unknown>) | null {
  if (fetch === null) return null;
  return async () => {
    const response = (await fetch('/api/1/account')) as Response;
    if (response.status !== 200) throw new Error(`It was answered ${response.status}.`);
    await response.body?.cancel();
  };
}
