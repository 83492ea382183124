import { createHash } from 'node:crypto';
import { ActOnTokenError } from '@act-on-token/core';
import type { Cluster, Redis } from 'ioredis';

/**
 * Longest wait for an answer, in milliseconds: ioredis may leave a promise pending for ever. A
 * session allows 3 s.
 */
const deadline = 2_500;

/** By the word that an error of Redis begins with. */
export const remedies: Readonly<Record<string, string>> = {
  DAMAGED:
    'the hash of the record has lost its "version" or its "value", so restore it, or delete its key',
  MISCONF: 'it cannot save to its disk and refuses to change anything, so look at its log',
  NOAUTH: 'sign the client in with a password',
  NOPERM: 'give the ACL user the rights that the README of @act-on-token/redis lists',
  NOREPLICAS: 'it has fewer replicas than min-replicas-to-write asks for, so bring them back',
  OOM: 'its memory is full, so raise maxmemory or remove other data',
  READONLY:
    'this is a replica, so connect to the master, and let "reconnectOnError" of ioredis do so after a fail-over',
  WRONGTYPE: 'something else lies under the key of the record, so choose another "prefix"',
};

/**
 * The clock of Redis in milliseconds (text for a client with `stringNumbers`), the version, the
 * value, the server's name for its run.
 */
type Reply = [
  now: number | string,
  version: string | null,
  value: string | null,
  server: string | null,
];

/**
 * Runs a script on one key: by its digest, and by its text where Redis does not know it (any node,
 * after any restart).
 */
export async function runScript(
  redis: Redis | Cluster,
  text: string,
  key: string,
  args: readonly string[],
): Promise<Reply> {
  const digest = createHash('sha1').update(text).digest('hex');
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('Command timed out')), deadline);
  });
  const answer = redis.evalsha(digest, 1, key, ...args).catch((error: unknown) => {
    if (codeOf(error) !== 'NOSCRIPT') throw error;
    return redis.eval(text, 1, key, ...args);
  });
  return Promise.race([answer, late])
    .then(checked)
    .catch((error: unknown) =>
      Promise.reject(new ActOnTokenError('store_unavailable', describe(error))),
    )
    .finally(() => clearTimeout(timer));
}

/** A server that is none, or something in between, may answer anything. */
export function checked(reply: unknown): Reply {
  const [now, version, value, server = null] = Array.isArray(reply) ? reply : [];
  const isRecord =
    (version === null && value === null) ||
    (typeof version === 'string' && typeof value === 'string');
  const isTime =
    (typeof now === 'number' || typeof now === 'string') &&
    Number(now) > 0 &&
    Number.isSafeInteger(Number(now));
  const isName = server === null || (typeof server === 'string' && /^\w{1,64}$/.test(server));
  if (!isRecord || !isTime || !isName) throw Object.assign(new Error(), { name: 'StrangeReply' });
  return [now, version, value, server];
}

/**
 * In our own words: an error of ioredis holds the command and its arguments, and a message of Redis
 * may repeat them.
 */
function describe(error: unknown): string {
  const answered = codeOf(error);
  if (answered !== undefined)
    return `Redis answered ${answered}: ${remedies[answered] ?? 'its log may say more'}.`;
  const { name, code, message } = Object(error) as Record<string, unknown>;
  if (name === 'StrangeReply')
    return 'Redis answered with what the script of this store never returns. Check what it is that this client reaches.';
  const [known] =
    /^(Connection is closed|Command timed out|Stream isn't writeable|Too many Cluster redirections)/.exec(
      String(message),
    ) ?? [];
  const own = [known, ...[code].filter(isCode), ...[name].filter(isErrorName)];
  const word = own.find((text) => text !== undefined) ?? 'it failed';
  return `Redis gave no answer (${word}). Check that it runs and that this client can reach it.`;
}

/** What an error calls itself, if that can be nothing that was sent. */
const isCode = (text: unknown): boolean =>
  typeof text === 'string' && /^E?[A-Z][A-Z_\d]{2,30}$/.test(text);
const isErrorName = (text: unknown): boolean =>
  typeof text === 'string' && /^[A-Za-z]{0,30}Error$/.test(text);

/**
 * The word in capitals that an error of Redis begins with; `undefined` if Redis did not even
 * answer.
 */
function codeOf(error: unknown): string | undefined {
  const { name, message } = Object(error) as Record<string, unknown>;
  return name === 'ReplyError' ? (/^[A-Z]{2,20}\b/.exec(String(message))?.[0] ?? 'ERR') : undefined;
}
