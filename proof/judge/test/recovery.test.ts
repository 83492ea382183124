import { describe, expect, it } from 'vitest';
import type { Fault } from '../evidence.ts';
import type { Entry } from '../history.ts';
import { judge } from '../judge.ts';
import { rulesOfTime } from '../violation.ts';
import { ada, evidenceOf, type Page, recordOf, type Story, swaps } from './story.ts';

/** The rules about time that a story of these calls breaks: `[asked, told, what]`. */
function broken(
  calls: readonly (readonly [from: number, at: number | null, told?: Partial<Entry>])[],
  story: Story = {},
): string[] {
  const pages = calls.flatMap(([from, at, told], index): Page[] => {
    const asked: Page = [from, { type: 'asked', account: ada, call: index }];
    return at === null
      ? [asked]
      : [asked, [at, { type: 'got', token: 'token', ...told, account: ada, call: index } as Entry]];
  });
  const terms = { quietFrom: 100_000, to: 110_000, ...story.terms };
  const lives = { 'node-2.1': pages, ...story.lives };
  const { violations } = judge(evidenceOf({ ...story, lives, terms }));
  return violations.map(({ rule }) => rule).filter((rule) => rulesOfTime.includes(rule));
}

const failed = (more: object = {}): Partial<Entry> =>
  ({
    type: 'failed',
    code: 'outcome_unknown',
    needsGrant: false,
    retryAt: null,
    ...more,
  }) as Partial<Entry>;
const kill = (at: number): Fault => ({
  type: 'kill_holder',
  at,
  until: at,
  worker: 'node-1.1',
  account: ada,
});
const steady = Array.from(
  { length: 25 },
  (_, index) => [5_000 * index, 5_000 * index + 1] as const,
);
const without = (from: number, to: number) => steady.filter(([at]) => at < from || at > to);

describe('the judge of recovery', () => {
  it('lets callers pass who are helped all the time', () => {
    expect(broken(steady)).toEqual([]);
  });

  it('finds that nobody was helped although nothing had happened', () => {
    expect(broken(without(41_000, 69_000))).toEqual(['recovery']);
  });

  it('grants a lease after a fault, and no more than that and some slack', () => {
    expect(
      broken([...without(41_000, 64_000), [41_000, 64_000]], { faults: [kill(42_000)] }),
    ).toEqual([]);
    expect(
      broken([...without(41_000, 84_000), [41_000, 84_000]], { faults: [kill(42_000)] }),
    ).toEqual(['recovery']);
  });

  it('counts a fault only where its victim was at work', () => {
    const faults = [{ ...kill(42_000), account: 'bob' }];
    const calls = [...without(41_000, 64_000), [41_000, 64_000] as const];
    const pages = swaps(41_500, 1, 'version 1', recordOf(1));
    expect(broken(calls, { faults })).toEqual(['recovery']);
    expect(broken(calls, { faults, lives: { 'node-1.1': pages }, killed: ['node-1.1'] })).toEqual(
      [],
    );
  });

  it('counts as help that a person must sign in, and grants the time for which callers are told to wait', () => {
    const gap = without(41_000, 59_000);
    expect(broken([...gap, [50_000, 50_001, failed({ needsGrant: true })]])).toEqual([]);
    expect(broken([...gap, [45_000, 45_001, failed({ retryAt: 52_000 })]])).toEqual([]);
    expect(broken([...gap, [45_000, 45_001, failed()]])).toEqual(['recovery']);
  });
});

describe('the judge of the end', () => {
  const before = steady.filter(([at]) => at < 100_000);

  it('wants a token, an explicit need or a time in the last answer', () => {
    const soon = [100_000, 100_001] as const;
    expect(broken([...before, soon, [109_000, 109_001]])).toEqual([]);
    expect(broken([...before, soon, [109_000, 109_001, failed({ needsGrant: true })]])).toEqual([]);
    expect(broken([...before, soon, [109_000, 109_001, failed({ retryAt: 600_000 })]])).toEqual([]);
    expect(broken([...before, soon, [109_000, 109_001, failed()]])).toContain('happyEnd');
  });

  it('lets somebody wait at the end, but not for ever', () => {
    expect(broken([...before, [105_000, null]])).not.toContain('happyEnd');
    expect(broken([...before, [60_000, null]])).toContain('happyEnd');
    expect(broken(before)).toContain('happyEnd');
  });

  it('says nothing of a run that did not wait for its end', () => {
    expect(broken(before, { terms: { quietFrom: 100_000, to: 101_000 } })).toEqual([]);
  });
});

describe('the judge of recovery where callers are sparse', () => {
  const terms = { callersAreSparse: true };
  const refused = (more: object) => [
    [10_000, 12_000, failed(more)] as const,
    [80_000, 82_000, failed(more)] as const,
    [83_000, 83_001] as const,
  ];

  it('finds that callers were sent away for longer than a lease', () => {
    expect(broken(refused({}), { terms })).toContain('recovery');
  });

  it('counts the wait of those alone who gave up by themselves', () => {
    expect(broken(refused({ code: 'timeout' }), { terms })).not.toContain('recovery');
    const patient = [[10_000, 72_000, failed({ code: 'timeout' })] as const];
    expect(broken([...patient, [83_000, 83_001]], { terms })).toContain('recovery');
  });
});
