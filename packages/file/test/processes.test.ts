import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSession } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { fileStore } from '@act-on-token/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOf } from '../../../proof/support/processes.ts';
import { endpointOf, expire } from '../../redis/test/support/sessions.ts';
import { freshFolder } from './support/fresh-folder.ts';
import { increment } from './support/increment.ts';
import { next, start } from './support/processes.ts';
import type { Task } from './support/worker.ts';

const directory = freshFolder();
const store = fileStore({ directory });
const processes = 8;
const incrementsEach = 63;
const patience = { timeout: 60_000 };

describe('many processes on one directory', patience, () => {
  it(`lose no increment of ${processes * incrementsEach}`, async () => {
    const task: Task = { type: 'count', key: 'counter', times: incrementsEach };
    const started = performance.now();
    const workers = [...Array(processes)].map(() => start({ directory, task }));
    expect(await Promise.all(workers.map(endOf))).toEqual(workers.map(() => 0));
    console.log(
      `${processes * incrementsEach} increments by ${processes} processes: ${(performance.now() - started).toFixed()} ms`,
    );
    expect((await store.read('counter')).record?.value).toBe(String(processes * incrementsEach));
  });

  it('hear of changes', async () => {
    const watcher = start({ directory, task: { type: 'watch', key: 'watched' } });
    await next(watcher, 'ready');
    for (const _ of ['the first record', 'the second']) {
      const changed = next(watcher, 'changed');
      await increment(store, 'watched');
      await changed;
    }
    watcher.disconnect();
    // Watching keeps no process alive.
    expect(await endOf(watcher)).toBe(0);
  });
});

describe('a process that is killed in the middle of a swap', patience, () => {
  it.each([
    {
      when: 'before its first folder is made',
      at: 'makeFolder',
      nth: 1,
      isDone: false,
      before: 0,
      after: 0,
    },
    {
      when: 'before a new folder is moved into place',
      at: 'move',
      nth: 1,
      isDone: false,
      before: 0,
      after: 0,
    },
    {
      when: 'after a new folder was moved into place',
      at: 'move',
      nth: 1,
      isDone: true,
      before: 0,
      after: 0,
    },
    {
      when: 'before its draft is written',
      at: 'write',
      nth: 1,
      isDone: false,
      before: 1,
      after: 1,
    },
    { when: 'after its draft was written', at: 'write', nth: 1, isDone: true, before: 1, after: 1 },
    { when: 'before the head is moved', at: 'move', nth: 1, isDone: false, before: 1, after: 1 },
    { when: 'after the head was moved', at: 'move', nth: 1, isDone: true, before: 1, after: 2 },
    {
      when: 'before what was replaced is removed',
      at: 'remove',
      nth: 1,
      isDone: false,
      before: 1,
      after: 2,
    },
  ] as const)(
    '$when leaves a store that works',
    async ({ when, at, nth, isDone, before, after }) => {
      for (let i = 0; i < before; i += 1) await increment(store, when);
      const worker = start({ directory, task: { type: 'stop', key: when, at, nth, isDone } });
      await next(worker, 'stopped');
      worker.kill('SIGKILL');
      expect(await endOf(worker)).toBe('SIGKILL');
      expect(Number((await store.read(when)).record?.value ?? 0)).toBe(after);
      await increment(store, when);
      expect((await store.read(when)).record?.value).toBe(String(after + 1));
    },
  );

  it('leaves nothing that the next swap does not clear away', () => {
    const accounts = readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name));
    expect(accounts.length).toBeGreaterThan(2);
    for (const name of accounts) expect(readdirSync(join(directory, name))).toHaveLength(2);
  });
});

/** ACT_ON_TOKEN_ROUNDS=50 for fifty. */
const rounds = Number(process.env.ACT_ON_TOKEN_ROUNDS ?? 5);

describe('sessions over files', { timeout: 60_000 + rounds * 5_000 }, () => {
  const callers = 100;
  let emulator: ServedEmulator;
  beforeAll(async () => {
    emulator = await serveEmulator({ grantLimit: null });
  });
  afterAll(() => emulator?.close());

  it(`send one token request when ${processes} processes with ${callers} callers each find the account expired, ${rounds} times`, async () => {
    const { client, url: baseUrl, user } = emulator;
    const endpoint = endpointOf(emulator);
    await createSession({ endpoint, account: user.username, store }).authorize({
      type: 'password',
      ...user,
    });
    const options = { clientId: client.id, clientSecret: client.secret, baseUrl };
    const task: Task = { type: 'ask', callers, account: user.username, endpoint: options };
    const fleet = [...Array(processes)].map(() => start({ directory, task }));
    await Promise.all(fleet.map((each) => next(each, 'ready')));
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await expire(store, endpoint, emulator);
      const before = sent();
      const started = performance.now();
      const answers = await askAll(fleet);
      times.push(performance.now() - started);
      expect(answers.flatMap(({ failures }) => failures)).toEqual([]);
      expect(answers.flatMap(({ tokens }) => tokens)).toHaveLength(processes * callers);
      expect(new Set(answers.flatMap(({ tokens }) => tokens)).size).toBe(1);
      expect(sent() - before).toBe(1);
    }
    expect(emulator.ledger.counters()).toMatchObject({
      concurrentTokenRequests: { peak: 1 },
      replays: 0,
    });
    const codes = fleet.map(endOf);
    for (const each of fleet) each.disconnect();
    expect(await Promise.all(codes)).toEqual(fleet.map(() => 0));
    const [fastest = 0, middle = 0, slowest = 0] = [0, 0.5, 1].map(
      (part) => times.sort((a, b) => a - b)[Math.ceil(part * (rounds - 1))],
    );
    console.log(
      `${rounds} × ${processes} processes × ${callers} callers: ${rounds} token requests, 0 failures; ` +
        `${fastest.toFixed()}, ${middle.toFixed()}, ${slowest.toFixed()} ms at best, in the middle, at worst`,
    );
  });

  const sent = (): number => emulator.ledger.counters().grants.refresh_token.sent;

  /**
   * Holds Act-On's answer until every process has asked, so that all of them meet the same refresh.
   */
  async function askAll(fleet: readonly ChildProcess[]) {
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const asked = fleet.map((each) => next(each, 'asked'));
    const answered = fleet.map((each) => next(each, 'answered'));
    for (const each of fleet) each.send('ask');
    await Promise.all([...asked, hold.reached()]);
    hold.release();
    return Promise.all(answered);
  }
});
