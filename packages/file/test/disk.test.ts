import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStore } from '@act-on-token/file';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { findHead, headIn } from '../src/account-folder.ts';
import { isAllowed } from '../src/allowed.ts';
import { type Disk, localDisk } from '../src/disk.ts';
import { freshFolder } from './support/fresh-folder.ts';

const root = freshFolder();
let handles: { sync(): Promise<void> };
beforeAll(async () => {
  const handle = await open(root, 'r');
  handles = Object.getPrototypeOf(handle);
  await handle.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const failing = (code?: string): Error => Object.assign(new Error('of the disk'), code && { code });

// There a folder cannot be opened.
describe.skipIf(process.platform === 'win32')('the names in a folder', () => {
  it('are brought to the disk', async () => {
    const sync = vi.spyOn(handles, 'sync');
    await localDisk.sync(root);
    expect(sync).toHaveBeenCalledTimes(1);
  });

  it.each(['EINVAL', 'ENOTSUP', 'ENOSYS'])(
    'need not be, where a file system has no such thing and says %s',
    async (code) => {
      vi.spyOn(handles, 'sync').mockRejectedValue(failing(code));
      await expect(localDisk.sync(root)).resolves.toBeUndefined();
    },
  );

  it('fail with what the disk says otherwise', async () => {
    vi.spyOn(handles, 'sync').mockRejectedValue(failing('EIO'));
    await expect(localDisk.sync(root)).rejects.toMatchObject({ code: 'EIO' });
  });

  it('include that of a new folder, if this program may read what is above it', async () => {
    const asked: object[] = [];
    for (const state of ['granted', 'prompt']) {
      vi.stubGlobal('Deno', {
        permissions: {
          querySync: (right: object) => {
            asked.push(right);
            return { state };
          },
        },
      });
      const sync = vi.spyOn(handles, 'sync').mockResolvedValue();
      await localDisk.makeFolder(join(root, state));
      expect(sync).toHaveBeenCalledTimes(state === 'granted' ? 1 : 0);
      sync.mockRestore();
      expect(existsSync(join(root, state))).toBe(true);
    }
    expect(asked).toEqual([
      { name: 'read', path: root },
      { name: 'read', path: root },
    ]);
  });

  it('are this user’s alone, as is what is in its files', async () => {
    const folder = join(root, 'deep', 'er');
    await localDisk.makeFolder(folder);
    await localDisk.makeFolder(folder);
    await localDisk.write(join(folder, 'a'), 'text');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
  });
});

describe('a file whose bytes the disk does not take', () => {
  it('fails to be written, with what the disk says, and is not left there', async () => {
    vi.spyOn(handles, 'sync').mockRejectedValue(failing('EIO'));
    await expect(localDisk.write(join(root, 'lost'), 'text')).rejects.toMatchObject({
      code: 'EIO',
    });
    expect(existsSync(join(root, 'lost'))).toBe(false);
  });

  it('is brought there in another way, where the handle cannot do it', async () => {
    vi.spyOn(handles, 'sync').mockRejectedValue(failing());
    await localDisk.write(join(root, 'kept'), 'text');
    expect(readFileSync(join(root, 'kept'), 'utf8')).toBe('text');
  });
});

describe('what a disk does not do', () => {
  it('is to make a folder below a file, or to overwrite a file', async () => {
    writeFileSync(join(root, 'file'), 'old');
    await expect(localDisk.makeFolder(join(root, 'file', 'a', 'b'))).rejects.toBeDefined();
    await expect(localDisk.write(join(root, 'file'), 'new')).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('old');
  });

  it('is to give the age of anything but a folder', async () => {
    writeFileSync(join(root, 'other'), '');
    await expect(localDisk.changedAt(join(root, 'other'))).rejects.toMatchObject({
      code: 'FOREIGN',
    });
    expect(Math.abs((await localDisk.changedAt(root)) - Date.now())).toBeLessThan(600_000);
  });

  it('is to fail because there is nothing to remove', async () => {
    await localDisk.remove(join(root, 'nothing'));
    await localDisk.removeFolder(join(root, 'nothing'));
  });
});

describe('what this program may do', () => {
  it('is all, but under Deno what it was allowed', () => {
    const right = { name: 'read', path: root } as const;
    expect(isAllowed(right)).toBe(true);
    for (const [state, expected] of [
      ['granted', true],
      ['prompt', false],
      ['denied', false],
    ] as const) {
      vi.stubGlobal('Deno', { permissions: { querySync: () => ({ state }) } });
      expect(isAllowed(right)).toBe(expected);
    }
  });
});

describe('the head of a folder', () => {
  const id = 'a'.repeat(32);
  const record = JSON.stringify({ version: 'v', value: 'text', at: 5 });
  /** A disk that shows these names one after the other, the last ones again and again. */
  const disk = (texts: Record<string, string>, ...listings: (readonly string[] | string)[]) => {
    const looks = { count: 0 };
    const shown = {
      list: async () => {
        const names = listings[Math.min(looks.count, listings.length - 1)] ?? [];
        looks.count += 1;
        if (typeof names === 'string') throw failing(names);
        return [...names];
      },
      read: async (file: string) => {
        const text = texts[file.split(/[/\\]/).at(-1) ?? ''];
        if (text === undefined) throw failing('ENOENT');
        return text;
      },
    };
    return { looks, disk: shown as never as Disk };
  };

  it.each([
    [[], undefined],
    [['head-1'], '1'],
    [['record-1', 'head-1', 'other'], '1'],
    [['head-1', 'head-2'], undefined],
  ])('is the only name of its kind: %o', (names, expected) => {
    expect(headIn(names)).toBe(expected);
  });

  it('is found again where a listing fell into a move', async () => {
    for (const first of [[], ['head-1', 'head-2'], [`head-${'b'.repeat(32)}`]]) {
      const { disk: shown, looks } = disk({ [`record-${id}`]: record }, first, [`head-${id}`]);
      const head = await findHead(shown, root);
      expect(head).toMatchObject({ id, record: { version: 'v', value: 'text', at: 5 } });
      expect(looks.count).toBe(2);
    }
  });

  it('is nothing where there is no folder, and fails where it cannot be listed', async () => {
    expect(await findHead(disk({}, 'ENOENT').disk, root)).toBeNull();
    await expect(findHead(disk({}, 'EIO').disk, root)).rejects.toMatchObject({ code: 'EIO' });
  });

  it('is damaged if it never comes to be one, after so many looks', async () => {
    const { disk: shown, looks } = disk({}, []);
    await expect(findHead(shown, root)).rejects.toMatchObject({ code: 'DAMAGED', folder: root });
    expect(looks.count).toBeGreaterThan(1);
  });

  it.each([
    ['not JSON', 'text'],
    ['no version', JSON.stringify({ value: 'text', at: 5 })],
    ['no value', JSON.stringify({ version: 'v', at: 5 })],
    ['no time', JSON.stringify({ version: 'v', value: 'text' })],
    ['a version that is a number', JSON.stringify({ version: 1, value: 'text', at: 5 })],
    ['a value that is a number', JSON.stringify({ version: 'v', value: 1, at: 5 })],
    ['a time that is a text', JSON.stringify({ version: 'v', value: 'text', at: '5' })],
  ])('is damaged if its record has %s, and is not quoted', async (_, text) => {
    const { disk: shown } = disk({ [`record-${id}`]: text }, [`head-${id}`]);
    const refusal = await findHead(shown, root).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'DAMAGED', message: 'A folder lost files.' });
  });
});

describe('a directory', () => {
  it.each([
    ' /a',
    '/a ',
    '\n/a',
    '"/a"',
    "'/a'",
    '`a`',
    '""',
    '/a\u0000',
    '\ud800',
    '~user/x',
    '/a/~',
    '/a/~/b',
    '\\~\\b',
  ])('is not %j', (directory) => {
    expect(() => fileStore({ directory })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it.each(['/a"b"', '"a" and b', 'it’s', "a'", '"a\'', '/a~b', 'a b'])('may be %j', (directory) => {
    mkdirSync(root, { recursive: true });
    expect(() => fileStore({ directory })).not.toThrow();
  });
});
