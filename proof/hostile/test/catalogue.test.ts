import { afterAll, describe, expect, it, vi } from 'vitest';
import { catalogue } from '../catalogue/catalogue.ts';

const all = 84;
let passed = 0;

describe('bad input', () => {
  afterAll(() => {
    vi.unstubAllGlobals();
    console.log(`bad inputs: ${passed} of ${all}`);
  });

  it('is catalogued without a gap', () => {
    expect(catalogue.map(({ number }) => number)).toEqual(
      Array.from({ length: all }, (_, i) => i + 1),
    );
  });

  it.each(catalogue.map((each) => [each.number, each.sentence, each] as const))(
    '%i: %s',
    async (_number, _sentence, each) => {
      await each.run();
      passed += 1;
    },
  );
});
