import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { setTimeout } from 'node:timers';
import { headIn } from './account-folder.ts';
import { localDisk } from './disk.ts';
import { refuseForeign, thisUser } from './owner.ts';

/**
 * Milliseconds between looks: a file system may report no changes, and a folder that is not there
 * yet has none to report.
 */
const pause = { told: 1_000, untold: 100 };

/**
 * Calls back when the head of an account's folder has moved, until the returned function is called.
 * Keeps no process alive.
 */
export function watchHead(folder: string, onChange: () => void): () => void {
  let seen = headNow(folder);
  let watcher: FSWatcher | null = null;
  let isOn = true;
  let timer: ReturnType<typeof setTimeout>;

  const look = async () => {
    const names = await localDisk.list(folder).catch(() => []);
    release();
    const head = headIn(names);
    if (!isOn || head === undefined || head === seen) return;
    seen = head;
    onChange();
  };
  /**
   * In Deno `persistent: false` means nothing, and each event undoes this. An old one cannot do it
   * at all.
   */
  const release = () => {
    try {
      watcher?.unref();
    } catch {}
  };
  const drop = () => {
    watcher?.close();
    watcher = null;
  };
  const attach = () => {
    if (seen === undefined || watcher !== null) return; // Nothing is there that could be watched, or it is watched.
    try {
      watcher = watch(folder, { persistent: false }, look).on('error', drop);
    } catch {} // One of too many, say. There still is the timer.
    release();
  };
  const keepLooking = () => {
    attach();
    timer = setTimeout(
      () => look().finally(() => isOn && keepLooking()),
      watcher === null ? pause.untold : pause.told,
    ).unref();
  };
  keepLooking();
  return () => {
    isOn = false;
    clearTimeout(timer);
    drop();
  };
}

/** Read at once: a change right after the call must not be taken for what was there before. */
function headNow(folder: string): string | undefined {
  try {
    const stats = lstatSync(folder);
    refuseForeign(folder, stats, thisUser(), false);
    return stats.isDirectory() ? headIn(readdirSync(folder)) : undefined;
  } catch {
    return undefined;
  }
}
