import { memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pollingWatch, type TokenStore } from '../src/index.ts';
import { manualClock } from './support/manual-clock.ts';

/** Something to watch, whose reads can be counted, held and made to fail. */
function watched(interval?: number) {
  const clock = manualClock();
  const state = { version: 'a' as string | null, reads: 0, isDown: false, gate: Promise.resolve() };
  const read = async () => {
    state.reads += 1;
    await state.gate;
    if (state.isDown) throw new Error('down');
    return { record: state.version === null ? null : { version: state.version } };
  };
  const onChange = vi.fn();
  const stop = pollingWatch(
    read,
    onChange,
    interval === undefined ? { clock } : { clock, interval },
  );
  return { clock, state, onChange, stop };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('pollingWatch', () => {
  it('calls back when the version changed, once for each change that it saw', async () => {
    const { clock, state, onChange } = watched();
    await clock.advance(5_000);
    expect(onChange).not.toHaveBeenCalled();
    state.version = 'b';
    await clock.advance(3_000);
    expect(onChange).toHaveBeenCalledTimes(1);
    state.version = 'a';
    await clock.advance(1_000);
    expect(onChange).toHaveBeenCalledTimes(2);
  });

  it('sees a first record come, and a record go', async () => {
    const { clock, state, onChange } = watched();
    await clock.advance(0);
    state.version = null;
    await clock.advance(1_000);
    expect(onChange).toHaveBeenCalledTimes(1);
    state.version = 'b';
    await clock.advance(1_000);
    expect(onChange).toHaveBeenCalledTimes(2);
  });

  it('looks at once and then every second, or as often as it is asked to', async () => {
    const [usual, eager] = [watched(), watched(100)];
    await usual.clock.advance(0);
    expect(usual.state.reads).toBe(1);
    await usual.clock.advance(10_000);
    await eager.clock.advance(10_000);
    expect({ usual: usual.state.reads, eager: eager.state.reads }).toEqual({
      usual: 11,
      eager: 101,
    });
  });

  it('never looks while a look is under way that may still be answered in time', async () => {
    const { clock, state, onChange } = watched(100);
    await clock.advance(0);
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    state.version = 'b';
    await clock.advance(100 + 2_999);
    expect({ reads: state.reads, timers: clock.timers }).toEqual({
      reads: 2,
      timers: { keepAlive: 0, all: 1 },
    });
    open();
    await clock.advance(99);
    expect({ reads: state.reads, calls: onChange.mock.calls.length }).toEqual({
      reads: 2,
      calls: 1,
    });
    await clock.advance(1);
    expect(state.reads).toBe(3);
  });

  describe('when a look hangs', () => {
    /** Looks that are answered one by one, or never. */
    function held(interval = 1_000) {
      const clock = manualClock();
      const looks: { answer(version: string | null): void; fail(): void }[] = [];
      const read = vi.fn(
        () =>
          new Promise<{ record: { version: string } | null }>((resolve, reject) => {
            const answer = (version: string | null) =>
              resolve({ record: version === null ? null : { version } });
            looks.push({ answer, fail: () => reject(new Error('down')) });
          }),
      );
      const onChange = vi.fn();
      const stop = pollingWatch(read, onChange, { clock, interval });
      /** Answers a look that comes within this time. */
      const answerNext = async (version: string | null, within = interval) => {
        const before = looks.length;
        await clock.advance(within);
        expect(looks.length).toBe(before + 1);
        looks.at(-1)?.answer(version);
        await clock.advance(0);
      };
      return { clock, looks, read, onChange, stop, answerNext };
    }

    it('gives it up after 3 seconds, looks again, and sees what changed meanwhile', async () => {
      const { clock, looks, onChange, answerNext } = held();
      looks[0]?.answer('a');
      await clock.advance(1_000 + 3_000);
      expect(looks).toHaveLength(2);
      await answerNext('b', 2_000);
      expect(onChange).toHaveBeenCalledTimes(1);
    });

    it('learns from the next one what there is when it was the first', async () => {
      const { clock, onChange, answerNext } = held();
      await clock.advance(3_000);
      await answerNext('a', 2_000);
      expect(onChange).not.toHaveBeenCalled();
      await answerNext('b', 2_000);
      expect(onChange).toHaveBeenCalledTimes(1);
    });

    it('takes nothing from its late answer, be it old or new', async () => {
      for (const late of ['a', 'b', 'c', null]) {
        const { clock, looks, onChange, answerNext } = held();
        looks[0]?.answer('a');
        await clock.advance(1_000 + 3_000);
        await answerNext('b', 2_000);
        onChange.mockClear();
        looks[1]?.answer(late);
        await clock.advance(0);
        expect(onChange).not.toHaveBeenCalled();
        await answerNext('b');
        expect(onChange).not.toHaveBeenCalled();
      }
    });

    it('has few of them at once, however long they hang, and still looks', async () => {
      const { clock, read } = held();
      const inAnHour = async () => {
        for (let second = 0; second < 3_600; second += 1) await clock.advance(1_000);
        return read.mock.calls.length;
      };
      const first = await inAnHour();
      expect(first).toBeGreaterThan(5);
      expect(first).toBeLessThan(14);
      let last = first;
      for (let hour = 1; hour < 5; hour += 1) last = await inAnHour();
      expect(last - first).toBeGreaterThan(0);
      expect(last - first).toBeLessThan(4);
      expect(clock.timers.all).toBe(1);
    });

    it('has few of them at once also where others are answered in between', async () => {
      const { clock, looks } = held();
      let answered = 0;
      for (let second = 0; second < 3_600; second += 1) {
        await clock.advance(1_000);
        if (looks.length % 2 === 0 && looks.length > answered) looks[looks.length - 1]?.answer('a');
        answered = looks.length;
      }
      expect(looks.length / 2).toBeLessThan(14);
    });

    it.each(['answer', 'fail'] as const)(
      'goes back to its interval as soon as they end, whether they answer or fail: they %s',
      async (end) => {
        const { clock, looks, onChange, answerNext } = held();
        looks[0]?.answer('a');
        await clock.advance(600_000);
        const hung = looks.length;
        expect(hung).toBeLessThan(12);
        for (const look of looks) look[end]('a');
        await clock.advance(0);
        await answerNext('b');
        for (let times = 0; times < 10; times += 1) await answerNext('b');
        expect(looks).toHaveLength(hung + 11);
        expect(onChange).toHaveBeenCalledTimes(1);
      },
    );

    it('begins no other one when it ends while the next is under way', async () => {
      const { clock, looks } = held();
      looks[0]?.answer('a');
      await clock.advance(1_000 + 3_000 + 2_000);
      expect(looks).toHaveLength(3);
      looks[1]?.answer('a');
      await clock.advance(2_999);
      expect(looks).toHaveLength(3);
      looks[2]?.answer('a');
      await clock.advance(1_000);
      expect(looks).toHaveLength(4);
    });

    it('stops at once, and does nothing when they end later', async () => {
      const { clock, looks, onChange, stop } = held();
      looks[0]?.answer('a');
      await clock.advance(60_000);
      stop();
      const before = looks.length;
      for (const look of looks) look.answer('b');
      await clock.advance(600_000);
      expect({
        looks: looks.length,
        calls: onChange.mock.calls.length,
        timers: clock.timers.all,
      }).toEqual({
        looks: before,
        calls: 0,
        timers: 0,
      });
    });
  });

  it('takes no failure for a change, and sees what changed meanwhile', async () => {
    const { clock, state, onChange } = watched();
    await clock.advance(0);
    state.isDown = true;
    await clock.advance(5_000);
    expect({ reads: state.reads, calls: onChange.mock.calls.length }).toEqual({
      reads: 6,
      calls: 0,
    });
    state.version = 'b';
    state.isDown = false;
    await clock.advance(1_000);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('starts from the first answer that it gets', async () => {
    const { clock, state, onChange } = watched();
    state.isDown = true;
    await clock.advance(2_000);
    state.isDown = false;
    await clock.advance(2_000);
    expect(onChange).not.toHaveBeenCalled();
  });

  it('bears a read that throws and an answer that is none', async () => {
    const clock = manualClock();
    const answers: unknown[] = [
      { record: { version: 'a' } },
      undefined,
      { record: { version: 'b' } },
    ];
    const onChange = vi.fn();
    let reads = 0;
    const read = () => {
      reads += 1;
      if (reads === 2) throw new Error('at once');
      return answers.shift() as ReturnType<TokenStore['read']>;
    };
    pollingWatch(read, onChange, { clock });
    await clock.advance(2_000);
    expect({ reads, calls: onChange.mock.calls.length }).toEqual({ reads: 3, calls: 0 });
    await clock.advance(1_000);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('goes on when a listener throws, and hides nothing', async () => {
    const errors: unknown[] = [];
    const { clock, state, onChange } = watched();
    vi.stubGlobal('queueMicrotask', (task: () => void) => {
      try {
        task();
      } catch (error) {
        errors.push(error);
      }
    });
    onChange.mockImplementation(() => {
      throw new Error('mine');
    });
    await clock.advance(0);
    for (const version of ['b', 'c']) {
      state.version = version;
      await clock.advance(1_000);
    }
    vi.unstubAllGlobals();
    expect(errors).toEqual([new Error('mine'), new Error('mine')]);
  });

  it('keeps no process alive', async () => {
    const { clock } = watched();
    await clock.advance(1_000);
    expect(clock.timers).toEqual({ keepAlive: 0, all: 1 });
  });

  it('stops at once: between looks, during one, and between a look and its call', async () => {
    const [between, during, late] = [watched(), watched(), watched()];
    during.stop();
    await between.clock.advance(0);
    between.stop();
    between.stop();
    await late.clock.advance(0);
    const queue = vi.spyOn(globalThis, 'queueMicrotask').mockImplementationOnce((task) => {
      void Promise.resolve().then(late.stop).then(task);
    });
    for (const { clock, state } of [between, during, late]) {
      state.version = 'b';
      await clock.advance(5_000);
    }
    expect(queue).toHaveBeenCalledTimes(1);
    queue.mockRestore();
    expect([between, during, late].map(({ state }) => state.reads)).toEqual([1, 1, 2]);
    expect([between, during, late].map(({ clock }) => clock.timers.all)).toEqual([0, 0, 0]);
    for (const { onChange } of [between, during, late]) expect(onChange).not.toHaveBeenCalled();
  });

  it('goes by the time of the runtime if it is given none', async () => {
    vi.useFakeTimers();
    const read = vi.fn(async () => ({ record: null }));
    const stop = pollingWatch(read, () => {});
    await vi.advanceTimersByTimeAsync(3_000);
    expect(read).toHaveBeenCalledTimes(4);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['read', 'onChange'])('refuses at once what is not a function: "%s"', (name) => {
    const read = async () => ({ record: null });
    const given = { read, onChange: () => {}, [name]: 'a text' };
    expect(() => pollingWatch(given.read, given.onChange)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining(`"${name}"`),
      }),
    );
  });

  it('refuses options that are none, by its own name', () => {
    const watching = () =>
      pollingWatch(
        async () => ({ record: null }),
        () => {},
        null as never,
      );
    expect(watching).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining('pollingWatch()'),
      }),
    );
  });

  it('refuses an interval that is not a time', () => {
    for (const interval of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const watching = () =>
        pollingWatch(
          async () => ({ record: null }),
          () => {},
          { interval },
        );
      expect(watching).toThrow(
        expect.objectContaining({
          code: 'configuration',
          message: expect.stringContaining('"interval"'),
        }),
      );
    }
  });
});

describe('a store that watches by polling keeps those rules of the store kit that it has part in: it', () => {
  /** As a store author would write it, over a store whose own `watch` is not used. */
  function polling(store: TokenStore): TokenStore {
    const stops = new Set<() => void>();
    return {
      ...store,
      watch(key, onChange) {
        const stop = pollingWatch(() => store.read(key), onChange, { interval: 5 });
        stops.add(stop);
        return stop;
      },
      async close() {
        for (const stop of stops) stop();
        await store.close();
      },
    };
  }
  for (const { name, run } of storeCases.filter((each) => /watch|clos/.test(each.name))) {
    const store = memoryStore();
    it(name, () => run(() => polling(store.open())));
  }
});
