// One account is one folder. Its state is a *name*: the folder holds a single empty file
// `head-<id>`, and `record-<id>` next to it is the current record. A swap writes `record-<new
// id>` and then renames `head-<old id>` to `head-<new id>`. That is the compare-and-swap: a process
// that finds nothing to rename has lost. There is no lock, so no process can die holding one.
//
// Why it is safe, whichever process is paused or killed, and where: 1. Ids are 128 random bits made for each
// attempt, so an id that stopped being the head never is the head again. A writer that
//    slept through a hundred swaps finds the name it saw gone, as after one. No number and no file is ever used twice.
// 2. A head always has its record: that was on the disk, name and all, before the rename, and
// no process removes it before the
//    head has moved on. For a winner removes only what it had listed *before* its rename: the record that it replaced, and
//    the drafts of others. Their writers had seen an older head, which now is gone, so their renames must fail (1).
// 3. A new folder is made under another name, with its first head in it, and moved into place: the
// move fails where a folder is. 4. An answer waits until the rename is on the disk, whoever
// renamed; the first one also until the folder's own name is. What
//    is removed is removed after that.
//
// The directory may hold what others keep there. So only names of the forms in names.ts are ever
// removed, one file at a time.
import { dirname, join } from 'node:path';
import { platform } from 'node:process';
import type { StoredRecord } from '@act-on-token/core';
import type { Disk } from './disk.ts';
import { failedWith } from './failed-with.ts';
import { freshId, freshName, isInTheMaking, isRecord } from './names.ts';

/** What a folder holds. `at` is the store's time when the record was written. */
export interface Head {
  readonly id: string;
  /** `null` in a folder that was just made. */
  readonly record: (StoredRecord & { readonly at: number }) | null;
  /** All names in the folder when it was looked at. */
  readonly names: readonly string[];
}

const noRecord = 'none';
const firstHead = `head-${noRecord}`;
/** After so many milliseconds a half-made folder is one whose maker died. */
const longestBirth = 60_000;
/**
 * Each look that finds nothing means that another process has just swapped; so many in a row mean
 * that something is broken.
 */
const looks = 100;

/** The head, or `null` if there is no folder. */
export async function findHead(disk: Disk, folder: string): Promise<Head | null> {
  for (let look = 0; look < looks; look += 1) {
    const names = await disk.list(folder).catch(nullIfMissing);
    if (names === null) return null;
    const id = headIn(names);
    if (id === noRecord) return { id, record: null, names };
    const text =
      id === undefined ? null : await disk.read(join(folder, `record-${id}`)).catch(nullIfMissing);
    if (id !== undefined && text !== null) return { id, record: parsed(text, folder), names };
  }
  throw damaged(folder);
}

/**
 * The id of the one head; `undefined` if there is none or more than one, as a listing may show
 * while a head is being moved.
 */
export function headIn(names: readonly string[]): string | undefined {
  const heads = names.filter((name) => name.startsWith('head-'));
  return heads.length === 1 ? heads[0]?.slice('head-'.length) : undefined;
}

/** Replaces what `head` found. Resolves with whether that was still there. */
export async function moveHead(
  disk: Disk,
  folder: string,
  head: Head,
  record: Head['record'],
): Promise<boolean> {
  const id = freshId();
  const at = (name: string) => join(folder, name);
  // The process that made the folder may have died right after it, or be no further yet.
  if (head.record === null) await disk.sync(dirname(folder));
  await disk.write(at(`record-${id}`), JSON.stringify(record));
  await disk.sync(folder);
  // A draft that lost stays for the next winner to remove: if this answer is wrong, as over a
  // network it may be, it is the record.
  if (!(await isMoved(disk.move(at(`head-${head.id}`), at(`head-${id}`))))) return false;
  await disk.sync(folder);
  await Promise.all(head.names.filter(isRecord).map((name) => disk.remove(at(name))));
  return true;
}

/**
 * Makes the folder of an account that has none, and leaves nothing if it fails. Where another process
 * does so too, one of them does.
 */
export async function makeAccount(disk: Disk, folder: string): Promise<void> {
  const directory = dirname(folder);
  const made = join(directory, freshName());
  await disk.makeFolder(made);
  try {
    await disk.write(join(made, firstHead), '');
    await disk.sync(made);
    await disk.move(made, folder);
  } catch (error) {
    await removeMade(disk, made);
    // Systems name it differently that a folder is in the way.
    await disk
      .list(folder)
      .catch((reason: unknown) => Promise.reject(failedWith(reason, 'FOREIGN') ? reason : error));
  }
  await sweep(disk, directory).catch(() => {}); // Another time, then.
}

/**
 * Removes what makers that died left. Each is moved first: a maker that only slept finds nothing to
 * move, not half of it.
 */
async function sweep(disk: Disk, directory: string): Promise<void> {
  for (const name of (await disk.listAll(directory)).filter(isInTheMaking)) {
    const old = join(directory, name);
    const isLeft = await disk.changedAt(old).then(
      async (at) =>
        Date.now() - at > longestBirth &&
        (await disk.list(old)).every((each) => each === firstHead),
      () => false,
    );
    if (isLeft && (await isMoved(disk.move(old, `${old}-`)))) await removeMade(disk, `${old}-`);
  }
}

/** All that is ever in a half-made folder. One that holds more stays. */
async function removeMade(disk: Disk, made: string): Promise<void> {
  await disk.remove(join(made, firstHead));
  await disk.removeFolder(made);
}

/**
 * Windows may also refuse for a moment, while others are at the same name: that moves nothing
 * either.
 */
async function isMoved(move: Promise<void>): Promise<boolean> {
  // Stryker disable next-line ConditionalExpression,EqualityOperator,StringLiteral,ArrayDeclaration: only Windows shows a difference.
  const busy = platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : [];
  return move.then(
    () => true,
    (error: unknown) => (failedWith(error, 'ENOENT', ...busy) ? false : Promise.reject(error)),
  );
}

function nullIfMissing(error: unknown): null {
  if (failedWith(error, 'ENOENT')) return null;
  throw error;
}

/** Without the words of the parser, which quote what they could not read. */
function parsed(text: string, folder: string): NonNullable<Head['record']> {
  try {
    const { version, value, at } = JSON.parse(text);
    if (typeof version === 'string' && typeof value === 'string' && Number.isFinite(at))
      return { version, value, at };
  } catch {}
  throw damaged(folder);
}

function damaged(folder: string): Error {
  return Object.assign(new Error('A folder lost files.'), { code: 'DAMAGED', folder });
}
