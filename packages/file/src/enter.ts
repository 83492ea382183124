import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { platform } from 'node:process';
import { isAllowed } from './allowed.ts';
import { failedWith } from './failed-with.ts';
import { followed, refuseForeign, thisUser, userWhoMakes } from './owner.ts';

/** A directory that was opened and looked at. */
export interface Inside {
  /** The way into it. On Linux what was opened, wherever its name leads by now. */
  readonly path: string;
  leave(): Promise<void>;
}

/** Where Linux keeps what this process has opened. */
const opened = '/proc/self/fd';

/**
 * Opens the directory of a store if it is one that only this user, or root, can change. `make`
 * makes it where it is missing.
 */
export async function enter(
  directory: string,
  make: ((directory: string) => Promise<void>) | null,
): Promise<Inside> {
  if (platform === 'win32') {
    await make?.(directory);
    return { path: directory, leave: async () => {} };
  }
  const real = await wayTo(directory, make);
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const stats = await handle.stat();
    refuseForeign(directory, stats, thisUser(), true);
    if (thisUser() === undefined && (await userWhoMakes(real)) !== undefined) {
      refuseForeign(directory, stats, thisUser(), true);
      await followed(directory, thisUser());
    }
    const anchor = `${opened}/${handle.fd}`;
    return { path: (await isSame(anchor, stats)) ? anchor : real, leave: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Where it leads, made if it was missing and may be. */
async function wayTo(
  directory: string,
  make: ((directory: string) => Promise<void>) | null,
): Promise<string> {
  try {
    return await followed(directory, thisUser());
  } catch (error) {
    if (make === null || !failedWith(error, 'ENOENT')) throw error;
    // Nothing is made before it is known whose the way to it is.
    if (thisUser() === undefined && (await userWhoMakes(Object(error).reached)) !== undefined)
      return wayTo(directory, make);
    await make(directory);
    return followed(directory, thisUser());
  }
}

/** Whether this leads to what was opened: not everywhere is there such a place. */
async function isSame(
  anchor: string,
  { dev, ino }: { readonly dev: number; readonly ino: number },
): Promise<boolean> {
  if (platform !== 'linux' || !isAllowed({ name: 'read', path: opened })) return false;
  const found = await lstat(`${anchor}/.`).catch(() => null);
  return found !== null && found.dev === dev && found.ino === ino;
}
