import { describe, expect, it } from 'vitest';
import { runtimes } from '../runtimes.ts';
import { runSuite, shortSuite } from '../suites.ts';

/** All other tests run under Node 24. */
const others = runtimes.filter(({ name }) => name !== 'Node 24');

describe('sessions, the wire and the stores pass their tests', { timeout: 300_000 }, () => {
  it.each(others)('under $name', async (runtime) => {
    const { failures, passed } = await runSuite(shortSuite, runtime);
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(300);
  });
});
