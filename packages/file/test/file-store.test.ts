import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStore } from '@act-on-token/file';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Disk, localDisk } from '../src/disk.ts';
import { fileStoreOn } from '../src/file-store.ts';
import { freshFolder } from './support/fresh-folder.ts';
import { increment } from './support/increment.ts';

const root = freshFolder();
let count = 0;
const freshDirectory = () => {
  count += 1;
  return join(root, `${count}`);
};
const record = (version: string, value = `value of ${version}`) => ({ version, value });
const accounts = (directory: string) => readdirSync(directory).filter((name) => name !== 'new');
const only = (directory: string) => join(directory, accounts(directory)[0] ?? 'nothing');
const fileOf = (folder: string, prefix: string) => join(folder, readdirSync(folder).find((name) => name.startsWith(prefix)) ?? 'nothing');

afterEach(() => {
  vi.useRealTimers();
});

describe('fileStore', () => {
  it('is shared by one machine', () => {
    expect(fileStore({ directory: freshDirectory() }).reach).toBe('machine');
  });

  it('touches nothing until something is written', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    store.watch('key', () => {})();
    expect((await store.read('key')).record).toBeNull();
    expect((await store.swap('key', 'some version', record('a'))).ok).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });

  it('keeps one folder of two files for an account, named after nothing that tells whose it is', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    for (let i = 0; i < 5; i += 1) await increment(store, 'ada@example.com');
    expect(accounts(directory)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const names = readdirSync(only(directory)).map((name) => name.split('-')[0]);
    expect(names.sort()).toEqual(['head', 'record']);
    expect(readdirSync(join(directory, 'new'))).toEqual([]);
  });

  it.runIf(process.platform !== 'win32')('lets nobody but this user look', async () => {
    const directory = freshDirectory();
    await increment(fileStore({ directory }), 'key');
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    const folder = only(directory);
    expect([directory, join(directory, 'new'), folder].map(modeOf)).toEqual(['700', '700', '700']);
    expect(readdirSync(folder).map((name) => modeOf(join(folder, name)))).toEqual(['600', '600']);
  });

  it.each([undefined, '', 7, 'a\0b'])('refuses %j for a directory', (directory) => {
    expect(() => fileStore({ directory: directory as string })).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('takes a leading ~/ for the home directory, and never makes a folder of that name', async () => {
    const [home, before] = [freshDirectory(), process.env.HOME];
    const variable = process.platform === 'win32' ? 'USERPROFILE' : 'HOME';
    vi.stubEnv(variable, home);
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(root);
    await increment(fileStore({ directory: '~/sessions' }), 'key');
    cwd.mockRestore();
    vi.unstubAllEnvs();
    expect(process.env.HOME).toBe(before);
    expect(accounts(join(home, 'sessions'))).toHaveLength(1);
    expect(existsSync(join(root, '~'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('refuses a leading ~/ of a user without a home directory', () => {
    for (const home of ['', 'relative', '~']) {
      vi.stubEnv('HOME', home);
      expect(() => fileStore({ directory: '~/sessions' })).toThrow(/^"directory" begins with ~\/.*Write out the path/);
    }
    vi.unstubAllEnvs();
  });

  it('refuses no options', () => {
    expect(() => fileStore(undefined as never)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  // Bun resolves paths without a question to `process.cwd`, and a thread cannot go elsewhere.
  it.skipIf(process.versions.bun !== undefined)('means the directory where it was opened, wherever the program goes then', async () => {
    const [directory, before] = [freshDirectory(), process.cwd()];
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(root);
    const store = fileStore({ directory: directory.slice(root.length + 1) });
    cwd.mockReturnValue(before);
    await increment(store, 'key');
    cwd.mockRestore();
    expect(accounts(directory)).toHaveLength(1);
  });

  it('refuses everything once it is closed', async () => {
    const store = fileStore({ directory: freshDirectory() });
    await store.close();
    const closed = expect.objectContaining({ code: 'store_unavailable', message: expect.stringContaining('closed') });
    await expect(store.read('key')).rejects.toEqual(closed);
    await expect(store.swap('key', null, record('a'))).rejects.toEqual(closed);
    expect(() => store.watch('key', () => {})).toThrow(closed);
  });
});

describe('a swap', { timeout: 30_000 }, () => {
  it('has the record on the disk before it shows it, and shows it lastingly before it answers and cleans up', async () => {
    const directory = freshDirectory();
    await increment(fileStore({ directory }), 'key');
    const calls: string[] = [];
    const note =
      <Args extends string[], Answer>(name: string, work: (...args: Args) => Promise<Answer>) =>
      async (...args: Args) => {
        const answer = await work(...args);
        calls.push(name);
        return answer;
      };
    const { write, sync, move, remove } = localDisk;
    const noting: Partial<Disk> = {
      write: note('write', write),
      sync: note('sync', sync),
      move: note('move', move),
      remove: note('remove', remove),
    };
    await increment(fileStoreOn({ ...localDisk, ...noting }, { directory }), 'key');
    expect(calls).toEqual(['write', 'sync', 'move', 'sync', 'remove']);
  });

  it('has the bytes of a file on the disk when it is written', async () => {
    const handle = await open(root, 'r');
    const sync = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
    const write = vi.spyOn(Object.getPrototypeOf(handle), 'writeFile');
    await handle.close();
    await localDisk.write(freshDirectory(), 'text');
    const order = [write, sync].map(({ mock }) => mock.invocationCallOrder[0]);
    write.mockRestore();
    sync.mockRestore();
    expect(order).toEqual([expect.any(Number), expect.any(Number)]);
    expect(Number(order[0])).toBeLessThan(Number(order[1]));
  });

  it('does so with handles that cannot do it themselves, as those of Plug and Play', async () => {
    const handle = await open(root, 'r');
    const handles = Object.getPrototypeOf(handle);
    await handle.close();
    const own = Object.getOwnPropertyDescriptor(handles, 'sync');
    const refuses = (): Promise<void> => Promise.reject(new Error('Method not implemented.'));
    Object.defineProperty(handles, 'sync', { value: refuses, configurable: true, writable: true });
    const directory = freshDirectory();
    await increment(fileStore({ directory }), 'key').finally(() => Object.defineProperty(handles, 'sync', own ?? {}));
    expect((await fileStore({ directory }).read('key')).record?.value).toBe('1');
  });

  it('of a writer that slept right before it while others wrote 100 records loses, and changes nothing', async () => {
    const directory = freshDirectory();
    const others = fileStore({ directory });
    await increment(others, 'key');
    const { record: first } = await others.read('key');
    const move: Disk['move'] = async (from, to) => {
      for (let i = 0; i < 100; i += 1) await increment(others, 'key');
      return localDisk.move(from, to);
    };
    const late = fileStoreOn({ ...localDisk, move }, { directory });
    expect(await late.swap('key', first?.version ?? null, record('late'))).toMatchObject({ ok: false, record: { value: '101' } });
    expect((await others.read('key')).record?.value).toBe('101');
  });

  it('that is sent again while it is under way wins once', async () => {
    const directory = freshDirectory();
    const stores = Array.from({ length: 10 }, () => fileStore({ directory }));
    const results = await Promise.all(stores.map((store) => store.swap('key', null, record('a'))));
    expect(results.map(({ ok }) => ok)).toEqual(stores.map(() => true));
  });

  it('takes a version back that stood before', async () => {
    const store = fileStore({ directory: freshDirectory() });
    await store.swap('key', null, record('a'));
    await store.swap('key', 'a', record('b'));
    expect(await store.swap('key', 'b', record('a', 'another'))).toMatchObject({ ok: true, record: record('a', 'another') });
  });

  it('writes the first record again where somebody removed the folder', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    await store.swap('key', null, record('a'));
    rmSync(only(directory), { recursive: true });
    expect(await store.swap('key', 'a', record('b'))).toMatchObject({ ok: false, record: null });
    expect(await store.swap('key', null, record('b'))).toMatchObject({ ok: true });
  });

  it('clears away what writers left that died, but no folder in the making', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    await store.swap('key', null, record('a'));
    writeFileSync(join(only(directory), 'record-half'), '{"vers');
    const nursery = join(directory, 'new');
    for (const name of ['old', 'young']) mkdirSync(join(nursery, name));
    const twoMinutesAgo = Date.now() / 1_000 - 120;
    writeFileSync(join(nursery, 'old', 'head-none'), '');
    utimesSync(join(nursery, 'old'), twoMinutesAgo, twoMinutesAgo);
    await store.swap('another key', null, record('a'));
    await store.swap('key', 'a', record('b'));
    expect(readdirSync(nursery)).toEqual(['young']);
    for (const account of accounts(directory)) expect(readdirSync(join(directory, account))).toHaveLength(2);
  });
});

describe('the clock', () => {
  it('stands still after it was set back, also for another process, by the time in the record', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    vi.useFakeTimers({ toFake: ['Date'] });
    const noon = Date.UTC(2030, 0, 1, 12);
    vi.setSystemTime(noon);
    await store.swap('key', null, record('a'));
    vi.setSystemTime(noon - 60_000);
    expect((await store.read('key')).now).toBe(noon);
    vi.resetModules();
    const fresh = await import('../src/file-store.ts');
    expect((await fresh.fileStore({ directory }).read('key')).now).toBe(noon);
  });

  it('believes the machine again that was ahead by more than an hour', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    vi.useFakeTimers({ toFake: ['Date'] });
    const noon = Date.UTC(2030, 0, 2, 12);
    vi.setSystemTime(noon + 3_600_001);
    await store.swap('key', null, record('a'));
    vi.setSystemTime(noon);
    expect((await store.read('key')).now).toBe(noon);
  });
});

describe('a failure', () => {
  const secret = 'NEVER-SHOW-THIS';
  const failure = (text: RegExp) => expect.objectContaining({ code: 'store_unavailable', message: expect.stringMatching(text) });

  it.each([
    ['is a file', 'ENOTDIR', (path: string) => writeFileSync(path, '')],
    ['is a link to nothing', 'ENOTDIR|ENOENT|EEXIST', (path: string) => symlinkSync(`${path}-nowhere`, path)],
    ['is a link to itself', 'ELOOP', (path: string) => symlinkSync(path, path)],
  ])('names the directory that %s, or is below one, and the remedy', async (_, code, make) => {
    const directory = freshDirectory();
    make(directory);
    for (const path of [directory, join(directory, 'below')]) {
      const swap = fileStore({ directory: path }).swap('key', null, record('a', secret));
      await expect(swap).rejects.toEqual(
        failure(new RegExp(`"${path}" cannot be used \\((${code})\\)\\. Choose a "directory" that is one`)),
      );
    }
  });

  it.runIf(process.platform === 'linux')('is soon told where no folder can ever be made', async () => {
    const swap = fileStore({ directory: '/proc/act-on-token/records' }).swap('key', null, record('a', secret));
    await expect(swap).rejects.toEqual(failure(/\(ENOENT\)\. Choose a "directory" that is one, or that can be made/));
  });

  it('is no link to a directory', async () => {
    const [real, link] = [freshDirectory(), freshDirectory()];
    mkdirSync(real);
    symlinkSync(real, link);
    for (const directory of [link, real]) await increment(fileStore({ directory }), 'key');
    expect((await fileStore({ directory: link }).read('key')).record?.value).toBe('2');
  });

  it.each([
    ['EACCES', /Let this user read and write there/],
    ['EROFS', /mount its file system for writing/],
    ['ENOSPC', /Free some disk space/],
    ['EMFILE', /raise the limit/],
    ['ESTALE', /does not answer: choose a "directory" on a local disk/],
    ['EOPNOTSUPP', /cannot move files atomically: choose a "directory" on a local disk/],
    ['EIO', /Check the disk/],
  ])('of the file system, say %s, says what to do, and nothing of the record', async (code, remedy) => {
    const directory = freshDirectory();
    const move = async () => Promise.reject(Object.assign(new Error(secret), { code }));
    const swap = fileStoreOn({ ...localDisk, move }, { directory }).swap('key', null, record('a', secret));
    await expect(swap).rejects.toEqual(failure(remedy));
    const error = await swap.catch((reason: unknown) => reason);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(secret);
    expect(Object(error).cause).toBeUndefined();
  });

  it('to clear away what others left is none', async () => {
    const list: Disk['list'] = (folder) => (folder.endsWith('new') ? Promise.reject(new Error('no')) : localDisk.list(folder));
    const store = fileStoreOn({ ...localDisk, list }, { directory: freshDirectory() });
    expect(await store.swap('key', null, record('a'))).toMatchObject({ ok: true });
  });

  it('in the middle of a file leaves no half of it', async () => {
    const file = freshDirectory();
    await expect(localDisk.write(file, undefined as unknown as string)).rejects.toThrow(TypeError);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['a record that is no JSON', (folder: string) => writeFileSync(fileOf(folder, 'record-'), secret)],
    ['a record of something else', (folder: string) => writeFileSync(fileOf(folder, 'record-'), JSON.stringify({ secret }))],
    ['no record', (folder: string) => rmSync(fileOf(folder, 'record-'))],
    ['no head', (folder: string) => rmSync(fileOf(folder, 'head-'))],
    [
      'two heads',
      (folder: string) => {
        copyFileSync(fileOf(folder, 'record-'), join(folder, 'record-2'));
        writeFileSync(join(folder, 'head-2'), '');
      },
    ],
  ])('is what a folder with %s is, which is never written over', async (_, damage) => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    await store.swap('key', null, record('a', secret));
    damage(only(directory));
    const before = readdirSync(only(directory));
    const damaged = (folder: string) =>
      failure(new RegExp(`^The directory "${folder}" .*DAMAGED\\)\\. Files in it .* remove this directory while`));
    const calls = [() => store.read('key'), () => store.swap('key', 'a', record('b')), () => store.swap('key', null, record('b'))];
    for (const call of calls) {
      await expect(call()).rejects.toEqual(damaged(only(directory)));
      await expect(call()).rejects.not.toThrow(secret);
    }
    expect(readdirSync(only(directory))).toEqual(before);
  });

  it('of the last sync leaves it open what stands: the same swap makes sure', async () => {
    const directory = freshDirectory();
    await fileStore({ directory }).swap('key', null, record('a'));
    let syncs = 0;
    const sync: Disk['sync'] = async (folder) => {
      syncs += 1;
      return syncs === 2 ? Promise.reject(Object.assign(new Error('bad sector'), { code: 'EIO' })) : localDisk.sync(folder);
    };
    const store = fileStoreOn({ ...localDisk, sync }, { directory });
    await expect(store.swap('key', 'a', record('b'))).rejects.toEqual(failure(/\(EIO\)\. Check the disk/));
    expect(await store.swap('key', 'a', record('b'))).toMatchObject({ ok: true, record: record('b') });
    expect(syncs).toBe(3);
  });

  it('of the move that nobody knows the end of is no loss: the same swap finds its own record', async () => {
    const directory = freshDirectory();
    await fileStore({ directory }).swap('key', null, record('a'));
    const move: Disk['move'] = async (from, to) => {
      await localDisk.move(from, to);
      throw Object.assign(new Error('lost'), { code: 'ENOENT' });
    };
    const result = await fileStoreOn({ ...localDisk, move }, { directory }).swap('key', 'a', record('b'));
    expect(result).toMatchObject({ ok: true, record: record('b') });
    expect((await fileStore({ directory }).read('key')).record).toEqual(record('b'));
  });
});
