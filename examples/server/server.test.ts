import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  isRedisThere,
  type RedisServer,
  startRedis,
} from '../../packages/redis/test/support/redis-server.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const users = ['ann@example.test', 'bob@example.test'].map((username) => ({
  username,
  password: `password of ${username}`,
}));
const until = <T>(check: () => T): Promise<T> =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 });

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends with this exit code. */
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

describe.skipIf(!isRedisThere)('the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'server-'));
  const usersFile = join(folder, 'users.json');
  let redis: RedisServer;
  let emulator: ServedEmulator;
  let servers: Server[] = [];
  let database = -1;

  beforeAll(async () => {
    redis = await startRedis();
    writeFileSync(
      usersFile,
      JSON.stringify(
        Object.fromEntries(users.map(({ username, password }) => [username, password])),
      ),
    );
  });
  afterAll(async () => {
    await redis?.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    database += 1;
    emulator = await serveEmulator({ users, apiLimits: null });
  });
  afterEach(async () => {
    emulator.faults.clear();
    for (const { process: each } of servers) each.kill('SIGKILL');
    servers = [];
    await emulator.close();
  });

  async function start(workers: number, more: Record<string, string> = {}): Promise<Server> {
    const env = {
      PATH: process.env.PATH,
      PORT: '0',
      WORKERS: String(workers),
      ACT_ON_STORE: `redis://127.0.0.1:${redis.port}/${database}`,
      ACT_ON_BASE_URL: emulator.url,
      ACT_ON_CLIENT_ID: emulator.client.id,
      ACT_ON_CLIENT_SECRET: emulator.client.secret,
      ACT_ON_USERS_FILE: usersFile,
      ...more,
    };
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += chunk));
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    const ports = await until(() => {
      const found = [...output.matchAll(/listens on http:\/\/127\.0\.0\.1:(\d+)/g)].map(
        ([, port]) => port,
      );
      if (found.length < workers) throw new Error(`not all workers listen yet: ${output}`);
      return found;
    });
    const server = {
      url: `http://127.0.0.1:${ports[0]}`,
      process: child,
      ended,
      output: () => output,
    };
    servers.push(server);
    return server;
  }

  it('answers for many accounts from several processes with one grant for each account', async () => {
    const { url } = await start(3);
    const asked = Array.from(
      { length: 60 },
      (_, index) => users[index % users.length]?.username ?? '',
    );
    const answers = await Promise.all(
      asked.map((account) =>
        fetch(`${url}/accounts/${account}/lists`).then((answer) => answer.json()),
      ),
    );
    expect(answers).toEqual(
      asked.map((account) => ({ account, totalCount: 3, worker: expect.any(Number) })),
    );
    expect(emulator.ledger.counters().grants.password).toMatchObject({ sent: 2, granted: 2 });
  });

  it('says that it is alive and ready, and refuses accounts that it does not know', async () => {
    const { url } = await start(1);
    expect(await fetch(`${url}/healthz`).then((answer) => answer.text())).toBe('ok');
    expect(await fetch(`${url}/readyz`).then((answer) => answer.json())).toEqual({
      redis: true,
      sessions: 0,
    });
    expect((await fetch(`${url}/accounts/eve@example.test/lists`)).status).toBe(404);
    expect(emulator.ledger.counters().apiCalls).toBe(0);
  });

  it('says when to come back where Act-On asked to be left alone', async () => {
    const { url } = await start(1);
    emulator.faults.arm({
      route: 'token',
      kind: 'too_many_requests',
      retryAfter: 1_800,
      times: Number.POSITIVE_INFINITY,
    });
    const [ann] = users;
    const answer = await fetch(`${url}/accounts/${ann?.username}/lists`);
    const body = (await answer.json()) as { code: string; error: string };
    expect([answer.status, body.code]).toEqual([503, 'rate_limited']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(1_700);
    expect(JSON.stringify(body)).not.toContain('password');
  });

  it('ends without losing what Act-On is about to grant', async () => {
    const [ann] = users;
    const first = await start(2);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const answer = fetch(`${first.url}/accounts/${ann?.username}/lists`).then(
      (each) => each.status,
    );
    await hold.reached();
    first.process.kill('SIGTERM');
    hold.release();
    expect(await answer).toBe(200);
    expect(await first.ended).toBe(0);
    const second = await start(1);
    expect((await fetch(`${second.url}/accounts/${ann?.username}/lists`)).status).toBe(200);
    expect(emulator.ledger.counters().grants).toMatchObject({
      password: { sent: 1 },
      refresh_token: { sent: 0 },
    });
  });

  it('prints its metrics where that is asked for, and never whose they are', async () => {
    const [ann] = users;
    const { url, process: child, ended, output } = await start(1, { METRICS: 'console' });
    await fetch(`${url}/accounts/${ann?.username}/lists`);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    for (const name of ['grants', 'events', 'sessions'])
      expect(output()).toContain(`act_on.token.${name}`);
    expect(output()).not.toContain(ann?.username);
  });

  it('replaces a worker that dies', async () => {
    const { url, output } = await start(2);
    const [, pid] = /worker (\d+) listens/.exec(output()) ?? [];
    process.kill(Number(pid), 'SIGKILL');
    await until(() => expect(output().match(/listens on/g)).toHaveLength(3));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
