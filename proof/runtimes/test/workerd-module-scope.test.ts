import { afterAll, beforeAll, describe, it } from 'vitest';
import { cases, type ModuleScope, openWorker } from '../workerd/module-scope/open-worker.ts';
import { findWorkerd, type Workerd } from '../workerd/serve.ts';

const workerd = findWorkerd();
/** Before and after workerd learned to settle a promise of one request from within another one. */
const dates = ['2023-03-01', workerd?.compatibilityDate ?? ''];

/** Its package has binaries for the usual systems only. */
describe.skipIf(workerd === null).each(dates)(
  'a worker of %s whose sessions outlive its requests',
  { timeout: 120_000 },
  (date) => {
    let opened: ModuleScope;
    beforeAll(async () => {
      opened = await openWorker({ ...(workerd as Workerd), compatibilityDate: date });
    });
    afterAll(() => opened?.close());

    for (const each of cases) it.concurrent(each.name, () => opened.run(each));
  },
);
