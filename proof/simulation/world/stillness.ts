// What a process of its own needs so that nothing in it is left to chance or to real time.
import { createHash, createHmac } from 'node:crypto';
import type { Random } from '../../support/random.ts';

let chance: Random | null = null;
/** Calls into the thread pool, in the order in which they were made. */
const calls: { readonly over: Promise<unknown>; readonly tell: () => void }[] = [];
let isInstalled = false;

/**
 * From now on all randomness of this process comes from `random`, and nothing in it may look at a
 * real clock or wait by it.
 */
export function beginStillness(random: Random): void {
  chance = random;
  calls.length = 0;
  if (isInstalled) return;
  isInstalled = true;
  Math.random = () => drawn().below(2 ** 30) / 2 ** 30;
  own(globalThis.crypto, 'getRandomValues', randomBytes);
  for (const name of ['encrypt', 'decrypt'] as const) inOrder(globalThis.crypto.subtle, name);
  hashHere(globalThis.crypto.subtle);
  Date.now = forbidden('Date.now');
  own(globalThis.performance, 'now', forbidden('performance.now'));
  for (const name of ['setTimeout', 'setInterval'] as const) own(globalThis, name, forbidden(name));
}

/**
 * The thread pool ends its work when it likes. One call at a time is told that it is over, the
 * first one first; `null` if there is none. Promises need no such care: the runtime settles all of
 * them before it goes on to whatever was scheduled with `setImmediate`.
 */
export function settled(): Promise<void> | null {
  const first = calls.shift();
  return first === undefined ? null : first.over.then(first.tell, first.tell);
}

function drawn(): Random {
  if (chance === null) throw new Error('no simulation is under way');
  return chance;
}

function randomBytes<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  const random = drawn();
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = random.below(256);
  return bytes;
}

type Method = (...args: never[]) => Promise<unknown>;

function inOrder(subtle: SubtleCrypto, name: 'encrypt' | 'decrypt'): void {
  const method = (subtle[name] as unknown as Method).bind(subtle);
  own(subtle, name, (...args: never[]) => {
    const over = method(...args);
    return new Promise((resolve, reject) =>
      calls.push({ over, tell: () => void over.then(resolve, reject) }),
    );
  });
}

/** Hashes are computed in this thread: waiting for another one takes a quarter of a run. */
function hashHere(subtle: SubtleCrypto): void {
  const secrets = new WeakMap<object, Uint8Array>();
  const importKey = (subtle.importKey as unknown as Method).bind(subtle);
  own(
    subtle,
    'importKey',
    async (format: string, bytes: Uint8Array, algorithm: { name?: string }, ...rest: never[]) => {
      if (format !== 'raw' || algorithm.name !== 'HMAC')
        return importKey(...([format, bytes, algorithm, ...rest] as never[]));
      const key = {};
      secrets.set(key, bytes);
      return key;
    },
  );
  own(subtle, 'sign', async (_: unknown, key: object, text: Uint8Array) => {
    const secret = secrets.get(key);
    if (secret === undefined) throw new Error('a simulation signs with HMAC only');
    return bufferOf(createHmac('sha256', secret).update(text).digest());
  });
  own(subtle, 'digest', async (algorithm: string, text: Uint8Array) => {
    return bufferOf(createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest());
  });
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function own(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function forbidden(name: string): () => never {
  return () => {
    throw new Error(`${name}() was called in a simulation: something goes by real time`);
  };
}
