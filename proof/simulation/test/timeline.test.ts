import { describe, expect, it } from 'vitest';
import { Life, Machine } from '../world/life.ts';
import { inScope, RequestScope } from '../world/request-scope.ts';
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

  it('rings its timers once a minute while its page is hidden', async () => {
    const { timeline, life, pages, write } = start();
    life.clock.setTimeout(() => write('set before'), 70_000, true);
    timeline.at(10_000, () => life.hide(170_000));
    timeline.at(20_000, () => life.clock.setTimeout(() => write('set meanwhile'), 10, true));
    await timeline.pass(100_000);
    expect(pages).toEqual([[60_000, 'set meanwhile']]);
    life.clock.setTimeout(() => write('near its end'), 79_000, true);
    await timeline.pass(400_000);
    expect(pages.slice(1)).toEqual([
      [120_000, 'set before'],
      [180_000, 'near its end'],
    ]);
  });

  it('loses what a request that has ended still waits for, and nothing of other requests', async () => {
    const { timeline, life, pages, write } = start();
    const [ended, other] = [new RequestScope(), new RequestScope()];
    for (const [name, scope] of [
      ['ended', ended],
      ['other', other],
    ] as const) {
      inScope(scope, () => {
        life.clock.setTimeout(() => write(`timer of ${name}`), 50, true);
        const deliver = life.wayBack();
        timeline.at(60, () => deliver(() => write(`answer to ${name}`)));
      });
    }
    expect([ended.pending, other.pending]).toEqual([2, 2]);
    timeline.at(10, () => ended.end());
    await timeline.pass(1_000);
    expect(pages).toEqual([
      [50, 'timer of other'],
      [60, 'answer to other'],
    ]);
    expect(other.pending).toBe(0);
  });

  it('counts the time for which it ran', async () => {
    const { timeline, life } = start();
    timeline.at(10, () => life.stop(100, false, true));
    await timeline.pass(60);
    expect(life.active).toBe(10);
    await timeline.pass(200);
    expect(life.active).toBe(100);
  });
});
