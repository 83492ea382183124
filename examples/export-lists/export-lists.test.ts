import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const program = join(folder, 'export-lists.ts');
const allowed = ['--no-prompt', '--allow-env', '--allow-net', '--allow-read', '--allow-write'];
// A heap that is smaller than what is exported: V8 ends a program that holds it all.
const heap = '--max-old-space-size=40';
const deno = join(folder, 'node_modules/deno/deno');
const runtimes = [
  { name: 'Node', command: [process.execPath, heap, program] },
  {
    name: 'Deno',
    command: [
      deno,
      'run',
      ...allowed,
      `--v8-flags=${heap}`,
      `--config=${join(folder, 'deno.json')}`,
      program,
    ],
  },
  { name: 'Bun', command: [join(folder, 'node_modules/bun/bin/bun.exe'), 'run', program] },
];

/** 25,000 records of about 4 kB: 100 MB that no run may hold at once. */
const sizes = [12_000, 8_000, 5_000];
const note = 'What was said on the telephone. '.repeat(128);
const headers = ['Email', 'Name', 'Note'];
const rowOf = (list: number, row: number) => [
  `${list}-${row}@example.test`,
  `Name "${row}", of ${list}`,
  note,
];
const lists = sizes.map((size, list) => ({
  name: `List ${list + 1}`,
  headers,
  rows: Array.from({ length: size }, (_, row) => rowOf(list, row)),
}));
const csvOf = (list: number): string => {
  const rows = (lists[list]?.rows ?? []).map(
    ([email, name = '', text]) => `${email},"${name.replaceAll('"', '""')}",${text}`,
  );
  return [headers.join(','), ...rows, ''].join('\r\n');
};

let [home, emulator] = ['', undefined as unknown as ServedEmulator];
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'export-lists-'));
  emulator = await serveEmulator({ lists });
});
afterEach(async () => {
  await emulator.close();
  rmSync(home, { recursive: true });
});

function start([file = '', ...args]: readonly string[]): ChildProcess {
  const { client, user, url } = emulator;
  const env = {
    ACT_ON_CLIENT_ID: client.id,
    ACT_ON_CLIENT_SECRET: client.secret,
    ACT_ON_USERNAME: user.username,
    ACT_ON_PASSWORD: user.password,
    ACT_ON_BASE_URL: url,
  };
  return spawn(file, [...args, 'l-0001', 'l-0002', 'l-0003'], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Resident memory in MB at each line that the program prints. */
async function memoryOf(child: ChildProcess): Promise<number[]> {
  const samples: number[] = [];
  child.stdout?.setEncoding('utf8').on('data', () => {
    const status = `/proc/${child.pid}/status`;
    const [, kB] =
      (existsSync(status) && /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))) || [];
    if (kB !== undefined) samples.push(Math.round(Number(kB) / 1_024));
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return samples;
}

/** The most calls that came in within any one second. */
function mostInASecond(): number {
  const times = emulator.ledger.entries.filter(({ route }) => route === 'api').map(({ at }) => at);
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length),
  );
}

describe.each(runtimes)('export-lists.ts under $name', ({ name, command }) => {
  it('exports 25,000 records, killed in the middle and started again', {
    timeout: 120_000,
  }, async () => {
    // Killed while its tenth call is under way, its file and its place at any point before.
    let calls = 0;
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold', match: () => ++calls === 10 });
    const killed = start(command);
    await hold.reached();
    killed.kill('SIGKILL');
    await once(killed, 'close');
    hold.release();
    const before = emulator.ledger.counters().apiCalls;
    // As if it had been killed between its file and its note.
    appendFileSync(join(home, 'l-0001.csv'), '0-9000@example.test,"Name ""90');
    // The calls of a process are forgotten with it: the next one is started a second later.
    await vi.waitFor(() => expect(emulator.ledger.entries.at(-1)?.outcome).not.toBe('open'));
    emulator.clock.advance(1_000);

    const began = performance.now();
    const memory = await memoryOf(start(command));
    const seconds = (performance.now() - began) / 1_000;
    for (const list of sizes.keys())
      expect(
        readFileSync(join(home, `l-000${list + 1}.csv`), 'utf8') === csvOf(list),
        `list ${list + 1}`,
      ).toBe(true);

    const { apiCalls, grants } = emulator.ledger.counters();
    // Nothing that was noted is asked for again, and no run signs in twice.
    expect(apiCalls).toBe(26);
    expect(grants.password.sent).toBe(1);
    expect(emulator.ledger.entries.some(({ status }) => status === 429)).toBe(false);
    expect(mostInASecond()).toBeLessThanOrEqual(5);
    const quarter = Math.max(...memory.slice(0, Math.ceil(memory.length / 4)));
    const most = Math.max(...memory);
    if (process.platform === 'linux') expect(most - quarter).toBeLessThan(60);
    console.log(
      `${name}: 25,000 records of three lists, killed after ${before} calls and started again: ${apiCalls} calls, at most ${mostInASecond()} in a second; the second run took ${seconds.toFixed(1)} s and ${quarter} MB in its first quarter, ${most} MB at most`,
    );
  });
});

it('is a program of twenty lines', () => {
  const lines = readFileSync(program, 'utf8').split('\n');
  expect(lines.filter((line) => !/^\s*(\/\/.*)?$|^import /.test(line)).length).toBeLessThanOrEqual(
    20,
  );
});
