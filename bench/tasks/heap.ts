// Row 6: bytes in the heap of one process for each account that it holds.
import { peers } from '../clients/all.ts';
import { floor } from '../clients/floor.ts';
import { usedPool, usedSessions } from '../harness/accounts.ts';
import { usedHeap } from '../harness/heap.ts';
import { cutNetwork, freshTokens, nowhere } from '../harness/no-network.ts';

export interface Input {
  readonly client: string;
  readonly accounts: number;
}

export async function measure({ client, accounts }: Input): Promise<number> {
  cutNetwork();
  const grow = growers[client];
  if (grow === undefined) throw new Error(`There is no "${client}" to grow.`);
  await grow(1_000);
  const before = await usedHeap();
  const kept = await grow(accounts);
  const after = await usedHeap();
  return kept === null ? Number.NaN : (after - before) / accounts;
}

type Grow = (accounts: number) => Promise<unknown>;

const flatName = (index: number): string =>
  Buffer.from(`account-${1_000_000 + index}@shop.org`).toString('latin1');

const growers: Record<string, Grow> = {
  read: (accounts) => usedPool(accounts, 'read'),
  refreshed: (accounts) => usedPool(accounts, 'refreshed'),
  alone: (accounts) => usedSessions(accounts),
  [floor.name]: async (accounts) => {
    const held = new Map<string, object>();
    for (let index = 0; index < accounts; index += 1) held.set(flatName(index), freshTokens());
    return held;
  },
};

for (const peer of peers) {
  growers[peer.name] = async (accounts) => {
    const held = new Map<string, object>();
    for (let index = 0; index < accounts; index += 1) {
      const kept = await (peer.keep ?? peer.open)(
        { ...nowhere, username: flatName(index) },
        freshTokens(),
      );
      held.set(flatName(index), kept);
    }
    return held;
  };
}
