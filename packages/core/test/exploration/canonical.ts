import type { Attempt } from '../../src/machine.ts';
import type { AccountRecord } from '../../src/record.ts';
import { numberOf, type Orphan, type Reply } from './server-model.ts';
import {
  likenessOf,
  shapeOfAttempt,
  shapeOfCredentials,
  shapeOfEnding,
  shapeOfRecord,
  shapeOfThread,
} from './shapes.ts';
import { isOld } from './times.ts';
import type { Call, Process, Stored, Thread, World } from './world.ts';

/*
 * Two worlds that differ in names alone are one. Versions, claims and charges are named by their
 * first appearance, tokens by their age, lineage and generation by their distance from the
 * smallest, and processes are put in an order that does not depend on who is who. What is left of a
 * world is a row of small numbers, and of that a hash of 64 bits.
 */

const row = new Int32Array(8192);
let length = 0;
/** Names in the order in which they appeared. */
const names: number[] = [];
/** Tokens that appeared, and where: how old one is among them is known only at the end. */
const tokens: number[] = [];
const tokenPlaces: number[] = [];
let lowest = { lineage: 0, generation: 0 };
/** When records changed, and where that stands: only the order counts. */
const changes: number[] = [];
const changePlaces: number[] = [];
/** Whether all that an attempt remembers counts, because the store may lose what it has. */
let whole = false;

/** Two numbers of 32 bits that tell this world from others. */
export function fingerprint(world: World, mayLose: boolean): readonly [number, number] {
  length =
    names.length =
    tokens.length =
    tokenPlaces.length =
    changes.length =
    changePlaces.length =
      0;
  whole = mayLose;
  tokens.push(1); // The first token is the one that a person may bring, so it keeps its name.
  lowest = lowestIn(world);
  const order = inOrder(world.processes);
  putStored(world.store);
  putServer(world);
  putClock(world);
  for (const index of order) putProcess(world.processes[index] as Process);
  put(world.orphans.length);
  for (const orphan of world.orphans) putOrphan(orphan);
  for (const write of world.writes) putCall(write);
  if (mayLose) putLoss(world);
  put(world.left.first);
  put(world.left.second);
  put(world.left.total);
  putTokens(world);
  putChanges();
  return hash();
}

function put(value: number): void {
  row[length] = value;
  length += 1;
}

function putName(name: number): void {
  const at = names.indexOf(name);
  put(at < 0 ? names.push(name) - 1 : at);
}

function putToken(token: string | null | undefined): void {
  const number = token === null || token === undefined ? -1 : numberOf(token);
  if (number >= 0 && !tokens.includes(number)) tokens.push(number);
  if (number >= 0) tokenPlaces.push(length);
  put(number);
}

function putRecord(record: AccountRecord | null): void {
  put(record === null ? -2 : shapeOfRecord(record));
  if (record === null) return;
  putCounters(record);
  putToken(record.pair?.refreshToken);
  // Otherwise the refresh token names the access token as well.
  if (record.pair?.rotates === false) putName(accessTokenOf(record.pair));
  if (whole) putChange(record.changedAt);
  if (record.claim !== null) putName(numberOf(record.claim.id));
  for (const grant of record.grants) {
    put(isOld(grant) ? 1 : 0);
    putName(-grant);
  }
}

function putChange(at: number): void {
  if (!changes.includes(at)) changes.push(at);
  changePlaces.push(length);
  put(changes.indexOf(at));
}

function putChanges(): void {
  const inOrder = [...changes].sort((a, b) => a - b);
  for (const place of changePlaces)
    row[place] = inOrder.indexOf(changes[row[place] as number] as number);
}

function putCounters({ lineage, generation }: { lineage: number; generation: number }): void {
  put(lineage - lowest.lineage);
  put(generation - lowest.generation);
}

function putStored(stored: Stored | null): void {
  put(stored === null ? 0 : 1);
  if (stored === null) return;
  putName(stored.version);
  putRecord(stored.record);
}

function putCall(call: Call | null): void {
  put(call === null ? 0 : 1);
  if (call === null) return;
  putName(call.version);
  putName(call.expected);
  putRecord(call.record);
}

function putServer({ server }: World): void {
  putToken(server.live);
  if (server.revokes) putToken(server.family);
  put(server.grants);
}

/** The clock of the store counts only where it can go back. */
function putClock({ back }: World): void {
  put(back > 0 ? 1 : 0);
}

/**
 * Of the record that an attempt wrote only its place in history counts, unless it is still to be
 * written or may be put back.
 */
