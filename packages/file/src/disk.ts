import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { platform } from 'node:process';

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
}

export const localDisk: Disk = {
  list: (folder) => readdir(folder),
  read: (file) => readFile(file, 'utf8'),
  async write(file, text) {
    const handle = await open(file, 'wx', 0o600);
    const work = handle.writeFile(text).then(() => handle.sync());
    await work.finally(() => handle.close()).catch((error: unknown) => localDisk.remove(file).then(() => Promise.reject(error)));
  },
  async makeFolder(folder) {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    // A folder is as lasting as its name in the one above, which may be somebody else's and closed to us.
    for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made)) {
      await localDisk.sync(dirname(made)).catch(() => {});
    }
  },
  move: rename,
  async sync(folder) {
    if (platform === 'win32') return; // There a folder cannot be opened, and NTFS keeps names in order by itself.
    const handle = await open(folder, 'r');
    await handle
      .sync()
      .catch((error: unknown) => (failedWith(error, 'EINVAL', 'ENOTSUP', 'ENOSYS') ? undefined : Promise.reject(error)))
      .finally(() => handle.close());
  },
  remove: (path) => rm(path, { recursive: true, force: true }).catch(() => {}),
  changedAt: async (folder) => (await stat(folder)).mtimeMs,
};

/** Whether this is an error of the file system with one of these codes. */
export function failedWith(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(String(Object(error).code));
}
