import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { component } from '../../../../tooling/component.ts';
import { freshFolder, program, run, settingsFor, start, startProgram } from '../support/command.ts';

const headers = ['Email', 'Name', 'Name'];
const rows = Array.from({ length: 2_500 }, (_, row) => [
  `${row}@example.test`,
  `"${row}", they`,
  'Ünïcode\nof two lines',
]);
const lines = rows.map(
  ([email, name = '', note]) => `${email},"${name.replaceAll('"', '""')}","${note}"\r\n`,
);
const csv = ['Email,Name,Name\r\n', ...lines].join('');
const ndjson = rows
  .map(([Email, Name, other]) => `${JSON.stringify({ Email, Name, 'Name (2)': other })}\n`)
  .join('');

let emulator: ServedEmulator;
let env: Record<string, string>;
let home: string;
beforeEach(async () => {
  const lists = [
    { name: 'Newsletter, weekly', headers, rows },
    { name: 'Empty', headers },
    { name: 'Odd \u001b[31m' },
  ];
  emulator = await serveEmulator({ lists });
  home = freshFolder();
  env = settingsFor(emulator, home);
});
afterEach(() => emulator.close());
/** Strikes the call for this page of the list, the first being 1. */
const atPage = (page: number) => {
  let calls = 0;
  return { route: 'api' as const, match: () => ++calls === page };
};

describe('act-on-token lists', () => {
  it('prints them as CSV, or as JSON with all that Act-On says', async () => {
    const { exit, stdout, stderr } = await run(['lists'], { env });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout.split('\r\n').map((line) => line.replace(/,[^,]*$/, ''))).toEqual([
      'id,name,records,folder',
      'l-0001,"Newsletter, weekly",2500,Lists',
      'l-0002,Empty,0,Lists',
      'l-0003,Odd \u001b[31m,0,Lists',
      '',
    ]);
    const json = await run(['lists', '--format', 'ndjson'], { env });
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { id: 'l-0001', name: 'Newsletter, weekly', bIsList: true },
      { id: 'l-0002' },
      { id: 'l-0003' },
    ]);
  });
});

