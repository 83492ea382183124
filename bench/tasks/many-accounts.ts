// Growth: what a call for a valid token costs in a pool of so many accounts.

import { usedPool } from '../harness/accounts.ts';
import { perCall } from '../harness/time.ts';

/** Nanoseconds of one call, accounts taken at random. */
export async function measure({ accounts }: { accounts: number }): Promise<number> {
  const pool = await usedPool(accounts, 'read');
  const names = Array.from(
    { length: 10_000 },
    () => `account-${1_000_000 + Math.floor(Math.random() * accounts)}@shop.org`,
  );
  let at = 0;
  const call = (): Promise<string> => pool.get(names[at++ % names.length] ?? '').getAccessToken();
  await perCall(call, 20_000);
  return perCall(call, 50_000);
}
