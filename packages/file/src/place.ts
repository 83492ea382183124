import fs from 'node:fs/promises';
import process from 'node:process';
import { isAllowed } from './allowed.ts';

/** What the system says of a directory; what it does not say is absent. */
export interface Place {
  /** The number by which Linux knows the kind of its file system: `f_type` of statfs(2). */
  readonly fileSystem?: number | undefined;
  /** Who may do what, as in stat(2). */
  readonly mode?: number | undefined;
}

/** Not every runtime has all of it, so nothing is imported by its name. */
export async function placeOf(folder: string): Promise<Place> {
  if (process.platform === 'win32') return {}; // What Windows reports there is made up.
  const { mode } = await fs.stat(folder);
  return { fileSystem: await fileSystemOf(folder), mode };
}

async function fileSystemOf(folder: string): Promise<number | undefined> {
  if (process.platform !== 'linux' || !isAllowed({ name: 'sys', kind: 'statfs' })) return undefined; // Elsewhere the numbers mean nothing.
  const { type } = (await fs.statfs?.(folder)) ?? {};
  return type === undefined ? undefined : type >>> 0; // Some give it as a signed number.
}
