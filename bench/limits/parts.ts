// What the parts of a cold start and of a request cost by themselves: nanoseconds of this process's own work, the least of nine rounds.
import { createSession, type Session, type TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { decodeRecord } from '../../packages/core/src/record.ts';
import { endpointAt, seeded } from '../clients/ours.ts';
import { cutNetwork, freshTokens, nowhere } from '../harness/no-network.ts';
import { number } from '../harness/row.ts';
import { asText } from '../harness/table.ts';
import { cpuPerCall } from '../harness/time.ts';

const url = `${nowhere.origin}/api/1/list`;

function parts(store: TokenStore, value: string, session: Session): [string, () => unknown][] {
  const endpoint = endpointAt(nowhere);
  const open = (): Session => createSession({ endpoint, account: nowhere.username, store });
  const { reach, watch, close } = store;
  const swap = store.swap.bind(store);
  const atOnce: TokenStore = {
    reach,
    watch,
    close,
    swap,
    read: async () => ({ record: { version: 'a version', value }, now: Date.now() }),
  };
  const overNothing = (): Session => createSession({ endpoint, account: nowhere.username, store: atOnce });
  return [
    ['cold start from memory, all of it', () => open().getAccessToken()],
    ['– the same over a store that answers at once', () => overNothing().getAccessToken()],
    ['– createSession(): options are checked', () => open()],
    ['– a record is read and none of it trusted', () => decodeRecord(value, Date.now())],
    ['– JSON.parse of it alone', () => JSON.parse(value)],
    ['– a timer for the deadline of the store, set and cleared', () => clearTimeout(setTimeout(() => {}, 1_000))],
    ['session.fetch() with a stub for a network', () => session.fetch('/api/1/list')],
    ['– fetch() of the stub alone', () => fetch(url, { headers: { authorization: 'Bearer token' } })],
    ['– the URL', () => new URL('api/1/list', `${nowhere.origin}/`)],
    ['– the headers', () => new Headers().set('authorization', 'Bearer token')],
  ];
}

cutNetwork();
const store = await seeded(memoryStore(), nowhere, freshTokens());
const endpoint = endpointAt(nowhere);
const session = createSession({ endpoint, account: nowhere.username, store });
await session.getAccessToken();
let value = '';
const seen: TokenStore = { ...store, read: async (key) => kept(await store.read(key)) };
function kept<Answer extends { record: { value: string } | null }>(answer: Answer): Answer {
  value = answer.record?.value ?? '';
  return answer;
}
await createSession({ endpoint, account: nowhere.username, store: seen }).ready();

const all = parts(store, value, session);
const least = new Map<string, number>();
for (let round = 0; round < 9; round += 1) {
  for (const [name, run] of all) {
    const cost = await cpuPerCall(async () => run(), 20_000);
    least.set(name, Math.min(cost, least.get(name) ?? Number.POSITIVE_INFINITY));
  }
}
console.log(asText([['ns', 'what'], ...all.map(([name]) => [number(Math.round(least.get(name) ?? 0)), name])]));