function putAttempt(mine: Attempt, all: boolean): void {
  put(shapeOfAttempt(mine));
  putName(numberOf(mine.claim.id));
  if (mine.charged) putName(-mine.claim.at);
  putToken(mine.refreshToken);
  if (all) putRecord(mine.record);
  else putCounters(mine.record);
}

function putThread(thread: Thread): void {
  put(shapeOfThread(thread));
  putCall(thread.call);
  if ('lineage' in thread.intent) put(thread.intent.lineage - lowest.lineage);
  if (!('mine' in thread)) return;
  putAttempt(thread.mine, whole || thread.at === 'claiming');
  if (thread.at === 'committing') put(shapeOfEnding(thread.ending));
  if (thread.at === 'committing' && thread.ending.type === 'granted') {
    putToken(thread.ending.tokens.refreshToken);
    if (thread.ending.tokens.refreshToken === null) putName(accessTokenOf(thread.ending.tokens));
  }
  if (thread.at === 'sent') putReply(thread.reply);
}

const replies = ['granted', 'refused', 'failed'] as const;

function putReply(reply: Reply | null): void {
  put(reply === null ? 0 : 1 + replies.indexOf(reply.type));
  if (reply?.type !== 'granted') return;
  put(reply.kept ? 1 : 0);
  if (reply.kept) putName(numberOf(reply.token));
  else putToken(reply.token);
}

const accessTokenOf = ({ accessToken }: { accessToken: string | null }): number =>
  accessToken === null ? 0 : numberOf(accessToken);

function putProcess(process: Process): void {
  const { held, unsaved, threads } = process;
  put(shapeOfCredentials(process));
  putStored(held);
  put(unsaved === null ? 0 : 1);
  if (unsaved !== null) putAttempt(unsaved.mine, whole);
  if (unsaved !== null) putRecord(unsaved.record);
  put(threads.length);
  for (const thread of threads) putThread(thread);
}

function putOrphan({ request }: Orphan): void {
  put(request.type === 'refresh' ? 1 : request.right ? 2 : 3);
  if (request.type === 'refresh') putToken(request.token);
}

function putLoss({ backup, wentBack, lost }: World): void {
  putStored(backup);
  put(wentBack ? 1 : 0);
  // Tokens are put in the order of their age, so that it shows which of them are older than the
  // loss.
  if (lost !== null) putToken(`r${lost.serial}`);
  if (lost !== null) putChange(lost.at);
}

function putTokens({ settled, saved, condemned }: World): void {
  tokens.sort((a, b) => a - b);
  for (const place of tokenPlaces) row[place] = tokens.indexOf(row[place] as number);
  const has = (list: readonly number[], token: number): number => (list.includes(token) ? 1 : 0);
  for (const token of tokens)
    put(has(settled, token) + 2 * has(saved, token) + 4 * has(condemned, token));
}

function lowestIn(world: World): { lineage: number; generation: number } {
  let [lineage, generation] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const look = (record: AccountRecord | null | undefined): void => {
    if (record === null || record === undefined) return;
    lineage = Math.min(lineage, record.lineage);
    generation = Math.min(generation, record.generation);
  };
  look(world.store.record);
  look(world.backup?.record);
  for (const { held, threads } of world.processes) {
    look(held?.record);
    for (const thread of threads) if ('mine' in thread) look(thread.mine.record);
  }
  return generation === Number.MAX_SAFE_INTEGER
    ? { lineage: 0, generation: 0 }
    : { lineage, generation };
}

/** Which process comes first, second and so on. */
function inOrder(processes: readonly Process[]): readonly number[] {
  const order: number[] = [];
  const likenesses = processes.map(likenessOf);
  for (let process = 0; process < processes.length; process += 1) {
    let at = process;
    for (
      ;
      at > 0 && (likenesses[order[at - 1] as number] as number) > (likenesses[process] as number);
      at -= 1
    )
      order[at] = order[at - 1] as number;
    order[at] = process;
  }
  return order;
}

function hash(): readonly [number, number] {
  let [low, high] = [0x9747b28c, 0x85ebca6b];
  for (let at = 0; at < length; at += 1) {
    const value = row[at] as number;
    low = Math.imul(low ^ value, 0x9e3779b1);
    low ^= low >>> 15;
    high = Math.imul(high ^ value, 0xc2b2ae3d);
    high ^= high >>> 13;
  }
  low = Math.imul(low ^ length, 0x85ebca6b);
  high = Math.imul(high ^ length, 0x27d4eb2f);
  return [(low ^ (low >>> 13)) >>> 0, (high ^ (high >>> 16)) >>> 0];
}
