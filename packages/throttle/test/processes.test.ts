import { execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { serveEmulator } from '@act-on-token/emulator';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../proof/support/listen.ts';
import { isRedisThere, startRedis } from '../../redis/test/support/redis-server.ts';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));
const hook = fileURLToPath(new URL('../../../tooling/from-source.ts', import.meta.url));
const versions = '/usr/lib/postgresql';
const [bin] = existsSync(versions)
  ? readdirSync(versions).map((version) => join(versions, version, 'bin'))
  : [];

async function startPostgres(): Promise<{ port: number; stop(): void }> {
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres']));
  const user = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-throttle-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder, stdio: 'ignore' } as const;
  execFileSync(
    join(bin ?? '', 'initdb'),
    ['-D', folder, '-U', 'postgres', '-A', 'trust', '-N'],
    options,
  );
  const port = await freePort(20_000, 30_000);
  const args = ['-D', folder, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder, '-F'];
  const child = spawn(join(bin ?? '', 'postgres'), args, options);
  return {
    port,
    stop() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Four processes that each send twelve calls at once; when Act-On got them, and what it said. */
async function race(
  postgres: { host: string; port: number; user: string } | null,
  isLimited = true,
) {
  const redis = await startRedis();
  const emulator = await serveEmulator();
  const endpoint = {
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    baseUrl: emulator.url,
  };
  const client = new Redis(redis.port);
  try {
    const { username: account } = emulator.user;
    const session = createSession({
      endpoint: actOnEndpoint(endpoint),
      account,
      store: redisStore(client),
    });
    await session.authorize({ type: 'password', ...emulator.user });
    const task = JSON.stringify({
      endpoint,
      account,
      redisPort: redis.port,
      postgres,
      calls: 12,
      isLimited,
    });
    const workers = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--import', hook, worker, task]),
    );
    const said = (await Promise.all(workers)).flatMap(({ stdout }) => JSON.parse(stdout));
    const calls = emulator.ledger.entries.filter(({ route }) => route === 'api');
    const arrivals = calls.map(({ at }) => at);
    return { said, arrivals, refused: calls.filter(({ status }) => status === 429).length };
  } finally {
    client.disconnect();
    await emulator.close();
    await redis.stop();
  }
}

const perSecond = (arrivals: readonly number[]): number[] => {
  const seconds: number[] = [];
  for (const at of arrivals) {
    const second = Math.floor((at - (arrivals[0] ?? 0)) / 1_000);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return Array.from(seconds, (count = 0) => count);
};
const most = (arrivals: readonly number[]): number =>
  Math.max(
    ...arrivals.map((from) => arrivals.filter((at) => at >= from && at - from < 1_000).length),
  );

describe.skipIf(!isRedisThere)('four processes that call as fast as they may', () => {
  it('stay within five calls in any second, over one Redis, with no 429', async () => {
    const { said, arrivals, refused } = await race(null);
    console.log(
      `over Redis, calls in each second: ${perSecond(arrivals).join(' ')}; refused with 429: ${refused}`,
    );
    expect([refused, said]).toEqual([0, Array(48).fill(200)]);
    expect(most(arrivals)).toBeLessThanOrEqual(5);
  });

  it('are refused by Act-On where they share no limit', async () => {
    const { said, refused } = await race(null, false);
    console.log(`without a limit: ${refused} of ${said.length} calls refused with 429`);
    expect(refused).toBeGreaterThan(0);
    expect(said.filter((status) => status === 429)).toHaveLength(refused);
  });

  it.skipIf(bin === undefined)(
    'stay within five calls in any second, over one PostgreSQL, with no 429',
    async () => {
      const postgres = await startPostgres();
      const place = { host: '127.0.0.1', port: postgres.port, user: 'postgres' };
      try {
        const { Client } = await import('pg');
        await vi.waitFor(
          async () => {
            const client = new Client({ ...place, database: 'postgres' });
            client.on('error', () => {});
            await client.connect();
            // Before the race: all four would create it at once.
            await client.query(
              'CREATE TABLE IF NOT EXISTS calls (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)',
            );
            await client.end();
          },
          { timeout: 30_000, interval: 100 },
        );
        const { said, arrivals, refused } = await race(place);
        console.log(
          `over PostgreSQL, calls in each second: ${perSecond(arrivals).join(' ')}; refused with 429: ${refused}`,
        );
        expect([refused, said]).toEqual([0, Array(48).fill(200)]);
        expect(most(arrivals)).toBeLessThanOrEqual(5);
      } finally {
        postgres.stop();
      }
    },
  );
});
