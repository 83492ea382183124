import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open, readFile } from 'node:fs/promises';
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
const accounts = (directory: string) =>
  readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name));
const only = (directory: string) => join(directory, accounts(directory)[0] ?? 'nothing');
const fileOf = (folder: string, prefix: string) =>
  join(folder, readdirSync(folder).find((name) => name.startsWith(prefix)) ?? 'nothing');

/** As if it had been left two minutes ago. */
const age = (path: string) => {
  const then = Date.now() / 1_000 - 120;
  lutimesSync(path, then, then);
};

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
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const names = readdirSync(only(directory)).map((name) => name.split('-')[0]);
    expect(names.sort()).toEqual(['head', 'record']);
  });

  it.runIf(process.platform !== 'win32')('lets no one but this user look', async () => {
    const directory = freshDirectory();
    await increment(fileStore({ directory }), 'key');
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    const folder = only(directory);
    expect([directory, folder].map(modeOf)).toEqual(['700', '700']);
    expect(readdirSync(folder).map((name) => modeOf(join(folder, name)))).toEqual(['600', '600']);
  });

  it.each([undefined, '', 7, 'a\0b'])('refuses %j for a directory', (directory) => {
    expect(() => fileStore({ directory: directory as string })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
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

  it.skipIf(process.platform === 'win32')(
    'refuses a leading ~/ of a user without a home directory',
    () => {
      for (const home of ['', 'relative', '~']) {
        vi.stubEnv('HOME', home);
        expect(() => fileStore({ directory: '~/sessions' })).toThrow(
          /^"directory" begins with ~\/.*Write out the path/,
        );
      }
      vi.unstubAllEnvs();
    },
  );

  it('refuses no options', () => {
    expect(() => fileStore(undefined as never)).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  // Bun resolves paths without a question to `process.cwd`, and a thread cannot go elsewhere.
  it.skipIf(process.versions.bun !== undefined)(
    'means the directory where it was opened, wherever the program goes then',
    async () => {
      const [directory, before] = [freshDirectory(), process.cwd()];
      const cwd = vi.spyOn(process, 'cwd').mockReturnValue(root);
      const store = fileStore({ directory: directory.slice(root.length + 1) });
      cwd.mockReturnValue(before);
      await increment(store, 'key');
      cwd.mockRestore();
      expect(accounts(directory)).toHaveLength(1);
    },
  );

  it('refuses everything once it is closed', async () => {
    const store = fileStore({ directory: freshDirectory() });
    await store.close();
    const closed = expect.objectContaining({
      code: 'store_unavailable',
      message: expect.stringContaining('closed'),
    });
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
    await increment(fileStore({ directory }), 'key').finally(() =>
      Object.defineProperty(handles, 'sync', own ?? {}),
    );
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
    expect(await late.swap('key', first?.version ?? null, record('late'))).toMatchObject({
      ok: false,
      record: { value: '101' },
    });
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
    expect(await store.swap('key', 'b', record('a', 'another'))).toMatchObject({
      ok: true,
      record: record('a', 'another'),
    });
  });

  it('writes the first record again where someone removed the folder', async () => {
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
    writeFileSync(join(only(directory), `record-${'0'.repeat(32)}`), '{"vers');
    const [old, empty, moved, young] = ['0', '1', `2${'0'.repeat(31)}-`, '3'].map(
      (id) => `act-on-token-new-${id.padEnd(32, '0')}`,
    );
    for (const name of [old, empty, moved, young]) mkdirSync(join(directory, `${name}`));
    for (const name of [old, moved, young])
      writeFileSync(join(directory, `${name}`, 'head-none'), '');
    for (const name of [old, empty, moved]) age(join(directory, `${name}`));
    await store.swap('another key', null, record('a'));
    await store.swap('key', 'a', record('b'));
    expect(readdirSync(directory).filter((name) => !accounts(directory).includes(name))).toEqual([
      young,
    ]);
    for (const account of accounts(directory))
      expect(readdirSync(join(directory, account))).toHaveLength(2);
  });
});

describe('what others keep in the directory', () => {
  const id = '0123456789abcdef'.repeat(2);
  it.each<[string, (directory: string) => unknown]>([
    [
      'a Maildir',
      (directory) =>
        ['new', 'cur', 'tmp'].map((name) => fillOld(join(directory, name), '1700000000.M1P1.host')),
    ],
    [
      'a folder that is called as those in the making once were',
      (directory) => fillOld(join(directory, 'new', id), 'head-none'),
    ],
    [
      'a folder in the making that holds more',
      (directory) => fillOld(join(directory, `act-on-token-new-${id}`), 'head-none', 'thesis.tex'),
    ],
    [
      'one that holds a folder',
      (directory) => fillOld(join(directory, `act-on-token-new-${id}`, 'head-none'), 'thesis.tex'),
    ],
    [
      'one with a name of almost our form',
      (directory) => fillOld(join(directory, `act-on-token-new-${id.toUpperCase()}`), 'head-none'),
    ],
    [
      'one with a longer name',
      (directory) => fillOld(join(directory, `act-on-token-new-${id}-thesis`), 'head-none'),
    ],
    ['a file with a name of our form', (directory) => fillOld(directory, `act-on-token-new-${id}`)],
    [
      'a link with a name of our form',
      (directory) => {
        fillOld(`${directory}-elsewhere`, 'head-none');
        symlinkSync(`${directory}-elsewhere`, join(directory, `act-on-token-new-${id}`));
      },
    ],
    [
      'a link that is called new',
      (directory) =>
        symlinkSync(fillOld(`${directory}-elsewhere`, 'letter'), join(directory, 'new')),
    ],
  ])('stays: %s', async (_, fill) => {
    const directory = freshDirectory();
    mkdirSync(directory);
    fill(directory);
    const before = treeOf(directory, `${directory}-elsewhere`);
    const store = fileStore({ directory });
    for (const key of ['one', 'another'])
      for (let i = 0; i < 3; i += 1) await increment(store, key);
    expect(
      treeOf(directory, `${directory}-elsewhere`).filter((path) => !/[/][0-9a-f]{64}\b/.test(path)),
    ).toEqual(before);
  });

  it('stays in an account as well, whatever it is called', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    await increment(store, 'key');
    const strange = ['record-keeping', 'record-2024.pdf', `record-${id}.bak`, 'notes'];
    for (const name of strange) writeFileSync(join(only(directory), name), '');
    fillOld(join(only(directory), `record-${id}`), 'thesis.tex');
    for (let i = 0; i < 3; i += 1) await increment(store, 'key');
    expect(readdirSync(only(directory))).toEqual(
      expect.arrayContaining([...strange, `record-${id}`]),
    );
    expect(readdirSync(join(only(directory), `record-${id}`))).toEqual(['thesis.tex']);
  });

  const fillOld = (folder: string, ...names: string[]): string => {
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(join(folder, name), 'mine');
    for (const path of [...names.map((name) => join(folder, name)), folder]) age(path);
    return folder;
  };
  const treeOf = (...folders: string[]): string[] =>
    folders.flatMap((folder) =>
      existsSync(folder)
        ? readdirSync(folder, { recursive: true }).map((path) => join(folder, `${path}`))
        : [],
    );
});

describe.runIf(process.platform !== 'win32')('refuses to read', () => {
  const value = 'NEVER-READ';
  it.each<[string, RegExp, (folder: string) => void]>([
    [
      'an account that is a link',
      /It is a link/,
      (folder) => [renameSync(folder, `${folder}-`), symlinkSync(`${folder}-`, folder)],
    ],
    [
      'an account that every user may change',
      /Every user of this machine may write to it/,
      (folder) => chmodSync(folder, 0o777),
    ],
    [
      'such an account with the sticky bit',
      /Every user of this machine may write to it/,
      (folder) => chmodSync(folder, 0o1777),
    ],
    [
      'a record that every user may change',
      /Every user/,
      (folder) => chmodSync(fileOf(folder, 'record-'), 0o666),
    ],
    [
      'a record that is a link',
      /It is a link/,
      (folder) => replace(folder, (path) => symlinkSync(`${path}-`, path)),
    ],
    [
      'a record that is a pipe',
      /It is not a file/,
      (folder) => replace(folder, (path) => execFileSync('mkfifo', [path])),
    ],
    [
      'a record that is a folder',
      /It is not a file/,
      (folder) => replace(folder, (path) => mkdirSync(path)),
    ],
  ])('%s, or to write over it', async (_, why, spoil) => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    await store.swap('key', null, record('a', value));
    const folder = only(directory);
    spoil(folder);
    for (const call of [
      () => store.read('key'),
      () => store.swap('key', 'a', record('b')),
      () => store.swap('key', null, record('b')),
    ]) {
      const error = await call().catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(why),
      });
      expect(String(error)).toContain(`The directory "${folder}`);
      expect(String(error)).toMatch(
        /\(FOREIGN\)\. .*\. Choose a "directory" that belongs to the user who runs this program/,
      );
      expect(String(error)).not.toContain(value);
    }
  });

  const replace = (folder: string, put: (path: string) => void): void => {
    const path = fileOf(folder, 'record-');
    renameSync(path, `${path}-`);
    put(path);
  };

  it.each([
    ['a directory', ''],
    ['a directory below one', 'below'],
    ['a directory further below one', 'further/below'],
  ])('%s in which every user may move things away', async (_, path) => {
    const open = freshDirectory();
    const directory = join(open, path);
    const store = fileStore({ directory });
    await store.swap('key', null, record('a', value));
    chmodSync(open, 0o777);
    for (const call of [() => store.read('key'), () => store.swap('key', 'a', record('b'))])
      await expect(call()).rejects.toThrow(
        `The directory "${open}" cannot be used (FOREIGN). Every user of this machine may write to it.`,
      );
    chmodSync(open, 0o1777);
    expect((await store.read('key')).record?.value).toBe(value);
  });

  it('what a directory leads to that was replaced while it was read', async () => {
    const [directory, other] = [freshDirectory(), freshDirectory()];
    for (const each of [directory, other])
      await fileStore({ directory: each }).swap('key', null, record('a', `value in ${each}`));
    const list: Disk['list'] = async (folder) => {
      if (existsSync(`${directory}-`)) return localDisk.list(folder);
      renameSync(directory, `${directory}-`);
      symlinkSync(other, directory);
      return localDisk.list(folder);
    };
    const { record: found } = await fileStoreOn({ ...localDisk, list }, { directory }).read('key');
    expect(found?.value).toBe(`value in ${process.platform === 'linux' ? directory : other}`);
  });

  it('leaves nothing open, whatever it refused', async () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    await store.swap('key', null, record('a'));
    const before = openFiles();
    chmodSync(fileOf(only(directory), 'record-'), 0o666);
    for (let i = 0; i < 20; i += 1) await store.read('key').catch(() => {});
    chmodSync(directory, 0o777);
    for (let i = 0; i < 20; i += 1) await store.swap('key', 'a', record('b')).catch(() => {});
    expect(openFiles()).toBe(before);
  });

  const openFiles = (): number =>
    existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
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
  const failure = (text: RegExp) =>
    expect.objectContaining({ code: 'store_unavailable', message: expect.stringMatching(text) });

  it.each([
    ['is a file', 'ENOTDIR', (path: string) => writeFileSync(path, '')],
    [
      'is a link to nothing',
      'ENOTDIR|ENOENT|EEXIST',
      (path: string) => symlinkSync(`${path}-nowhere`, path),
    ],
    ['is a link to itself', 'ELOOP', (path: string) => symlinkSync(path, path)],
  ])('names the directory that %s, or is below one, and the remedy', async (_, code, make) => {
    const directory = freshDirectory();
    make(directory);
    for (const path of [directory, join(directory, 'below')]) {
      const swap = fileStore({ directory: path }).swap('key', null, record('a', secret));
      await expect(swap).rejects.toEqual(
        failure(
          new RegExp(
            `"${path}" cannot be used \\((${code})\\)\\. Choose a "directory" that is one`,
          ),
        ),
      );
    }
  });

  it.runIf(process.platform === 'linux')(
    'is soon told where no folder can ever be made',
    async () => {
      const swap = fileStore({ directory: '/proc/act-on-token/records' }).swap(
        'key',
        null,
        record('a', secret),
      );
      await expect(swap).rejects.toEqual(
        failure(/\(ENOENT\)\. Choose a "directory" that is one, or that can be made/),
      );
    },
  );

  it('is not a link to a directory', async () => {
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
  ])(
    'of the file system, say %s, says what to do, and nothing of the record',
    async (code, remedy) => {
      const directory = freshDirectory();
      const move = async () => Promise.reject(Object.assign(new Error(secret), { code }));
      const swap = fileStoreOn({ ...localDisk, move }, { directory }).swap(
        'key',
        null,
        record('a', secret),
      );
      await expect(swap).rejects.toEqual(failure(remedy));
      const error = await swap.catch((reason: unknown) => reason);
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(secret);
      expect(Object(error).cause).toBeUndefined();
    },
  );

  it('to clear away what others left is none', async () => {
    const listAll = () => Promise.reject(new Error('no'));
    const store = fileStoreOn({ ...localDisk, listAll }, { directory: freshDirectory() });
    expect(await store.swap('key', null, record('a'))).toMatchObject({ ok: true });
  });

  it('in the middle of a file leaves no half of it', async () => {
    const file = freshDirectory();
    await expect(localDisk.write(file, undefined as unknown as string)).rejects.toThrow(TypeError);
    expect(existsSync(file)).toBe(false);
  });

  it('to write where a file is already leaves that file as it is', async () => {
    const file = freshDirectory();
    writeFileSync(file, 'of another program');
    await expect(localDisk.write(file, 'text')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(file, 'utf8')).toBe('of another program');
  });

  it.each([
    [
      'a record that is no JSON',
      (folder: string) => writeFileSync(fileOf(folder, 'record-'), secret),
    ],
    [
      'a record of something else',
      (folder: string) => writeFileSync(fileOf(folder, 'record-'), JSON.stringify({ secret })),
    ],
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
      failure(
        new RegExp(
          `^The directory "${folder}" .*DAMAGED\\)\\. Files in it .* remove this directory while`,
        ),
      );
    const calls = [
      () => store.read('key'),
      () => store.swap('key', 'a', record('b')),
      () => store.swap('key', null, record('b')),
    ];
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
      return syncs === 2
        ? Promise.reject(Object.assign(new Error('bad sector'), { code: 'EIO' }))
        : localDisk.sync(folder);
    };
    const store = fileStoreOn({ ...localDisk, sync }, { directory });
    await expect(store.swap('key', 'a', record('b'))).rejects.toEqual(
      failure(/\(EIO\)\. Check the disk/),
    );
    expect(await store.swap('key', 'a', record('b'))).toMatchObject({
      ok: true,
      record: record('b'),
    });
    expect(syncs).toBe(3);
  });

  it('of the move that no one knows the end of is not a loss: the same swap finds its own record', async () => {
    const directory = freshDirectory();
    await fileStore({ directory }).swap('key', null, record('a'));
    const move: Disk['move'] = async (from, to) => {
      await localDisk.move(from, to);
      throw Object.assign(new Error('lost'), { code: 'ENOENT' });
    };
    const result = await fileStoreOn({ ...localDisk, move }, { directory }).swap(
      'key',
      'a',
      record('b'),
    );
    expect(result).toMatchObject({ ok: true, record: record('b') });
    expect((await fileStore({ directory }).read('key')).record).toEqual(record('b'));
  });
});
