import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { actOnEndpoint, createSession, type TokenStore } from '@act-on-token/core';
import type { Message, Order, Setup } from './messages.ts';
import { change } from './patiently.ts';

/** The longest that a token request may take here: many processes start at once. */
const requestTimeout = 100_000;

/** One process of a fleet: opens the store and does what its parent says, until that lets it go. */
export async function beMember({ module, argument }: Setup): Promise<void> {
  const { open } = await import(module);
  const store: TokenStore = await open(argument);
  const tell = (message: Message) => process.send?.(message);
  let isStopped = false;

  const follow = async (order: Order): Promise<void> => {
    if (order.type === 'stop') isStopped = true;
    if (order.type === 'raise') {
      const { key, times } = order;
      for (let i = 0; i < times; i += 1)
        await change(store, key, (value) => String(Number(value ?? 0) + 1));
      tell({ type: 'raised' });
    }
    if (order.type === 'append') {
      const { key, name } = order;
      isStopped = false;
      const entries: string[] = [];
      // Until it is stopped; a value has room for some thousands.
      while (!isStopped && entries.length < 1_000) {
        const entry = `${name}${entries.length.toString(36)}`;
        await change(store, key, (value) => (value === null ? entry : `${value} ${entry}`));
        entries.push(entry);
        await turn();
      }
      tell({ type: 'appended', entries });
    }
    if (order.type === 'ask') {
      const { account, callers, ...endpoint } = order;
      const session = createSession({
        endpoint: actOnEndpoint({ ...endpoint, requestTimeout }),
        account,
        store,
      });
      const calls = Array.from({ length: callers }, () => session.getAccessToken());
      tell({ type: 'asked' });
      const results = await Promise.allSettled(calls);
      await session.close();
      const tokens = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const failures = results.flatMap((each) =>
        each.status === 'rejected' ? [String(each.reason)] : [],
      );
      tell({ type: 'answered', tokens, failures });
    }
  };
  process.on('message', (order: Order) => void follow(order));
  // A store that leaves something open would keep the process, so it is not ended by force.
  process.on('disconnect', () => store.close());
  tell({ type: 'ready' });
}
