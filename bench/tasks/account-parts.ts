// What one account of a pool consists of: bytes in the heap, by what holds them.
import { type Past, usedPool } from '../harness/accounts.ts';
import { usedHeap } from '../harness/heap.ts';
import { type Thing, thingsInHeap } from '../harness/heap-snapshot.ts';

export interface AccountParts {
  /** All that an account adds to the heap. */
  readonly bytes: number;
  /** The same, part by part. */
  readonly parts: Record<string, number>;
}

const accounts = 20_000;

/** The first that fits is the part. */
const parts: readonly (readonly [name: string, kind: RegExp, heldAs: RegExp])[] = [
  ['the session: what the caller holds', /^object ActOnSession/, /./],
  ['the methods that are bound to it', /^object Object/, /^#bound$/],
  ['the methods that are bound to it', /^closure native_bind/, /./],
  ['the account: hot path, and the pointer to its activity', /^object Account/, /./],
  [
    'the activity, and what it consists of',
    /^object (Activity|Announcer|Background|RecordWait|SignIn|Token\w+)/,
    /./,
  ],
  ['the cached record', /^object CachedRecord/, /./],
  ['what the store showed last: version, record, fault', /^object Object/, /^#?held$/],
  ['the record', /^object Object/, /^record$/],
  ['the pair in it', /^object Object/, /^pair$/],
  ['the promise that is handed out', /^object Promise/, /./],
  ["the place in the pool's map", /^array/, /^table$/],
  ['the access token', /string$/, /^(accessToken|token|reactions_or_result)$/],
  ['the refresh token', /string$/, /^refreshToken$/],
  ['the version', /string$/, /^version$/],
  ["the account's name", /string$/, /^(name|account|#account|parent)$/],
  ['times: numbers too large for a slot', /^number$/, /^/],
];

export async function measure(past: Past): Promise<AccountParts> {
  // What the engine keeps from the first accounts on is no part of an account.
  await usedPool(1_000, past);
  const [earlier, before] = [await bytesByPart(), await usedHeap()];
  const pool = await usedPool(accounts, past);
  const [after, later] = [await usedHeap(), await bytesByPart()];
  const each = [...later].map(([name, bytes]) => [
    name,
    Math.round((bytes - (earlier.get(name) ?? 0)) / pool.size),
  ]);
  return { bytes: Math.round((after - before) / pool.size), parts: Object.fromEntries(each) };
}

async function bytesByPart(): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for await (const thing of thingsInHeap())
    sums.set(partOf(thing), (sums.get(partOf(thing)) ?? 0) + thing.bytes);
  return sums;
}

function partOf({ kind, heldAs }: Thing): string {
  return (
    parts.find(([, isKind, isHeldAs]) => isKind.test(kind) && isHeldAs.test(heldAs))?.[0] ??
    `${kind} ${heldAs}`.trim().slice(0, 60)
  );
}
