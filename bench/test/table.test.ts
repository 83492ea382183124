import { describe, expect, it } from 'vitest';
import {
  aboveFloor,
  atMost,
  bestPeer,
  exactly,
  figure,
  figures,
  number,
  type Row,
  shareOfFloor,
  timesFloor,
  verdict,
} from '../harness/row.ts';
import type { Figure } from '../harness/statistics.ts';
import { mainTable, peerTable } from '../harness/table.ts';

const just = (median: number): Figure => ({ median, low: median, high: median });

const row: Row = {
  group: 3,
  metric: 'token requests',
  unit: '',
  ours: just(1),
  floor: just(1),
  peers: { slow: just(18), quick: { median: 2, low: 1, high: 4 } },
  better: 'less',
  goal: exactly(1),
};

describe('a goal', () => {
  it.for([
    ['a limit that is kept', atMost(6_500), 6_500, Number.NaN, true],
    ['a limit that is exceeded', atMost(6_500), 6_501, Number.NaN, false],
    ['a factor of the floor that is kept', timesFloor(1.3), 13, 10, true],
    ['a factor of the floor that is exceeded', timesFloor(1.3), 14, 10, false],
    ['a share of the floor that is reached', shareOfFloor(0.7), 70, 100, true],
    ['a share of the floor that is not reached', shareOfFloor(0.7), 69, 100, false],
    ['a little above the floor', aboveFloor(1, ' µs'), 2, 1, true],
    ['too much above the floor', aboveFloor(1, ' µs'), 2.1, 1, false],
    ['a number that is another one', exactly(0), 1, 0, false],
    ['a floor that was not measured', timesFloor(1.3), 1, Number.NaN, false],
  ] as const)('judges %s', ([, goal, ours, floor, met]) => {
    expect(verdict({ ...row, goal, ours: just(ours), floor: just(floor) })).toBe(
      met ? 'met' : 'not met',
    );
  });

  it('that there is none of is not judged', () => {
    expect(verdict({ ...row, goal: null })).toBe('–');
  });

  it('that nothing ever reached is not met', () => {
    expect(verdict({ ...row, goal: atMost(1), ours: just(Number.POSITIVE_INFINITY) })).toBe(
      'not met',
    );
  });
});

describe('the best peer', () => {
  it('is the one with the least, or with the most where more is better', () => {
    expect(bestPeer(row)?.name).toBe('quick');
    expect(bestPeer({ ...row, better: 'more' })?.name).toBe('slow');
  });

  it('is the first by name of several as good', () => {
    expect(bestPeer({ ...row, peers: { b: just(1), a: just(1) } })?.name).toBe('a');
  });

  it('is not an one where none offers it', () => {
    expect(bestPeer({ ...row, peers: {} })).toBeNull();
  });
});

describe('measurements', () => {
  it('are told apart into ours, the floor’s and the peers’, those left out in some rounds too', () => {
    const { ours, floor, peers } = figures(
      [
        { us: 3, least: 1, peer: 9 },
        { us: 5, least: 1 },
        { us: 4, least: 1 },
      ],
      'us',
      'least',
    );
    expect(ours).toEqual({ median: 4, low: 3, high: 5 });
    expect(floor).toEqual(just(1));
    expect(peers).toEqual({ peer: just(9) });
  });

  it('without ours are a mistake', () => {
    expect(() => figures([{ least: 1 }], 'us', 'least')).toThrow('"us" was not measured.');
  });

  it.for([
    [0, '0'],
    [0.0312, '0.03'],
    [1.694, '1.69'],
    [83.62, '83.6'],
    [15_904, '15,904'],
    [Number.POSITIVE_INFINITY, 'never'],
  ] as const)('%d is written %s', ([value, text]) => {
    expect(number(value)).toBe(text);
  });

  it('show how far they lie apart, unless they do not', () => {
    expect(figure({ median: 2, low: 1, high: 4 })).toBe('2 (1–4)');
    expect(figure(just(2))).toBe('2');
  });
});

describe('the table', () => {
  it('says for each metric what was measured, the best peer, the goal and whether it is met', () => {
    expect(mainTable([row])[1]).toEqual([
      '3',
      'token requests',
      '1',
      '2 (1–4) quick',
      '1',
      '1',
      'met',
    ]);
  });

  it('says so where no peer offers a thing', () => {
    expect(mainTable([{ ...row, peers: {}, floor: null }])[1]?.slice(3, 5)).toEqual([
      'not offered',
      '–',
    ]);
  });

  it('names every peer in a second one, and what each does not offer', () => {
    const other = { ...row, metric: 'other', peers: { quick: just(1) } };
    expect(peerTable([row, other])).toEqual([
      ['#', 'metric', 'ours', 'slow', 'quick'],
      ['3', 'token requests', '1', '18', '2'],
      ['3', 'other', '1', 'not offered', '1'],
    ]);
  });
});
