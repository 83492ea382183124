import { type FSWatcher, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenStore } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localDisk } from '../src/disk.ts';
import { freshFolder } from './support/fresh-folder.ts';

const fsWatch = vi.hoisted(() => ({ replaced: null as null | (() => FSWatcher) }));
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const watch = (...args: Parameters<typeof fs.watch>) =>
    fsWatch.replaced === null ? fs.watch(...args) : fsWatch.replaced();
  return { ...fs, watch };
});

/** As where too many folders are watched already. */
const refusing = (): never => {
  throw Object.assign(new Error('too many'), { code: 'EMFILE' });
};
const until = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 10_000, interval: 5 });
const root = freshFolder();

describe('a watch of a file store', () => {
  let directory: string;
  let store: TokenStore;
  let version: string | null;
  let heard: number;
  const hear = () => {
    heard += 1;
  };
  const change = async () => {
    const next = crypto.randomUUID();
    await store.swap('key', version, { version: next, value: 'a value' });
    version = next;
  };

  beforeEach(() => {
    directory = join(root, crypto.randomUUID());
    store = fileStore({ directory });
    [version, heard] = [null, 0];
  });
  afterEach(async () => {
    fsWatch.replaced = null;
    vi.restoreAllMocks();
    await store.close();
  });

  it('calls back after each change, the first record included', async () => {
    store.watch('key', hear);
    for (let changes = 1; changes <= 5; changes += 1) {
      await change();
      await until(() => expect(heard).toBeGreaterThanOrEqual(changes));
    }
  });

  it('calls back for no look that finds nothing new', async () => {
    fsWatch.replaced = refusing;
    const list = vi.spyOn(localDisk, 'list');
    store.watch('key', hear);
    await change();
    await until(() => expect(heard).toBe(1));
    list.mockClear();
    await until(() => expect(list.mock.calls.length).toBeGreaterThan(2));
    expect(heard).toBe(1);
  });

  it('sees what changed right after it began', async () => {
    await change();
    store.watch('key', hear);
    const [folder = ''] = readdirSync(directory).map((name) => join(directory, name));
    const [head = ''] = readdirSync(folder).filter((name) => name.startsWith('head-'));
    writeFileSync(join(folder, 'record-0'), '');
    renameSync(join(folder, head), join(folder, 'head-0'));
    await until(() => expect(heard).toBe(1));
  });

  it('that is stopped while it looks does not call back', async () => {
    await change();
    let release = () => {};
    const held = new Promise<string[]>((resolve) => {
      release = () => resolve(['head-of-another-record']);
    });
    const list = vi.spyOn(localDisk, 'list').mockReturnValue(held);
    const stop = store.watch('key', hear);
    await until(() => expect(list).toHaveBeenCalled());
    stop();
    release();
    await held;
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toBe(0);
  });

  it.each([
    ['refuses to watch', refusing],
    [
      'tells of no change',
      () => ({ on: () => ({ unref: () => {}, close: () => {} }) }) as unknown as FSWatcher,
    ],
  ])('sees every change also where the system %s', async (_, replaced) => {
    fsWatch.replaced = replaced;
    store.watch('key', hear);
    for (let changes = 1; changes <= 3; changes += 1) {
      await change();
      await until(() => expect(heard).toBe(changes));
    }
  });

  it('keeps no process alive', async () => {
    const alive = () =>
      process.getActiveResourcesInfo().filter((kind) => /Timeout|FSEvent/.test(kind)).length;
    await change();
    const before = alive();
    const stops = Array.from({ length: 20 }, () => store.watch('key', hear));
    stops.push(
      ...Array.from({ length: 20 }, (__, index) => store.watch(`another key ${index}`, hear)),
    );
    expect(alive() - before).toBeLessThan(20);
    for (const stop of stops) stop();
  });
});
