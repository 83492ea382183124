import { misconfigured } from './errors.ts';
import { aStore, checkOption, checkOptions, type OptionRule, type OptionRules } from './options.ts';
import type { StoredRecord, TokenStore } from './store.ts';

/**
 * Keys of 32 random bytes each: `crypto.getRandomValues(new Uint8Array(32))`, once, and kept where
 * the store's owner cannot look.
 */
export interface SealingKeys {
  /** Seals everything that is written from now on. */
  readonly current: Uint8Array;
  /** Open what was sealed with them, and seal nothing. Default: none. */
  readonly previous?: readonly Uint8Array[] | undefined;
}

/**
 * Of 32 random bytes, hardly ever fewer than 24 differ, and as many of the steps from one to the
 * next. A text has fewer.
 */
const aKey: OptionRule = [
  (bytes) =>
    Object.prototype.toString.call(bytes) === '[object Uint8Array]' &&
    bytes.length === 32 &&
    new Set(bytes).size > 16 &&
    // Stryker disable next-line EqualityOperator,ArithmeticOperator: steps back differ as steps forth do, and 16 is as good as 17.
    new Set(bytes.map((byte: number, at: number) => byte - bytes[at - 1])).size > 16,
  null,
  'a Uint8Array of 32 random bytes, as crypto.getRandomValues() makes one: no text, no pattern, no zeros',
];

export const sealingRules: OptionRules<SealingKeys> = {
  current: aKey,
  previous: [Array.isArray, [], 'an array of keys'],
};

/**
 * A store that keeps no token in the clear: what goes into `store` is encrypted
 * (AES-256-GCM) and bound to its account.
 *
 * ```ts const store = sealedStore(redisStore(redis), { current: Buffer.from(process.env.STORE_KEY
 * ?? '', 'base64') }); ```
 *
 * A value that is not sealed, is damaged, was sealed with another key or was moved from another
 * account or version does not come out. Sessions then fail with `store_corrupt` and leave it alone,
 * unless a person signs in again. `close()` closes `store`. Throws `configuration` for a key that is
 * not 32 bytes, and where there is no WebCrypto.
 */
export function sealedStore(store: TokenStore, keys: SealingKeys): TokenStore {
  checkOption('store', aStore, store);
  const keyRing = readKeys(keys);
  const opened = async (key: string, record: StoredRecord | null): Promise<StoredRecord | null> =>
    record && { version: record.version, value: await open(await keyRing(), key, record) };
  return {
    get reach() {
      return store.reach;
    },
    async read(key) {
      const answer = await store.read(key);
      return { ...answer, record: await opened(key, answer.record) };
    },
    async swap(key, expected, next) {
      const { version, value } = next;
      const sealed = { ...next, value: await seal(await keyRing(), key, next) };
      const answer = await store.swap(key, expected, sealed);
      const { record } = answer;
      // Sent again, a swap is sealed again, so the store may hold another sealing of the same
      // value: the version shows it.
      return {
        ...answer,
        record: record?.version === version ? { version, value } : await opened(key, record),
      };
    },
    watch: (key, onChange) => store.watch(key, onChange),
    close: () => store.close(),
  };
}

/**
 * What a sealed value begins with. It is not JSON, so a program that reads one without its key does not take it for a
 * account record.
 */
const format = 'sealed1';
const ivBytes = 12;
const tagBytes = 16;

/** `sealed1.<key id>.<iv, ciphertext and tag>`, the parts in base64url. */
async function seal(
  { current }: KeyRing,
  key: string,
  { version, value }: StoredRecord,
): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const cipher = { name: 'AES-GCM', iv, additionalData: placeOf(key, version) };
  const encrypted = await crypto.subtle.encrypt(
    cipher,
    current.key,
    new TextEncoder().encode(value),
  );
  return `${format}.${current.id}.${toBase64url(joined(iv, new Uint8Array(encrypted)))}`;
}

/**
 * The value, or in its place a text that no session takes for a record: even a well-formed one must
 * not be taken from a program that cannot seal.
 */
async function open(
  { byId }: KeyRing,
  key: string,
  { version, value }: StoredRecord,
): Promise<string> {
  // Stryker disable next-line StringLiteral,ArrayDeclaration: no text but one of this form is looked into.
  const [, id = '', body = ''] = /^sealed1\.([\w-]+)\.([\w-]+)$/.exec(value) ?? [];
  const bytes = fromBase64url(body);
  if (bytes === null || bytes.length < ivBytes + tagBytes) return `${format}.not_sealed`;
  const opener = byId.get(id);
  if (opener === undefined) return `${format}.unknown_key`;
  const cipher = {
    name: 'AES-GCM',
    iv: bytes.subarray(0, ivBytes),
    additionalData: placeOf(key, version),
  };
  try {
    const decrypted = await crypto.subtle.decrypt(cipher, opener, bytes.subarray(ivBytes));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(decrypted);
  } catch (error) {
    // Anything else says nothing of the value, and the next try may succeed.
    if ((error as { name?: unknown } | null)?.name !== 'OperationError') throw error;
    return `${format}.not_authentic`;
  }
}

/** What a value belongs to. JSON keeps the parts apart. */
const placeOf = (key: string, version: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify([format, key, version]));

interface SealingKey {
  /** Distinguishes keys and does not help to guess one. */
  readonly id: string;
  readonly key: CryptoKey;
}

interface KeyRing {
  readonly current: SealingKey;
  readonly byId: ReadonlyMap<string, CryptoKey>;
}

/**
 * Copies the keys now and imports them when first needed; from then on nothing here can tell their
 * bytes. A failure is not kept.
 */
function readKeys(keys: SealingKeys): () => Promise<KeyRing> {
  if (globalThis.crypto?.subtle === undefined)
    throw misconfigured('sealedStore() needs WebCrypto: in browsers, a page served over https.');
  const checked = checkOptions<SealingKeys, 'previous'>('sealedStore()', sealingRules, keys);
  const current = Uint8Array.from(checked.current);
  const previous = checked.previous.map((bytes, i) =>
    Uint8Array.from(checkOption(`previous[${i}]`, aKey, bytes) as Uint8Array),
  );
  let ring: Promise<KeyRing> | null = null;
  return () => {
    ring ??= importAll(current, previous).catch((error: unknown) => {
      ring = null;
      throw error;
    });
    return ring;
  };
}

async function importAll(
  current: Uint8Array<ArrayBuffer>,
  previous: readonly Uint8Array<ArrayBuffer>[],
): Promise<KeyRing> {
  const [newest, ...older] = await Promise.all([importKey(current), ...previous.map(importKey)]);
  for (const bytes of [current, ...previous]) bytes.fill(0);
  return { current: newest, byId: new Map([...older, newest].map(({ id, key }) => [id, key])) };
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<SealingKey> {
  const digest = await crypto.subtle.digest(
    'SHA-256',
    joined(new TextEncoder().encode('act-on-token key id\0'), bytes),
  );
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { id: toBase64url(new Uint8Array(digest, 0, 8)), key };
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function toBase64url(bytes: Uint8Array): string {
  const parts: string[] = [];
  // Not at once: there is a limit to how many arguments a function takes.
  // Stryker disable next-line EqualityOperator: it may end with an empty part.
  for (let at = 0; at < bytes.length; at += 8_192)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));
  return btoa(parts.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * `null` for a text that {@link toBase64url} would not give, so that each value has one text only.
 */
function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  // Stryker disable next-line EqualityOperator: what lies past the end of an array is not written.
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return toBase64url(bytes) === text ? bytes : null;
}
