import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { memoryStore } from '@act-on-token/memory';
import { listen } from '../../../support/listen.ts';
import type { StoreCall } from './network-store.ts';

/** The server of a network store. */
export interface ServedStore {
  readonly url: string;
  /** The next call of this kind is obeyed and not answered; resolves once it came. */
  loseNext(kind: StoreCall[0]): Promise<void>;
  close(): Promise<void>;
}

export async function serveStore(now: () => number): Promise<ServedStore> {
  const store = memoryStore({ now });
  const lost = new Map<StoreCall[0], () => void>();
  const server = createServer(async (request, response) => {
    const call = (await json(request)) as StoreCall;
    const answer = await (call[0] === 'read'
      ? store.read(call[1])
      : store.swap(call[1], call[2], call[3]));
    const lose = lost.get(call[0]);
    lost.delete(call[0]);
    if (lose === undefined) response.end(JSON.stringify(answer));
    else lose();
  });
  const { port, close } = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    loseNext: (kind) => new Promise((resolve) => lost.set(kind, resolve)),
    close,
  };
}
