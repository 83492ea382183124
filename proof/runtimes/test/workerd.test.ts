import { describe, expect, it } from 'vitest';
import { runInWorkerd, workerdSuites } from '../workerd/run.ts';
import { findWorkerd, type Workerd } from '../workerd/serve.ts';

const workerd = findWorkerd();

/** The oldest that the page names. */
const oldest = '2023-03-01';

/** Its package has binaries for the usual systems only. */
describe.skipIf(workerd === null)('inside workerd', { timeout: 120_000 }, () => {
  it.each(workerdSuites)(
    'what is tried of %s holds, today and for workers with an old compatibility date',
    async (suite) => {
      for (const changed of [{}, { compatibilityDate: oldest }]) {
        const { failures, passed } = await runInWorkerd(
          { ...(workerd as Workerd), ...changed },
          suite,
        );
        expect(failures).toEqual([]);
        expect(passed).toBeGreaterThan(0);
      }
    },
  );
});
