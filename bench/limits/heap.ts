// `node --expose-gc heap.ts read` (or `refreshed`): what one account of a pool is made of in the heap of a process of its own.
import { usedHeap } from '../harness/heap.ts';
import { type Past, usedPool } from './accounts.ts';
import { type Thing, thingsInHeap } from './heap-snapshot.ts';

const accounts = 20_000;

const owners: readonly (readonly [name: string, kind: RegExp, heldAs: RegExp])[] = [
  ['the session: what the caller holds', /^object ActOnSession/, /./],
  ['the account: hot path, and what its parts share', /^object Account/, /./],
  ['the replica: this process’s copy', /^object Replica/, /./],
  ['the loop for callers', /^object Obtain/, /./],
  ['exchanges', /^object Exchanges/, /./],
  ['what waits', /^object Waiter/, /./],
  ['what the store told last: version, record, fault', /^object Object/, /^#held$/],
  ['the record', /^object Object/, /^record$/],
  ['the pair in it', /^object Object/, /^pair$/],
  ['the promise that is handed out', /^object Promise/, /./],
  ['the place in the pool’s map', /^array/, /^table$/],
  ['the access token', /string$/, /^(accessToken|token|#brought|reactions_or_result)$/],
  ['the refresh token', /string$/, /^refreshToken$/],
  ['the version', /string$/, /^version$/],
  ['the account’s name', /string$/, /^(name|account|#account)$/],
  ['pieces of texts that were put together', /string$/, /^(first|second)$/],
  ['times: numbers too large for a slot', /^number$/, /^/],
];

const past = process.argv[2] as Past;
const before = await usedHeap();
const pool = await usedPool(accounts, past);
const after = await usedHeap();
const sizes = new Map<string, number>();
for await (const thing of thingsInHeap()) {
  const name = ownerOf(thing);
  sizes.set(name, (sizes.get(name) ?? 0) + thing.bytes / pool.size);
}
console.log(`${Math.round((after - before) / pool.size)} bytes per account that was ${past}:`);
for (const [name, bytes] of [...sizes].sort((a, b) => b[1] - a[1])) if (bytes >= 4) console.log(`${bytes.toFixed(0).padStart(6)}  ${name}`);

function ownerOf({ kind, heldAs }: Thing): string {
  return owners.find(([, isKind, isHeldAs]) => isKind.test(kind) && isHeldAs.test(heldAs))?.[0] ?? `other: ${kind} ${heldAs}`.slice(0, 60);
}
