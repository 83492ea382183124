import { describe, expect, it } from 'vitest';
import { Life, Machine } from '../world/life.ts';
import { Timeline } from '../world/timeline.ts';

/** What a process wrote down, and when by true time. */
function diary(timeline: Timeline) {
  const pages: [number, string][] = [];
  return { pages, write: (text: string) => pages.push([timeline.now, text]) };
}

describe('simulated time', () => {
  it('lets one thing happen after the other, and what follows from one before the next', async () => {
    const timeline = new Timeline(0);
    const { pages, write } = diary(timeline);
    timeline.at(20, () => write('second'));
    timeline.at(10, async () => {
      write('first');
      for (let step = 0; step < 100; step += 1) await null;
      write('and what follows');
    });
    timeline.at(20, () => write('third'));
    await timeline.pass(1_000);
    expect(pages).toEqual([
      [10, 'first'],
      [10, 'and what follows'],
      [20, 'second'],
      [20, 'third'],
    ]);
    expect(timeline.now).toBe(1_000);
  });

  it('ends with an error where things go round and round', async () => {
    const timeline = new Timeline(0);
    const again = (): void => void timeline.after(0, again);
    again();
    await expect(timeline.pass(1)).rejects.toThrow('round and round');
  });
});

describe('a simulated process', () => {
  const start = (drift = 0) => {
    const timeline = new Timeline(0);
    const life = new Life(timeline, new Machine('p1', 0, drift));
    return { timeline, life, ...diary(timeline) };
  };

  it('goes by clocks of its own', async () => {
    const { timeline, life } = start(0.01);
    await timeline.pass(1_000);
    life.machine.ahead = -500;
    expect([life.clock.now(), life.clock.monotonic()]).toEqual([510, 1_010]);
    expect(life.toTrue(610)).toBe(1_100);
  });

  it('runs nothing while it is stopped, and finds overdue timers and what came in when it goes on', async () => {
    const { timeline, life, pages, write } = start();
    life.clock.setTimeout(() => write('timer'), 50, true);
    timeline.at(10, () => life.stop(100, false, true));
    timeline.at(20, () => life.deliver(() => write('mail')));
    await timeline.pass(1_000);
    expect(pages).toEqual([
      [110, 'timer'],
      [110, 'mail'],
    ]);
  });

  it('sleeps without its monotonic clock, so that its timers ring later by the sleep', async () => {
    const { timeline, life, pages, write } = start();
    life.clock.setTimeout(() => write('timer'), 50, true);
    timeline.at(10, () => life.stop(100, true, true));
    await timeline.pass(1_000);
    expect(pages).toEqual([[150, 'timer']]);
    expect([life.clock.now(), life.clock.monotonic()]).toEqual([1_000, 900]);
  });

  it('never runs again when it is dead', async () => {
    const { timeline, life, pages, write } = start();
    life.clock.setTimeout(() => write('timer'), 50, true);
    timeline.at(10, () => life.kill());
    timeline.at(20, () => life.deliver(() => write('mail')));
    await timeline.pass(1_000);
    expect(pages).toEqual([]);
  });
});
