import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { actOnEndpoint, createSessionPool, type Session } from '../src/index.ts';
import { world } from './support/world.ts';

/** What is in use once the garbage is collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

// Only V8 under Node collects its garbage when it is told to.
describe.runIf(process.versions.bun === undefined && !('Deno' in globalThis))(
  'an idle account of a pool',
  () => {
    it('costs less than 1.5 kB: what works with it goes when its work is done', async () => {
      const { clock, emulator } = world();
      const pool = createSessionPool({
        endpoint: actOnEndpoint({
          clientId: emulator.client.id,
          clientSecret: emulator.client.secret,
          fetch: emulator.fetch,
        }),
        store: memoryStore({ now: () => clock.now() }),
        clock,
      });
      const readyIn = async (from: number): Promise<Session[]> => {
        const sessions = Array.from({ length: 2_000 }, (_, index) =>
          pool.get(`user-${from + index}@example.test`),
        );
        await clock.settle(Promise.all(sessions.map((session) => session.ready())));
        return sessions;
      };
      await readyIn(0);
      const before = heapUsed();
      const sessions = await readyIn(2_000);
      const each = (heapUsed() - before) / sessions.length;
      expect(each).toBeLessThan(1_500);
    });
  },
);
