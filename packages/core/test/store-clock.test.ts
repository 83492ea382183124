import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import type { TokenStore } from '../src/index.ts';
import { TimedStore } from '../src/timed-store.ts';
import { manualClock } from './support/manual-clock.ts';

const anyone = { ended: false };

describe('the clock of a store', () => {
  const record = { version: '1'.repeat(32), value: 'value' };

  /**
   * A store whose next answer comes after this process was stopped for so long, before it did its
   * work or after.
   */
  function stopping(when: 'before' | 'after') {
    const clock = manualClock();
    const store = memoryStore({ now: () => clock.now() });
    let pause = 0;
    const stopped = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
      const slept = pause;
      pause = 0;
      if (when === 'before') clock.jump(slept);
      const answer = await work();
      if (when === 'after') clock.jump(slept);
      return answer;
    };
    const handle: TokenStore = {
      ...store,
      read: (key) => stopped(() => store.read(key)),
      swap: (...call) => stopped(() => store.swap(...call)),
    };
    const timed = new TimedStore(handle, clock);
    return { clock, timed, stopFor: (ms: number) => (pause = ms) };
  }

  it.each(['before', 'after'] as const)(
    'is right after a call within which the process was stopped, %s the store did its work',
    async (when) => {
      const { clock, timed, stopFor } = stopping(when);
      await timed.read('key', anyone);
      stopFor(40_000);
      await timed.read('key', anyone);
      expect(timed.time.now()).toBe(clock.now());
      stopFor(40_000);
      const { ok, now } = (await timed.swap('key', null, record, anyone)).result;
      expect(ok).toBe(true);
      expect(timed.time.now()).toBe(clock.now());
      expect(timed.time.lastSaid()).toBe(now);
    },
  );

  it('is never behind, not even when the very first answer comes so', async () => {
    const { clock, timed, stopFor } = stopping('before');
    stopFor(40_000);
    await timed.swap('key', null, record, anyone);
    expect(timed.time.now()).toBeGreaterThanOrEqual(clock.now());
  });
});
