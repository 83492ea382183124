// For programs that run in any runtime: no test runner, nothing of Node.
import type { MaybePromise, TokenStore } from '@act-on-token/core';
import { storeCases } from '@act-on-token/store-kit';

/** The rules that were broken, by the names of the cases; `null`: the case passed. */
export type KitResults = Readonly<Record<string, string | null>>;

/** Runs all cases, one after the other, and hands over what came of them. */
export async function kitResults(open: () => MaybePromise<TokenStore>): Promise<KitResults> {
  const results: Record<string, string | null> = {};
  for (const { name, run } of storeCases)
    results[name] = await run(open).then(
      () => null,
      (error: unknown) => String(error),
    );
  return results;
}
