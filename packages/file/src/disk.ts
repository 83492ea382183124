import { constants, fsync } from 'node:fs';
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  unlink,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { platform } from 'node:process';
import { promisify } from 'node:util';
import { isAllowed } from './allowed.ts';
import { enter, type Inside } from './enter.ts';
import { failedWith } from './failed-with.ts';
import { foreign, refuseForeign, thisUser, userWhoMakes } from './owner.ts';
import { type Place, placeOf } from './place.ts';

/** The little that a store does to a disk. A test hands in one that stops where it likes. */
export interface Disk {
  /**
   * Opens the directory of a store, and makes it first if `isMade`. Rejects with `ENOENT` if it is
   * not there, and with `FOREIGN`, before anything is read or made, if it or a way to it is another
   * user's.
   */
  enter(directory: string, isMade: boolean): Promise<Inside>;
  /**
   * The names in an account's folder. Rejects with `FOREIGN` if that is a link, or not this user's
   * alone.
   */
  list(folder: string): Promise<string[]>;
  /**
   * What a record's file holds. Rejects with `FOREIGN` as `list` does, and never follows a link.
   */
  read(file: string): Promise<string>;
  /**
   * Makes a new file that this user alone may read. Resolves when its bytes are on the disk; leaves
   * nothing if it fails.
   */
  write(file: string, text: string): Promise<void>;
  /** Makes a folder that this user alone may enter, and those above it. */
  makeFolder(folder: string): Promise<void>;
  /**
   * Moves a file or a folder, atomically: of many who move the same one, one succeeds and the
   * others find nothing to move.
   */
  move(from: string, to: string): Promise<void>;
  /** Resolves when the names in a folder are on the disk. */
  sync(folder: string): Promise<void>;
  /** Removes a file, but no folder, if it can. Never rejects. */
  remove(file: string): Promise<void>;
  /** Removes a folder that is empty, if it can. Never rejects. */
  removeFolder(folder: string): Promise<void>;
  /** All names in the directory of a store. */
  listAll(directory: string): Promise<string[]>;
  /**
   * When the names last changed in a folder that this user made, in epoch milliseconds. Rejects if
   * it is anything else.
   */
  changedAt(folder: string): Promise<number>;
  /** What the system says of a folder. */
  place(folder: string): Promise<Place>;
}

/**
 * The handles of Yarn's Plug'n'Play have a `sync()` that only says that it is not implemented. What
 * a disk says has a code.
 */
async function flush(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if ('code' in Object(error)) throw error;
    await promisify(fsync)(handle.fd);
  }
}

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants; // Windows has but the first.

export const localDisk: Disk = {
  enter: (directory, isMade) => enter(directory, isMade ? localDisk.makeFolder : null),
  async list(folder) {
    // No other user can put something in its place after this look: it is in a directory that was
    // entered.
    const stats = await lstat(folder);
    if (stats.isSymbolicLink()) throw foreign(folder, 'It is a link');
    refuseForeign(folder, stats, thisUser(), false);
    return readdir(folder);
  },
  async read(file) {
    // Not to wait for ever at a pipe: what is opened is looked at afterwards.
    const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
      throw failedWith(error, 'ELOOP') ? foreign(file, 'It is a link') : error;
    });
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw foreign(file, 'It is not a file');
      refuseForeign(file, stats, thisUser(), false);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  },
  async write(file, text) {
    const handle = await open(file, 'wx', 0o600);
    const work = handle.writeFile(text).then(() => flush(handle));
    await work
      .finally(() => handle.close())
      .catch((error: unknown) => localDisk.remove(file).then(() => Promise.reject(error)));
  },
  async makeFolder(folder) {
    // By ourselves: `recursive` goes round for ever in Node where the system goes on to say ENOENT,
    // as in /proc.
    await mkdir(folder, 0o700).catch(async (error: unknown) => {
      if (failedWith(error, 'EEXIST')) return;
      if (!failedWith(error, 'ENOENT') || dirname(folder) === folder) throw error;
      await localDisk.makeFolder(dirname(folder));
      await mkdir(folder, 0o700).catch(ignoring('EEXIST'));
    });
    // A folder is as lasting as its name in the one above, which may be another user's and closed
    // to us.
    if (isAllowed({ name: 'read', path: dirname(folder) }))
      await localDisk.sync(dirname(folder)).catch(() => {});
  },
  move: rename,
  async sync(folder) {
    if (platform === 'win32') return; // There a folder cannot be opened, and NTFS keeps names in order by itself.
    const handle = await open(folder, 'r');
    const unknown = ['EINVAL', 'ENOTSUP', 'ENOSYS']; // It has no such thing.
    await flush(handle)
      .catch(ignoring(...unknown))
      .finally(() => handle.close());
  },
  remove: (file) => unlink(file).catch(() => {}),
  removeFolder: (folder) => rmdir(folder).catch(() => {}),
  listAll: (directory) => readdir(directory),
  async changedAt(folder) {
    const stats = await lstat(folder);
    const isOwn =
      // Stryker disable next-line StringLiteral: only Windows shows a difference.
      platform === 'win32' || stats.uid === (thisUser() ?? (await userWhoMakes(dirname(folder))));
    if (!stats.isDirectory() || !isOwn) throw foreign(folder, 'It is not a folder of this user');
    return stats.mtimeMs;
  },
  place: placeOf,
};

function ignoring(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!failedWith(error, ...codes)) throw error;
  };
}
