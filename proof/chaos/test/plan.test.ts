import { describe, expect, it } from 'vitest';
import { type PlanOptions, plan, type Step } from '../plan.ts';
import { sorts } from '../run.ts';

const options: PlanOptions = {
  seed: 1,
  store: 'redis',
  lease: 21_000,
  requestTimeout: 1_000,
  pace: 500,
};

function firstSteps(count: number, more: Partial<PlanOptions> = {}): Step[] {
  const steps = plan({ ...options, ...more });
  return Array.from({ length: count }, () => steps.next().value);
}

describe('the plan of the nemesis', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(firstSteps(500)).toEqual(firstSteps(500));
    expect(firstSteps(50, { seed: 2 })).not.toEqual(firstSteps(50));
  });

  it('leaves no sort of fault to luck', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const types = new Set(firstSteps(50, { seed }).map(({ action }) => action.type));
      expect(types.size).toBe(14);
    }
    for (const store of ['redis', 'postgres'] as const) expect(sorts(store)).toHaveLength(14);
  });

  it('leaves a store alone that has no wire', () => {
    const types = firstSteps(500, { store: 'file' }).map(({ action }) => action);
    expect(types.filter(({ type }) => type.startsWith('store_'))).toEqual([]);
    expect(types.filter((action) => 'stage' in action && action.stage === 'claimed')).toEqual([]);
    expect(sorts('file')).toHaveLength(8);
  });

  it('pauses for longer than a lease, and delays nothing for so long that a lease could end meanwhile', () => {
    const actions = firstSteps(2_000).map(({ action }) => action);
    expect(
      Math.min(...actions.flatMap((action) => ('pause' in action ? [action.pause] : []))),
    ).toBeGreaterThan(options.lease);
    const delays = actions.flatMap((action) => (action.type === 'http_slow' ? [action.delay] : []));
    expect(Math.max(...delays)).toBeLessThan(options.lease - options.requestTimeout);
    expect(delays.some((delay) => delay > options.requestTimeout)).toBe(true);
  });

  it('keeps its pace on average', () => {
    const waits = firstSteps(2_000).map(({ wait }) => wait);
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length).toBeCloseTo(options.pace, -2);
  });
});
