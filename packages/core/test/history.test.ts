import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { actOnEndpoint, createSessionPool, type Session } from '../src/index.ts';
import { world } from './support/world.ts';

/**
 * A pool whose store fails for the accounts of a list, so that each look at one of them is an
 * event.
 */
function poolWithTrouble(...broken: readonly string[]) {
  const { clock, emulator } = world();
  const store = memoryStore({ now: () => clock.now() });
  const pool = createSessionPool({
    endpoint: actOnEndpoint({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch: emulator.fetch,
    }),
    clock,
    store: {
      ...store,
      read: (key) =>
        broken.some((name) => key.includes(name))
          ? Promise.reject(new Error('down'))
          : store.read(key),
    },
  });
  const look = (session: Session): Promise<void> => clock.settle(session.ready().catch(() => {}));
  return { clock, pool, look };
}

const eventsIn = (session: Session): { at: number; type: string }[] =>
  JSON.parse(session.describe()).events;

describe('the events in a report', () => {
  it('are the last twenty of its account, and of no other', async () => {
    const { clock, pool, look } = poolWithTrouble('ann', 'bob');
    const [ann, bob, cleo] = ['ann', 'bob', 'cleo'].map((account) => pool.get(account)) as [
      Session,
      Session,
      Session,
    ];
    for (let at = 0; at < 25; at += 1) {
      await look(ann);
      await clock.advance(1_000);
    }
    await look(bob);
    expect(eventsIn(ann)).toHaveLength(20);
    expect(eventsIn(bob).map(({ type }) => type)).toEqual(['store_failed']);
    expect(eventsIn(cleo)).toEqual([]);
    const times = eventsIn(ann).map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    expect(clock.now() - (times.at(-1) ?? 0)).toBe(1_000);
  });

  it('are the newest: what all accounts cost together is bounded, so the events of a quiet one are forgotten', async () => {
    const { clock, pool, look } = poolWithTrouble('ann', 'bob');
    const [ann, bob] = ['ann', 'bob'].map((account) => pool.get(account)) as [Session, Session];
    await look(ann);
    for (let at = 0; at < 2_001; at += 1) await look(bob);
    await clock.advance(1_000);
    await look(bob);
    expect(eventsIn(ann)).toEqual([]);
    expect(eventsIn(bob).at(-1)?.at).toBe(clock.now());
    expect(eventsIn(bob)).toHaveLength(20);
  });
});
