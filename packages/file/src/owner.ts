import type { Stats } from 'node:fs';
import { lstat, mkdir, readlink, realpath, rmdir } from 'node:fs/promises';
import { join, parse, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { isAllowed } from './allowed.ts';
import { freshName } from './names.ts';

/** As many links as Linux follows in one path. */
const mostLinks = 40;
const sticky = 0o1000;
const byOthers = 0o002;

/** Of a program under Deno. */
let learned: number | undefined;

/**
 * The user who runs this; `undefined` where there are none (Windows), or where Deno would ask and
 * it is not learned yet.
 */
export function thisUser(): number | undefined {
  return isAllowed({ name: 'sys', kind: 'uid' }) ? process.geteuid?.() : learned;
}

/**
 * The same where Deno does not say it: what is made in this directory belongs to this user.
 * `undefined` where nothing can be made, on a disk or with rights to read only.
 */
export async function userWhoMakes(directory: string): Promise<number | undefined> {
  if (
    learned !== undefined ||
    process.platform === 'win32' ||
    !isAllowed({ name: 'write', path: directory })
  )
    return learned;
  const made = join(directory, freshName());
  try {
    await mkdir(made, 0o700);
  } catch (error) {
    if (Object(error).code === 'EROFS') return undefined;
    throw error;
  }
  const { uid } = await lstat(made).finally(() => rmdir(made).catch(() => {}));
  learned = uid;
  return learned;
}

/** Throws if another user made it, or may put something in its place. Root may do that anyway. */
export function refuseForeign(
  path: string,
  stats: Stats,
  user: number | undefined,
  mayBeSticky: boolean,
): void {
  if (process.platform === 'win32') return; // These numbers are made up there.
  refuseOthers(path, stats, user);
  refuseOpen(path, stats, mayBeSticky);
}

/**
 * Where a path leads, after a look at every step: refused are links of other users, what other
 * users made where all may make things, and directories in which all may move things away. A
 * directory above that belongs to another user is a choice, as where a deployment has a user of its
 * own. Rejects with `ENOENT` where a step is missing, and with the path that was `reached`.
 */
export async function followed(path: string, user: number | undefined): Promise<string> {
  const root = parse(path).root;
  const steps = relative(root, path).split(sep);
  let [at, links, isShared, isSeen] = [root, 0, false, true];
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    const next = resolve(at, step);
    if (!isAllowed({ name: 'read', path: next })) {
      [at, isSeen] = [next, false]; // Deno would ask.
      continue;
    }
    const stats = await lstat(next).catch((error: unknown) =>
      Promise.reject(Object.assign(Object(error), { reached: at })),
    );
    if (!isSeen) await refuseUnseenLinks(next);
    isSeen = true;
    if (stats.isSymbolicLink()) {
      refuseOthers(next, stats, user);
      links += 1;
      if (links > mostLinks) throw Object.assign(new Error('links'), { code: 'ELOOP' });
      if (next.startsWith('/proc/')) {
        [at, isShared] = [next, false]; // Such a link leads to what may have no name here.
      } else {
        steps.unshift(...relative(root, resolve(at, await readlink(next))).split(sep));
        [at, isShared] = [root, false];
      }
    } else {
      const isInShared = isShared;
      isShared = (stats.mode & byOthers) !== 0;
      // The owner of a sticky directory may move things away all the same.
      if (isShared || isInShared) refuseOthers(next, stats, user);
      if (steps.length > 0) refuseOpen(next, stats, true);
      at = next;
    }
  }
  return at;
}

/** With rights to a directory alone, Deno can only say that there is a link on the way to it. */
async function refuseUnseenLinks(path: string): Promise<void> {
  const real = await realpath(path);
  if (real === path) return;
  throw foreign(
    path,
    `A link leads to it that Deno may not look at: say "${real}", or allow Deno to read what is above it`,
  );
}

function refuseOthers(path: string, { uid }: Stats, user: number | undefined): void {
  if (user === undefined || uid === user || uid === 0) return;
  throw foreign(path, `It belongs to user ${uid}, and this program runs as user ${user}`);
}

function refuseOpen(path: string, { mode }: Stats, mayBeSticky: boolean): void {
  if (mode & byOthers && !(mayBeSticky && mode & sticky))
    throw foreign(path, 'Every user of this machine may write to it');
}

/** With the path as it was looked at, and why. */
export function foreign(path: string, why: string): Error {
  return Object.assign(new Error('It is not ours.'), { code: 'FOREIGN', path, why });
}
