import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  ActOnTokenError,
  forwardClock,
  type ReadResult,
  type StoredRecord,
  type SwapResult,
  type TokenStore,
} from '@act-on-token/core';
import { findHead, type Head, makeAccount, moveHead } from './account-folder.ts';
import { readDirectory } from './directory.ts';
import { type Disk, localDisk } from './disk.ts';
import { failedWith } from './failed-with.ts';
import { watchHead } from './hints.ts';
import { unavailable } from './unavailable.ts';
import { warnOnce } from './warn-once.ts';

export interface FileStoreOptions {
  /**
   * Where the records lie: on a local disk, of the one user who runs all programs that share it.
   * Made at the first write if it is not there; a relative path is one from where the program was
   * when it opened the store, and a leading `~/` is the home directory.
   */
  directory: string;
}

/**
 * How often a swap starts again because another one came first, which with versions used once is one
 * time at most.
 */
const attempts = 100;

/** Of all stores in this process. */
const now = forwardClock();

/**
 * Keeps records in files, where all processes of this machine share them that may use the
 * directory.
 *
 * ```ts const session = createSession({ endpoint, account: 'ada@example.com', store: fileStore({
 * directory: '/var/lib/reports/act-on' }) }); ```
 *
 * A process may be killed or paused at any moment: nothing is ever locked. Nothing is touched
 * before the first call. Calls reject with `store_unavailable` where the disk does, or where an
 * account's folder lost files, which are never guessed at; a wrong option throws `configuration`.
 *
 * Not for file systems that several machines share (NFS, SMB, FUSE, synchronised folders): moves
 * are not surely atomic there, and clocks differ. Where the system says so, a warning does too,
 * once per process and directory (`process.emitWarning`, code `ACT_ON_TOKEN_DIRECTORY`). For
 * several machines there is `@act-on-token/redis`.
 */
export function fileStore(options: FileStoreOptions): TokenStore {
  return fileStoreOn(localDisk, options);
}

/** The same on a disk of the caller's. */
export function fileStoreOn(disk: Disk, options: FileStoreOptions): TokenStore {
  const directory = readDirectory(options);
  const nameOf = (key: string) => createHash('sha256').update(key).digest('hex');
  const stops = new Set<() => void>();
  let isClosed = false;

  const assertOpen = () => {
    if (isClosed)
      throw new ActOnTokenError(
        'store_unavailable',
        'This file store is closed. Close it after the sessions that use it.',
      );
  };
  const run = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    assertOpen();
    return work().catch((error: unknown) => Promise.reject(unavailable(directory, error)));
  };
  return {
    reach: 'machine',
    read: (key) =>
      run(() =>
        inside(disk, directory, false, async (at) =>
          answer(at === null ? null : await findHead(disk, join(at, nameOf(key)))),
        ),
      ),
    async swap(key, expected, next) {
      const work = (at: string | null) =>
        at === null
          ? { ok: false as const, ...answer(null) }
          : swap(disk, join(at, nameOf(key)), expected, next);
      const result = await run(() => inside(disk, directory, expected === null, work));
      warnOnce(disk, directory);
      return result;
    },
    watch(key, onChange) {
      assertOpen();
      const stop = watchHead(join(directory, nameOf(key)), onChange);
      stops.add(stop);
      return () => {
        stops.delete(stop);
        stop();
      };
    },
    async close() {
      isClosed = true;
      for (const stop of stops) stop();
      stops.clear();
    },
  };
}

/** Works in the directory, as it was when it was opened; on `null` where there is none. */
async function inside<Answer>(
  disk: Disk,
  directory: string,
  isMade: boolean,
  work: (at: string | null) => Answer | Promise<Answer>,
): Promise<Answer> {
  const entered = await disk.enter(directory, isMade).catch((error: unknown) => {
    if (!isMade && failedWith(error, 'ENOENT')) return null;
    throw error;
  });
  try {
    return await work(entered === null ? null : entered.path);
  } finally {
    await entered?.leave();
  }
}

/**
 * Compares here, and replaces only what was compared. Not to be the first to replace it means to
 * compare again.
 */
async function swap(
  disk: Disk,
  folder: string,
  expected: string | null,
  next: StoredRecord,
): Promise<SwapResult> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const head = await findHead(disk, folder);
    const held = answer(head);
    if (held.record?.version === next.version) {
      await disk.sync(folder); // Sent again, it may have been interrupted right before this.
      return { ok: true, ...held };
    }
    if ((held.record?.version ?? null) !== expected) return { ok: false, ...held };
    const written = { version: next.version, value: next.value, at: held.now };
    if (head === null) await makeAccount(disk, folder);
    else if (await moveHead(disk, folder, head, written))
      return { ok: true, ...answer({ record: written }) };
  }
  throw Object.assign(new Error('busy'), { code: 'EBUSY' });
}

function answer(head: Pick<Head, 'record'> | null): ReadResult {
  const { version, value, at } = head?.record ?? {};
  return {
    record: version === undefined || value === undefined ? null : { version, value },
    now: now(at),
  };
}
