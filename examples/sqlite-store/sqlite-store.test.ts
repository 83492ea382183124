import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { storeCases } from '@act-on-token/store-kit';
import { afterAll, describe, expect, it } from 'vitest';
import { sqliteStore } from './sqlite-store.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sqlite-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const freshFile = (): string => {
  files += 1;
  return join(folder, `${files}.db`);
};
const record = (version: string) => ({ version, value: `value of ${version}` });

describe('sqliteStore passes the store kit: it', () => {
  const file = freshFile();
  for (const { name, run } of storeCases)
    it(name, () => run(() => sqliteStore({ file, interval: 20 })));
});

describe('sqliteStore', () => {
  it('loses no increment of a counter that four processes raise at once', async () => {
    const file = freshFile();
    const counters = Array.from({ length: 4 }, () => fork(here('counter.ts'), [file, '250']));
    const exits = counters.map((each) => once(each, 'exit').then(([code]) => code as unknown));
    expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
    const store = sqliteStore({ file });
    expect((await store.read('counter')).record?.value).toBe('1000');
    await store.close();
  });

  it('keeps records when it is closed and opened again', async () => {
    const file = freshFile();
    const before = sqliteStore({ file });
    await before.swap('key', null, record('a'));
    await before.close();
    const after = sqliteStore({ file });
    expect((await after.read('key')).record).toEqual(record('a'));
    await after.close();
  });

  it('makes files that only their owner can read', async () => {
    const file = freshFile();
    const store = sqliteStore({ file });
    await store.swap('key', null, record('a'));
    const modes = [file, `${file}-wal`, `${file}-shm`].map((each) =>
      (statSync(each).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['600', '600', '600']);
    await store.close();
  });

  it('undoes a swap that fails, says nothing of its value, and goes on', async () => {
    const store = sqliteStore({ file: freshFile() });
    const wrong = { version: 'b', value: null as unknown as string };
    const error = await store.swap('key', null, wrong).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'store_unavailable' });
    expect(String(error)).toContain('ERR_SQLITE_ERROR');
    expect(await store.swap('key', null, record('a'))).toMatchObject({
      ok: true,
      record: record('a'),
    });
    await store.close();
  });

  it('lets its clock stand still while the wall clock is behind', async () => {
    const store = sqliteStore({ file: freshFile() });
    const { now } = await store.read('key');
    const dateNow = Date.now;
    Date.now = () => now - 1_000_000;
    const later = await store.read('key').finally(() => {
      Date.now = dateNow;
    });
    expect(later.now).toBeGreaterThanOrEqual(now);
    await store.close();
  });

  it('goes by the wall clock again after that was a day ahead for one call', async () => {
    const store = sqliteStore({ file: freshFile() });
    const dateNow = Date.now;
    Date.now = () => dateNow() + 86_400_000;
    await store.read('key').finally(() => {
      Date.now = dateNow;
    });
    expect((await store.read('key')).now).toBeLessThanOrEqual(Date.now());
    await store.close();
  });

  it('says after close what to do about it', async () => {
    const store = sqliteStore({ file: freshFile() });
    await store.close();
    await expect(store.read('key')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('Close it after'),
    });
    expect(() => store.watch('key', () => {})).toThrow('is closed');
  });
});

describe('main.ts', () => {
  it('shows one refresh for four processes, and ends', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [here('main.ts')]);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'One process signed in, two hours ago by its clock, and is gone.',
      '4 other processes, 100 callers each: 400 answers, 1 token',
      'password grants: 1, refreshes: 1, at once: 1',
      'all ended by themselves: true',
      '',
    ]);
  });
});

describe('docs/write-your-own-store.md', () => {
  const guide = readFileSync(here('../../docs/write-your-own-store.md'), 'utf8');

  it('names every case of the store kit, and no others', () => {
    const contract = guide.slice(guide.indexOf('## The contract'), guide.indexOf('## Key rules'));
    const rows = contract
      .split('\n')
      .filter((line) => /^\| `?\w/.test(line) && !line.startsWith('| member'));
    const named = rows.flatMap((row) =>
      (row.split(' | ')[3] ?? '').replace(/ \|$/, '').split('<br>'),
    );
    expect([...new Set(named)].sort()).toEqual(storeCases.map(({ name }) => name).sort());
  });

  it('shows the code of this example, line by line', () => {
    const code = ['sqlite-store.ts', 'sqlite-store.test.ts']
      .map((file) => readFileSync(here(file), 'utf8'))
      .join('');
    const shown = [...guide.matchAll(/^```ts\n([^`]+)^```$/gm)].flatMap(([, block = '']) =>
      block.trim().split('\n\n'),
    );
    expect(shown.length).toBeGreaterThan(3);
    for (const part of shown) expect(code).toContain(part);
  });
});
