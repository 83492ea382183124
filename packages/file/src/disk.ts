import { fsync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { platform } from 'node:process';
import { promisify } from 'node:util';
import { isAllowed } from './allowed.ts';
import { type Place, placeOf } from './place.ts';

/** The little that a store does to a disk. A test hands in one that stops where it likes. */
export interface Disk {
  list(folder: string): Promise<string[]>;
  read(file: string): Promise<string>;
  /** Makes a new file that this user alone may read. Resolves when its bytes are on the disk; leaves nothing if it fails. */
  write(file: string, text: string): Promise<void>;
  /** Makes a folder that this user alone may enter, and those above it. */
  makeFolder(folder: string): Promise<void>;
  /** Moves a file or a folder, atomically: of many who move the same one, one succeeds and the others find nothing to move. */
  move(from: string, to: string): Promise<void>;
  /** Resolves when the names in a folder are on the disk. */
  sync(folder: string): Promise<void>;
  /** Removes a file, or a folder with all it holds, if it can. Never rejects. */
  remove(path: string): Promise<void>;
  /** When a folder's names last changed, in epoch milliseconds. */
  changedAt(folder: string): Promise<number>;
  /** What the system tells of a folder. */
  place(folder: string): Promise<Place>;
}

/** The handles of Yarn's Plug'n'Play have a `sync()` that only says that it is not implemented. What a disk says has a code. */
async function flush(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if ('code' in Object(error)) throw error;
    await promisify(fsync)(handle.fd);
  }
}

export const localDisk: Disk = {
  list: (folder) => readdir(folder),
  read: (file) => readFile(file, 'utf8'),
  async write(file, text) {
    const handle = await open(file, 'wx', 0o600);
    const work = handle.writeFile(text).then(() => flush(handle));
    await work.finally(() => handle.close()).catch((error: unknown) => localDisk.remove(file).then(() => Promise.reject(error)));
  },
  async makeFolder(folder) {
    // By ourselves: `recursive` goes round for ever in Node where the system goes on to say ENOENT, as in /proc.
    await mkdir(folder, 0o700).catch(async (error: unknown) => {
      if (failedWith(error, 'EEXIST')) return;
      if (!failedWith(error, 'ENOENT') || dirname(folder) === folder) throw error;
      await localDisk.makeFolder(dirname(folder));
      await mkdir(folder, 0o700).catch(ignoring('EEXIST'));
    });
    // A folder is as lasting as its name in the one above, which may be somebody else's and closed to us.
    if (isAllowed({ name: 'read', path: dirname(folder) })) await localDisk.sync(dirname(folder)).catch(() => {});
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
  remove: (path) => rm(path, { recursive: true, force: true }).catch(() => {}),
  changedAt: async (folder) => (await stat(folder)).mtimeMs,
  place: placeOf,
};

/** Whether this is an error of the file system with one of these codes. */
export function failedWith(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(String(Object(error).code));
}

function ignoring(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!failedWith(error, ...codes)) throw error;
  };
}
