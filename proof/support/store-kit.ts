import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { MaybePromise, TokenStore } from '@act-on-token/core';
import { storeCases } from '@act-on-token/store-kit';
import { describe, expect, it } from 'vitest';
import type { KitResults } from './kit-results.ts';

/** The name is what the table of the kit's results shows. */
export function passesTheKit(store: string, open: () => MaybePromise<TokenStore>): void {
  describe(`${store} passes the store kit: it`, () => {
    for (const { name, run } of storeCases) it(name, () => run(open));
  });
}

/** The same where the cases run in another runtime, and what came of them is handed over. */
export function passesTheKitElsewhere(store: string, run: () => Promise<KitResults>): void {
  describe(`${store} passes the store kit: it`, () => {
    let results: Promise<KitResults> | undefined;
    for (const { name } of storeCases)
      it(name, async () => {
        results ??= run();
        expect((await results)[name]).toBeNull();
      });
  });
}

/** A program that prints `kitResults()` as JSON. */
export async function printedResults(
  [file = '', ...args]: readonly string[],
  env: Record<string, string | undefined>,
): Promise<KitResults> {
  const { stdout } = await promisify(execFile)(file, args, { env });
  return JSON.parse(stdout) as KitResults;
}
