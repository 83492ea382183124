import { describe, expect, it } from 'vitest';
import { type Contestant, interleave, medians, ratios } from '../harness/interleave.ts';
import { figureOf, median } from '../harness/statistics.ts';

describe('the benchmark’s statistics', () => {
  it('take the middle of an odd number of values, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('take the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('leave the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('refuse to tell the median of nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });

  it('say how far the values lie apart', () => {
    expect(figureOf([5, 1, 9])).toEqual({ median: 5, low: 1, high: 9 });
  });
});

describe('contestants that are measured in turn', () => {
  /** Notes when it was its turn, and measures one more each time. */
  const counting = (name: string, turns: string[], first: number): Contestant => {
    let value = first;
    return {
      name,
      async run() {
        turns.push(name);
        value += 1;
        return value;
      },
    };
  };

  it('go round after round, another one first each time, and the first round is not a measurement', async () => {
    const turns: string[] = [];
    const rounds = await interleave([counting('a', turns, 0), counting('b', turns, 10)], 2);
    expect(turns.join('')).toBe('abbaab');
    expect(rounds.get('a')).toEqual([2, 3]);
    expect(rounds.get('b')).toEqual([12, 13]);
  });

  it('are compared within each round, so that a slow round strikes both', () => {
    const rounds = new Map([
      ['floor', [1, 100, 2]],
      ['ours', [2, 200, 4]],
    ]);
    expect(ratios(rounds, 'floor')).toEqual({ floor: 1, ours: 2 });
    expect(medians(rounds)).toEqual({ floor: 2, ours: 4 });
  });
});
