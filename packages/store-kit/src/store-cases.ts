import { acknowledgedCases } from './cases/acknowledged.ts';
import { clockCases } from './cases/clock.ts';
import { closeCases } from './cases/close.ts';
import { contentionCases } from './cases/contention.ts';
import { keyCases } from './cases/keys.ts';
import { replayCases } from './cases/replay.ts';
import { swapCases } from './cases/swap.ts';
import { valueCases } from './cases/values.ts';
import { watchCases } from './cases/watch.ts';
import type { StoreCase } from './store-case.ts';

/**
 * What a `TokenStore` must do, one case for each rule. Give them to any test runner:
 *
 * ```ts
 * for (const { name, run } of storeCases) test(name, () => run(() => myStore({ directory })));
 * ```
 *
 * Every call of the function handed to `run` must give another handle on the same data. The cases
 * use fresh random keys, so that they may run side by side, twice, and on data that is in use; they
 * close every handle they opened. A case resolves, or rejects with an Error that names the broken
 * rule; each single call of the store is given 5 seconds.
 */
export const storeCases: ReadonlyArray<StoreCase> = [
  ...swapCases,
  ...contentionCases,
  ...replayCases,
  ...acknowledgedCases,
  ...keyCases,
  ...valueCases,
  ...watchCases,
  ...clockCases,
  ...closeCases,
];
