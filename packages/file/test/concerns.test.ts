import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { concernsAbout } from '../src/concerns.ts';
import { localDisk } from '../src/disk.ts';
import { fileStoreOn } from '../src/file-store.ts';
import { type Place, placeOf } from '../src/place.ts';
import { freshFolder } from './support/fresh-folder.ts';
import { increment } from './support/increment.ts';

const root = freshFolder();
const freshDirectory = () => mkdtempSync(join(root, 'records-'));
const mine: Place = { mode: 0o40700 };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a directory is a concern', () => {
  it.each([
    ['NFS', 0x6969],
    ['SMB', 0x517b],
    ['SMB', 0xfe534d42],
    ['CIFS', 0xff534d42],
    ['9p (a Windows folder in WSL', 0x01021997],
    ['FUSE or virtiofs (a mounted bucket', 0x65735546],
    ['CephFS', 0x00c36400],
  ])('on %s, which others may see late', (name, fileSystem) => {
    const [concern, ...others] = concernsAbout('/records', { ...mine, fileSystem });
    expect(concern).toContain(`It is on ${name}`);
    expect(concern).toMatch(
      /keep it on a local disk\. For several machines there is @act-on-token\/redis\.$/,
    );
    expect(others).toEqual([]);
  });

  it.each(['\\\\server\\folder', '\\\\?\\UNC\\server\\folder'])(
    'on a share of Windows, %s',
    (directory) => {
      expect(concernsAbout(directory, {})).toEqual([
        expect.stringContaining('It is on a Windows share.'),
      ]);
    },
  );

  it.each([
    ['FAT', 0x4d44],
    ['exFAT', 0x2011bab0],
  ])('on %s, which has no journal', (name, fileSystem) => {
    expect(concernsAbout('/records', { ...mine, fileSystem })).toEqual([
      `It is on ${name}, which a loss of power may damage: keep it on a file system with a journal.`,
    ]);
  });

  it('where every user may write, though not take away', () => {
    const concern =
      'Every user of this machine may write to it, and so take the name of an account: choose a directory of this user alone.';
    expect(concernsAbout('/records', { ...mine, mode: 0o41777 })).toEqual([concern]);
  });
});

describe('a directory is not a concern', () => {
  it.each([
    ['ext4', 0xef53],
    ['XFS', 0x58465342],
    ['Btrfs', 0x9123683e],
    ['ZFS', 0x2fc12fc1],
    ['tmpfs', 0x01021994],
    ['overlay', 0x794c7630],
    ['a file system that nobody heard of', 0x12345678],
  ])('on %s', (_, fileSystem) => {
    expect(concernsAbout('/records', { ...mine, fileSystem })).toEqual([]);
  });

  it.each(['C:\\records', '\\\\?\\C:\\records', '\\\\.\\pipe\\records', '/records'])(
    'at %s of which nothing more is known',
    (directory) => {
      expect(concernsAbout(directory, {})).toEqual([]);
    },
  );

  it('where a group may write, which someone chose', () => {
    expect(concernsAbout('/records', { ...mine, mode: 0o42775 })).toEqual([]);
  });
});

describe('what the system tells of a directory', () => {
  it.runIf(process.platform === 'linux')(
    'is the kind of its file system, and its rights',
    async () => {
      const folder = freshDirectory();
      expect(await placeOf(folder)).toEqual({ fileSystem: expect.any(Number), mode: 0o40700 });
      expect(await placeOf('/proc')).toMatchObject({ fileSystem: 0x9fa0 });
    },
  );

  it('is never found out by way of a question that Deno would ask the user', async () => {
    const querySync = vi.fn((_: object) => ({ state: 'prompt' }));
    vi.stubGlobal('Deno', { permissions: { querySync } });
    expect(await placeOf(freshDirectory())).toMatchObject({ fileSystem: undefined });
    expect(querySync.mock.calls).toContainEqual([{ name: 'sys', kind: 'statfs' }]);
  });
});

describe('a warning', () => {
  let warnings: unknown[] = [];
  beforeEach(() => {
    warnings = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((...args) => void warnings.push(args));
  });
  const storeIn = (directory: string, place: () => Promise<Place>) =>
    fileStoreOn({ ...localDisk, place }, { directory });

  it('is given once for a directory, whatever the number of stores, and names it and a code to silence it by', async () => {
    const [directory, other] = [freshDirectory(), freshDirectory()];
    const onNfs = async () => ({ ...mine, fileSystem: 0x6969 });
    for (const each of [directory, directory, other]) await increment(storeIn(each, onNfs), 'key');
    const expected = (each: string) => [
      expect.stringContaining(`A file store keeps its records in "${each}". It is on NFS.`),
      { type: 'ActOnTokenWarning', code: 'ACT_ON_TOKEN_DIRECTORY' },
    ];
    await vi.waitFor(() => expect(warnings).toEqual([expected(directory), expected(other)]));
  });

  it('is given of each concern', async () => {
    const all = { fileSystem: 0x4d44, mode: 0o41777 };
    await increment(
      storeIn(freshDirectory(), async () => all),
      'key',
    );
    await vi.waitFor(() => expect(warnings).toHaveLength(2));
  });

  it('waits until something was written, and holds nothing up', async () => {
    const directory = freshDirectory();
    const place = vi.fn(() => new Promise<never>(() => {}));
    await storeIn(directory, place).read('key');
    expect(place).not.toHaveBeenCalled();
    await increment(storeIn(directory, place), 'key');
    expect(place).toHaveBeenCalledExactlyOnceWith(directory);
  });

  it('that could not be found out is not a failure, and is looked for again', async () => {
    const directory = freshDirectory();
    const fails = vi.fn(async () => Promise.reject(new Error('no')));
    await increment(storeIn(directory, fails), 'key');
    await increment(
      storeIn(directory, async () => ({ ...mine, fileSystem: 0x6969 })),
      'key',
    );
    await vi.waitFor(() => expect(warnings).toHaveLength(1));
  });
});