describe('act-on-token records', () => {
  it('prints all records of a list as CSV, or as JSON', async () => {
    expect(await run(['records', 'l-0001'], { env })).toEqual({ exit: 0, stdout: csv, stderr: '' });
    expect(await run(['records', 'l-0001', '--format', 'ndjson'], { env })).toEqual({
      exit: 0,
      stdout: ndjson,
      stderr: '',
    });
    expect((await run(['records', 'l-0002'], { env })).stdout).toBe('Email,Name,Name\r\n');
    expect((await run(['records', 'l-0002', '--format', 'ndjson'], { env })).stdout).toBe('');
  });

  it('keeps to five calls a second', async () => {
    const all = Array.from({ length: 8_000 }, (_, row) => [`${row}@example.test`]);
    const large = await serveEmulator({ lists: [{ name: 'x', headers: ['Email'], rows: all }] });
    const { exit, stdout } = await run(['records', 'l-0001'], {
      env: settingsFor(large, freshFolder()),
    });
    expect([exit, stdout.split('\r\n').length]).toEqual([0, 8_002]);
    const calls = large.ledger.entries.filter(({ route }) => route === 'api');
    expect(calls.map(({ status }) => status)).toEqual(Array(8).fill(200));
    await large.close();
  });

  it('says how to go on when it fails, and goes on so', async () => {
    emulator.faults.arm({ ...atPage(2), kind: 'status', status: 400 });
    const { exit, stdout, stderr } = await run(['records', 'l-0001'], { env });
    expect(exit).toBe(22);
    expect(stderr).toMatch(
      /^act-on-token: 1,000 records are written\. To go on: act-on-token records l-0001 --from 1000\nact-on-token: Act-On answered GET \/api\/1\/list\/\{listid\} with 400.*\n$/,
    );
    const rest = await run(['records', 'l-0001', '--from', '1000'], { env });
    expect(rest).toEqual({ exit: 0, stdout: expect.anything(), stderr: '' });
    expect(stdout + rest.stdout).toBe(csv);
  });

  it('says it when it is interrupted, too', async () => {
    const hold = emulator.faults.arm({ ...atPage(3), kind: 'hold' });
    const running = start(['records', 'l-0001'], { env });
    await hold.reached();
    running.child.kill('SIGINT');
    const { exit, stdout, stderr } = await running.ended;
    hold.release();
    expect(exit).toBe('SIGINT');
    expect(stderr).toBe(
      'act-on-token: 2,000 records are written. To go on: act-on-token records l-0001 --from 2000\n',
    );
    expect(stdout).toBe(csv.slice(0, stdout.length));
  });

  it('goes on in its file after any end, kill -9 too', async () => {
    const file = join(home, 'newsletter.csv');
    const args = ['records', 'l-0001', '-o', file];
    const hold = emulator.faults.arm({ ...atPage(3), kind: 'hold' });
    const killed = start(args, { env });
    await hold.reached();
    killed.child.kill('SIGKILL');
    await killed.ended;
    hold.release();
    expect(readFileSync(file, 'utf8')).toBe(csv.slice(0, readFileSync(file, 'utf8').length));
    appendFileSync(file, 'half a li');
    const before = emulator.ledger.counters().apiCalls;
    expect(await run(args, { env })).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(csv);
    expect(emulator.ledger.counters().apiCalls).toBeLessThanOrEqual(before + 2);
    expect(existsSync(`${file}.place`)).toBe(false);
    // Then it is a new export.
    await run(['records', 'l-0002', '-o', file], { env });
    expect(readFileSync(file, 'utf8')).toBe('Email,Name,Name\r\n');
  });

  it('does not mix two exports in one file, and writes to nothing but a file', async () => {
    const file = join(home, 'newsletter.csv');
    emulator.faults.arm({ ...atPage(2), kind: 'status', status: 400, times: 1 });
    expect((await run(['records', 'l-0001', '-o', file], { env })).stderr).toContain(
      'run the same command again',
    );
    for (const args of [
      ['l-0002', '-o', file],
      ['l-0001', '-o', file, '--format', 'ndjson'],
      ['l-0001', '-o', file, '--account', 'other'],
    ])
      expect(await run(['records', ...args], { env })).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining('that of another export'),
      });
    writeFileSync(file, 'short');
    expect(await run(['records', 'l-0001', '-o', file], { env })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('is shorter than'),
    });
    mkdirSync(join(home, 'folder'));
    for (const name of [join(home, 'folder'), join(home, 'none', 'x.csv'), '/dev/null'])
      expect((await run(['records', 'l-0001', '-o', name], { env })).exit).toBe(2);
  });

  it('ends with the codes of fetch', async () => {
    expect(await run(['records', 'l-9999'], { env })).toEqual({
      exit: 22,
      stdout: '',
      stderr:
        'act-on-token: Act-On answered GET /api/1/list/{listid} with 404: List not found (10004). Check the ids in its parameters.\n',
    });
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 90 });
    expect(await run(['records', 'l-0001'], { env })).toMatchObject({
      exit: 5,
      stderr: expect.stringMatching(/with 429.* Try again in /),
    });
    for (const args of [
      ['records'],
      ['records', 'l-0001', '--from', 'x'],
      ['records', 'l-0001', '--format', 'xml'],
      ['records', 'l-0001', '--from', '1', '-o', 'x'],
      ['records', '..'],
    ])
      expect((await run(args, { env })).exit, args.join(' ')).toBe(2);
  });

  it('stops when its reader does', async () => {
    const { exit } = await startProgram(
      'bash',
      [
        '-c',
        `"${process.execPath}" "${program}" records l-0001 | head -1 >/dev/null; exit "\${PIPESTATUS[0]}"`,
      ],
      { env },
    ).ended;
    expect([0, 141]).toContain(exit);
  });

  // util-linux gives a program a terminal.
  it.skipIf(process.platform !== 'linux' || component('script') === undefined)(
    'shows a person how far it is, in one line that is gone at the end',
    async () => {
      const file = join(home, 'x.csv');
      const command = `"${process.execPath}" "${program}" records l-0001 > "${file}"`;
      const { stdout } = await startProgram('script', ['-qec', command, '/dev/null'], { env })
        .ended;
      expect(stdout).toContain('\r[############------------------] 1,000 of 2,500 records\u001b[K');
      expect(stdout.endsWith('2,500 of 2,500 records\u001b[K\r\u001b[K')).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe(csv);
    },
  );
});
