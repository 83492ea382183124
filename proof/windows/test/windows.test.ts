import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createSession } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { fileStore } from '@act-on-token/file';
import { storeCases } from '@act-on-token/store-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseOutcome } from '../../../packages/file/test/support/run-kit.ts';
import { endpointOf, expire } from '../../../packages/redis/test/support/sessions.ts';
import { root, runtime } from '../../../tooling/bootstrap/paths.mjs';
import { runQuietly } from '../../../tooling/bootstrap/processes.mjs';
import { readBlocks } from '../../../tooling/docs/blocks/read-blocks.ts';
import { freePort, listen } from '../../support/listen.ts';
import type { Setup } from '../asker.ts';
import { bundleProgram } from '../bundle.ts';
import { runWindowsSuites } from '../suites.ts';
import { isWindowsThere, startWindows, type Windows, windowsPath } from '../wine.ts';

const patience = { timeout: 300_000 };
const program = join(root, 'packages', 'cli', 'dist', 'act-on-token.js');

describe.skipIf(!isWindowsThere)("in Windows' own Node, under Wine", patience, () => {
  let folder: string;
  let windows: Windows;
  let emulator: ServedEmulator;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'act-on-token-windows-'));
    [windows, emulator] = await Promise.all([
      startWindows(folder),
      serveEmulator({ grantLimit: null, apiLimits: null }),
    ]);
  }, 600_000);
  afterAll(async () => {
    await windows?.close();
    await emulator?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A new folder. */
  function make(name: string): string {
    const made = join(folder, name);
    mkdirSync(made, { recursive: true });
    return made;
  }
  const support = fileURLToPath(new URL('../../../packages/file/test/support/', import.meta.url));

  it('it is Windows, as far as a program can see', async () => {
    const { stdout } = await windows.run(['-p', "process.platform + ' ' + process.version"]);
    expect(stdout.trim()).toMatch(/^win32 v22\./);
  });

  describe.each([
    { store: 'fileStore', isSealed: false },
    { store: 'sealedStore over fileStore', isSealed: true },
  ])('$store under Windows passes the store kit: it', ({ store, isSealed }) => {
    let outcomes: Promise<CaseOutcome[]>;
    it.each(storeCases.map(({ name }) => name))('%s', async (rule) => {
      outcomes ??= runKit(store, isSealed);
      expect((await outcomes).find((each) => each.rule === rule)?.outcome).toBe('kept');
    });
  });

  async function runKit(kind: string, isSealed: boolean): Promise<CaseOutcome[]> {
    const file = await bundleProgram(join(support, 'run-kit.ts'), make(`kit-${kind}`));
    const directory = windowsPath(join(make(`kit-${kind}`), 'records'));
    const candidate = JSON.stringify({ name: 'fileStore', directory, isSealed });
    const { stdout, stderr } = await windows.run([file, candidate]);
    expect(stderr).toBe('');
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('four processes of Windows and one of Linux on one directory send one request for 250 callers', async () => {
    const file = await bundleProgram(
      fileURLToPath(new URL('../asker.ts', import.meta.url)),
      make('askers'),
    );
    const directory = join(make('askers'), 'records');
    const store = fileStore({ directory });
    const endpoint = endpointOf(emulator);
    const { client, url, user } = emulator;
    await createSession({ endpoint, account: user.username, store }).authorize({
      type: 'password',
      ...user,
    });
    await expire(store, endpoint, emulator);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const processes = 5;
    const starter = await startTogether(processes);
    const setup: Setup = {
      directory,
      callers: 50,
      account: user.username,
      endpoint: {
        clientId: client.id,
        clientSecret: client.secret,
        baseUrl: url,
        requestTimeout: 100_000,
      },
      starter: starter.url,
    };
    const before = emulator.ledger.counters().grants.refresh_token.sent;
    const inWindows = JSON.stringify({ ...setup, directory: windowsPath(directory) });
    const ended = [1, 2, 3, 4].map(() => windows.run([file, inWindows]));
    const inLinux = runQuietly(runtime, [file, JSON.stringify(setup)]);
    await hold.reached();
    hold.release();
    await inLinux;
    expect(await Promise.all(ended)).toEqual(
      ended.map(() => ({ exit: 0, stdout: '', stderr: '' })),
    );
    const tokens = starter.reports.flat();
    expect(tokens).toHaveLength(processes * 50);
    expect([...new Set(tokens)]).toEqual([expect.stringMatching(/^\S{40,}$/)]);
    expect(emulator.ledger.counters().grants.refresh_token.sent - before).toBe(1);
    await store.close();
    await starter.close();
  });

  /** What a user has in the environment. */
  const settings = (): Record<string, string> => ({
    ACT_ON_BASE_URL: emulator.url,
    ACT_ON_CLIENT_ID: emulator.client.id,
    ACT_ON_CLIENT_SECRET: emulator.client.secret,
    ACT_ON_USERNAME: emulator.user.username,
    ACT_ON_PASSWORD: emulator.user.password,
  });

  describe('the command', () => {
    const run = (args: string[], env: Record<string, string> = settings(), input?: string) =>
      windows.run([program, ...args], { env, ...(input !== undefined && { input }) });
    const inStore = (name: string): Record<string, string> => ({
      ...settings(),
      ACT_ON_STORE: windowsPath(join(folder, name)),
    });

    it('signs in once, prints one token as often as it is asked, and forgets it', async () => {
      const env = inStore('a store with blanks');
      const first = await run(['token'], env);
      expect(first).toEqual({
        exit: 0,
        stdout: expect.stringMatching(/^\S{40,}\r?\n$/),
        stderr: expect.any(String),
      });
      expect(await run(['token'], env)).toMatchObject({ exit: 0, stdout: first.stdout });
      expect(await run(['fetch', '/api/1/list'], env)).toMatchObject({
        exit: 0,
        stdout: expect.stringContaining('"totalCount":3'),
      });
      const { ACT_ON_PASSWORD: _, ...rest } = env;
      expect(await run(['logout'], rest)).toMatchObject({ exit: 0 });
      expect(await run(['token'], rest)).toMatchObject({ exit: 3, stdout: '' });
    });

    it('keeps its sessions in LOCALAPPDATA where ACT_ON_STORE does not say otherwise', async () => {
      const where = 'console.log(process.env.LOCALAPPDATA)';
      const local = (await windows.run(['-e', where])).stdout.trim();
      const account = { ...settings(), ACT_ON_CLIENT_ID: `${emulator.client.id}-unknown` };
      expect(await run(['token'], account)).toMatchObject({ exit: 4 });
      const look = `console.log(require('fs').existsSync(process.env.LOCALAPPDATA + '\\\\act-on-token'))`;
      expect(local).toMatch(/^C:\\users\\/i);
      expect((await windows.run(['-e', look])).stdout.trim()).toBe('true');
    });

    it('takes a leading ~/ for the home directory of Windows', async () => {
      expect(await run(['token'], { ...settings(), ACT_ON_STORE: '~/kept/here' })).toMatchObject({
        exit: 0,
      });
      const look = "console.log(fs.readdirSync(os.homedir() + '\\\\kept\\\\here').length > 0)";
      expect((await windows.run(['-e', look])).stdout.trim()).toBe('true');
    });

    it.each([
      ['2, for an argument that there is not', ['token', '--minimum', '5'], {}],
      ['2, for a setting that is missing', ['token'], { ACT_ON_CLIENT_ID: '' }],
      ['3, where a person has to sign in', ['token'], { ACT_ON_PASSWORD: '' }],
      ['4, for a wrong password', ['login'], { ACT_ON_PASSWORD: 'not-the-password' }],
      ['7, for a store that is a file', ['token'], { ACT_ON_STORE: windowsPath(program) }],
    ])('ends with %s', async (expected, args, more) => {
      const { exit, stdout, stderr } = await run(args, {
        ...inStore(expected.slice(0, 1)),
        ...more,
      });
      expect({ exit, stdout }).toEqual({ exit: Number.parseInt(expected, 10), stdout: '' });
      expect(stderr).not.toBe('');
    });

    it('ends with 6 where Act-On cannot be reached', async () => {
      const env = {
        ...inStore('6'),
        ACT_ON_BASE_URL: `http://127.0.0.1:${await freePort(20_000, 30_000)}`,
      };
      expect(await run(['token'], env)).toMatchObject({ exit: 6, stdout: '' });
    });

    it('takes a password from a file, and never from the command line', async () => {
      const { ACT_ON_PASSWORD: password = '', ...env } = inStore('by descriptor');
      const file = join(folder, 'password');
      writeFileSync(file, `${password}\r\n`);
      expect(await run(['login', '--password-fd', '0'], env, file)).toMatchObject({ exit: 0 });
      const { exit, stdout, stderr } = await run(['login', '--password', password], env);
      expect({ exit, shown: `${stdout}${stderr}`.includes(password) }).toEqual({
        exit: 2,
        shown: false,
      });
      expect(stderr).toContain('Use the prompt, --password-fd or ACT_ON_PASSWORD.');
    });

    it.each(['bash', 'zsh', 'fish'])('completes in %s, as it does elsewhere', async (shell) => {
      const { exit, stdout } = await run(['completion', shell], {});
      expect(exit).toBe(0);
      const here = await runQuietly(runtime, [program, 'completion', shell]);
      expect(stdout.replaceAll('\r\n', '\n')).toBe(here);
    });
  });

  it('the script of the Node guide signs in once and goes on with that session', async () => {
    const place = make('guide');
    const [script] = readBlocks('docs/guides/node.md').filter(({ file }) => file === 'main.mjs');
    writeFileSync(join(place, 'main.mjs'), script?.code ?? '');
    for (const name of ['core', 'file'])
      for (const part of ['package.json', 'dist'])
        cpSync(
          join(root, 'packages', name, part),
          join(place, 'node_modules', '@act-on-token', name, part),
          { recursive: true },
        );
    const lines = Object.entries(settings()).map(([name, value]) => `${name}=${value}`);
    writeFileSync(join(place, '.env'), lines.join('\n'));
    const run = () => windows.run(['--env-file=.env', 'main.mjs'], { cwd: place });
    const before = emulator.ledger.counters().grants.password.sent;
    const first = await run();
    expect(first).toMatchObject({ exit: 0, stderr: '' });
    expect(first.stdout).toMatch(/^3 lists; /);
    expect((await run()).stdout).toBe(first.stdout);
    expect(emulator.ledger.counters().grants.password.sent - before).toBe(1);
    expect(readdirSync(join(place, '.act-on'))).not.toEqual([]);
  });

  it.each(['core', 'memory', 'store-kit'])('the tests of %s pass', async (name) => {
    const { failures, passed } = await runWindowsSuites(windows, name, make(`suites-${name}`));
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(50);
  });
});

/** Answers the first request of each process once all have sent theirs, and keeps the second. */
async function startTogether(count: number) {
  const waiting: (() => void)[] = [];
  const reports: string[][] = [];
  const { port, close } = await listen(
    createServer(async (request, response) => {
      const text = await new Response(Readable.toWeb(request) as ReadableStream).text();
      if (text !== 'ready') {
        reports.push(JSON.parse(text));
        response.end();
        return;
      }
      waiting.push(() => response.end());
      if (waiting.length === count) for (const goOn of waiting) goOn();
    }),
  );
  return { url: `http://127.0.0.1:${port}`, reports, close };
}
