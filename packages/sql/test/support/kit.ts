import type { MaybePromise, TokenStore } from '@act-on-token/core';
import { storeCases } from '@act-on-token/store-kit';
import { describe, it } from 'vitest';

/** The name is what the table of the kit's results shows. */
export function passesTheKit(store: string, open: () => MaybePromise<TokenStore>): void {
  describe(`${store} passes the store kit: it`, () => {
    for (const { name, run } of storeCases) it(name, () => run(open));
  });
}
