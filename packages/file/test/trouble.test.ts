import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSession } from '@act-on-token/core';
import { serveEmulator } from '@act-on-token/emulator';
import { fileStore } from '@act-on-token/file';
import { storeCases } from '@act-on-token/store-kit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { endpointOf, expire } from '../../redis/test/support/sessions.ts';
import { freshFolder } from './support/fresh-folder.ts';
import { isMountAllowed, type Mount, mount } from './support/mount.ts';
import { runProgram, runtimes } from './support/runtimes.ts';

const patience = { timeout: 60_000 };
const failure = (text: RegExp) =>
  expect.objectContaining({ code: 'store_unavailable', message: expect.stringMatching(text) });
const record = (version: string, value = `value of ${version}`) => ({ version, value });
const folder = freshFolder();
const isRoot = process.getuid?.() === 0;

async function mounted(args: string): Promise<Mount & { readonly store: string }> {
  const mounted = await mount(args);
  onTestFinished(() => mounted.unmount());
  return { ...mounted, store: join(mounted.directory, 'store') };
}

/** Leaves no byte on the disk; ends with what takes them away again. */
function fill(directory: string): () => void {
  const file = join(directory, 'filler');
  expect(() => writeFileSync(file, Buffer.alloc(2 ** 20))).toThrow('ENOSPC');
  return () => rmSync(file);
}

describe.skipIf(!isMountAllowed)('a disk', patience, () => {
  it('that is full takes no swap, keeps its records and is left as it was; with room again the same swap goes through', async () => {
    const { directory, store: place } = await mounted('-t tmpfs -o size=64k none "$at"');
    const store = fileStore({ directory: place });
    await store.swap('key', null, record('a'));
    const [account = ''] = readdirSync(place);
    const before = readdirSync(join(place, account));
    const empty = fill(directory);
    for (const _ of [1, 2, 3])
      await expect(store.swap('key', 'a', record('b'))).rejects.toEqual(
        failure(/store" cannot be used \(ENOSPC\)\. Free some disk space\.$/),
      );
    expect((await store.read('key')).record).toEqual(record('a'));
    expect(readdirSync(join(place, account))).toEqual(before);
    empty();
    expect(await store.swap('key', 'a', record('b'))).toMatchObject({ ok: true });
    expect(readdirSync(join(place, account))).toHaveLength(2);
  });

  it.each([0, 1, 2, 3])(
    'with room for %i of the four files of a new account keeps none of what was begun',
    async (free) => {
      const {
        directory,
        run,
        store: place,
      } = await mounted(`-t tmpfs -o nr_inodes=${1 + free} none "$at"`);
      const store = fileStore({ directory: place });
      await expect(store.swap('key', null, record('a'))).rejects.toEqual(failure(/\(ENOSPC\)/));
      const left = readdirSync(directory, { recursive: true }).map(String);
      expect(left.filter((path) => path.includes('new') || path.includes('record-'))).toEqual([]);
      await run('mount -t tmpfs -o remount,nr_inodes=5 none "$at"');
      expect(await store.swap('key', null, record('a'))).toMatchObject({ ok: true });
    },
  );

  it('that fills up during a refresh loses nothing: the pair is served, and saved as soon as there is room', async () => {
    const { directory, store: place } = await mounted('-t tmpfs -o size=64k none "$at"');
    const emulator = await serveEmulator();
    onTestFinished(() => emulator.close());
    const { user } = emulator;
    const [endpoint, store] = [endpointOf(emulator), fileStore({ directory: place })];
    const open = () => createSession({ endpoint, account: user.username, store });
    await open().authorize({ type: 'password', ...user });
    await expire(store, endpoint, emulator);
    const session = open();
    const events: string[] = [];
    const saved = new Promise<void>((resolve) =>
      session.on(({ type }) => events.push(type) && type === 'saved' && resolve()),
    );

    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const token = session.getAccessToken();
    await hold.reached();
    const empty = fill(directory);
    hold.release();
    await token;
    expect(session.getSnapshot()).toMatchObject({ usable: true, saved: false });
    empty();
    await saved;
    expect(
      await createSession({
        endpoint,
        account: user.username,
        store: fileStore({ directory: place }),
      }).getAccessToken(),
    ).toBe(await token);
    expect(emulator.ledger.counters()).toMatchObject({
      grants: { refresh_token: { sent: 1 } },
      replays: 0,
    });
    await session.close();
  });

  it('that became read-only still shows its records', async () => {
    const { run, store: place } = await mounted('-t tmpfs none "$at"');
    const store = fileStore({ directory: place });
    await store.swap('key', null, record('a'));
    await run('mount -t tmpfs -o remount,ro none "$at"');
    await expect(store.swap('key', 'a', record('b'))).rejects.toEqual(
      failure(/\(EROFS\)\. It can only be read: mount its file system for writing/),
    );
    expect((await store.read('key')).record).toEqual(record('a'));
    await run('mount -t tmpfs -o remount,rw none "$at"');
    expect(await store.swap('key', 'a', record('b'))).toMatchObject({ ok: true });
  });
});

describe.skipIf(!isMountAllowed)(
  'fileStore on overlay under Node passes the store kit: it',
  patience,
  () => {
    let layers: Mount;
    beforeAll(async () => {
      layers = await mount('-t tmpfs none "$at"');
      await layers.run('mkdir "$at/lower" "$at/upper" "$at/work" "$at/all"');
      await layers.run(
        'mount -t overlay -o "lowerdir=$at/lower,upperdir=$at/upper,workdir=$at/work" none "$at/all"',
      );
    });
    afterAll(() => layers?.unmount());

    for (const { name, run } of storeCases)
      it(name, () => run(() => fileStore({ directory: join(layers.directory, 'all', 'store') })));
  },
);

describe.runIf(process.platform !== 'win32')('a program', patience, () => {
  const [node] = runtimes;
  const [program = '', ...args] = node?.command([]) ?? [];

  it('that may open no more files gets an error that says so, loses nothing and goes on when it may', async () => {
    const limited = ['sh', '-c', 'ulimit -n 64; exec "$0" "$@"', program, ...args];
    const { stdout } = await runProgram(limited, 'few-files.ts', [join(folder, 'few')], folder);
    const refused = expect.stringMatching(
      /few" cannot be used \(EMFILE\)\. Too many files are open: close some, or raise the limit\.$/,
    );
    expect(stdout.trim().split('\n')).toEqual([refused, refused, 'done', 'changed', '2']);
  });

  it('of a user who may not write there is told whom to ask', async () => {
    const directory = join(folder, 'locked');
    mkdirSync(directory);
    chmodSync(directory, 0o500);
    const { stdout } = await runProgram(
      [program, ...args],
      'attempt.ts',
      [directory, isRoot ? '65534' : ''],
      folder,
    );
    expect(stdout).toMatch(
      /locked" cannot be used \(EACCES\)\. Let this user read and write there and in everything in it/,
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each(['0', '22', '77'])(
    'lets no one but this user look, whatever its umask is (%s)',
    async (mask) => {
      const directory = join(folder, `mask-${mask}`, 'below');
      await runProgram([program, ...args], 'attempt.ts', [directory, '', mask], folder);
      const modes = ['..', '.', ...readdirSync(directory, { recursive: true })].map((path) =>
        statSync(join(directory, String(path))),
      );
      expect(
        new Set(
          modes.map(
            (stats) => `${stats.isFile() ? 'file' : 'folder'} ${(stats.mode & 0o777).toString(8)}`,
          ),
        ),
      ).toEqual(new Set(['folder 700', 'file 600']));
    },
  );
});
