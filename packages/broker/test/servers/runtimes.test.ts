import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  isRedisThere,
  type RedisServer,
  startRedis,
} from '../../../redis/test/support/redis-server.ts';
import { type ActOn, redirectPath, startActOn } from '../support/act-on.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { type Front, startFront } from '../support/front.ts';
import { answerTo, httpHandler } from '../support/http-handler.ts';
import { type RuntimeName, type ServerProcess, startServer } from '../support/server-process.ts';
import type { ServerSetup } from '../support/server-program.ts';
import { ada, sessionSecret } from '../support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'act-on-token-broker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: readonly (readonly [RuntimeName, 'memory' | 'file' | 'redis'])[] = [
  ['Node', 'redis'],
  ['Deno', 'file'],
  ['Bun', 'memory'],
];

describe.each(servers)('a broker under %s with the %s store', (runtime, kind) => {
  let [front, actOn, server, redis, browser]: [
    Front,
    ActOn,
    ServerProcess,
    RedisServer | null,
    Browser,
  ] = [] as never;

  beforeEach(async ({ skip }) => {
    if (kind === 'redis' && !isRedisThere) skip();
    front = await startFront();
    [actOn, redis] = await Promise.all([
      startActOn(front.origin),
      kind === 'redis' ? startRedis() : null,
    ]);
    server = await startServer(runtime, setup(), join(folder, 'home'));
    front.ports = [server.port];
    browser = createBrowser(
      httpHandler(front.origin),
      (url) => actOn.emulator.fetch(url, { redirect: 'manual' }),
      front.origin,
    );
  });
  afterEach(async () => {
    await server?.stop();
    await Promise.all([front?.close(), actOn?.close(), redis?.stop()]);
  });

  function setup(): ServerSetup {
    const { id: clientId, secret: clientSecret } = actOn.emulator.client;
    const store =
      redis !== null
        ? { redisPort: redis.port }
        : kind === 'file'
          ? { directory: join(folder, runtime) }
          : 'memory';
    const options = {
      redirectUri: `${front.origin}${redirectPath}`,
      sessionSecret,
      session: { minRefreshInterval: 0 },
      maxBodySize: 8_000_000,
    };
    return { store, clientId, clientSecret, baseUrl: actOn.url, options };
  }

  it('signs in, proxies, refreshes, streams and signs out', async () => {
    expect(await browser.open('/auth/login?returnTo=/lists')).toMatchObject({
      url: `${front.origin}/lists`,
    });
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({
      active: true,
      account: { name: ada.username },
    });
    expect(JSON.parse((await browser.ask('/auth/api/api/1/account')).text)).toMatchObject({
      login: ada.username,
    });
    await refreshes();
    await uploadStreams();
    await downloadStreams();
    await stopsTooMuch();
    expect((await browser.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(401);
  }, 60_000);

  /** The token dies at Act-On: it is replaced, and a POST goes out once more with its body. */
  async function refreshes(): Promise<void> {
    for (const [token] of actOn.emulator.exportState().maps.accessTokens)
      actOn.emulator.revoke({ token: String(token) });
    const body = JSON.stringify({ 'E-mail Address': 'grace@example.test' });
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'key-number-1' };
    const sent = [];
    for (let i = 0; i < 2; i += 1)
      sent.push(
        await browser.ask('/auth/api/api/1/list/l-0001/record', { method: 'POST', body, headers }),
      );
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
    expect(sent[0]?.text).toBe(sent[1]?.text);
    expect(actOn.emulator.ledger.counters()).toMatchObject({
      api401s: 1,
      grants: { refresh_token: { sent: 1, granted: 1 } },
    });
  }

  /**
   * Straight to the server: what it does to a connection that it refuses to read on must not be
   * hidden.
   */
  const begin = (path: string, method: string, more: Record<string, string> = {}) => {
    const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    return request(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { cookie, 'x-act-on-broker': '1', origin: front.origin, ...more },
    });
  };

  /** The first part has arrived before the last one is sent. */
  async function uploadStreams(): Promise<void> {
    const upload = begin('/auth/api/api/1/test/upload', 'POST', { 'transfer-encoding': 'chunked' });
    upload.write(Buffer.alloc(1_000_000));
    await vi.waitFor(() => expect(actOn.uploaded).toBe(1_000_000), {
      timeout: 20_000,
      interval: 10,
    });
    upload.end(Buffer.alloc(2_000_000));
    const answer = await answerTo(upload);
    expect(JSON.parse((await answer.toArray()).join(''))).toEqual({ uploaded: 3_000_000 });
  }

  async function downloadStreams(): Promise<void> {
    const download = begin('/auth/api/api/1/test/download', 'GET');
    download.end();
    const answer = await answerTo(download);
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      text += chunk;
      if (text === 'first') actOn.finishDownload();
    }
    expect(text).toBe('firstlast');
  }

  /**
   * One that says how large it is is refused at once, one that does not when it has grown too
   * large.
   */
  async function stopsTooMuch(): Promise<void> {
    const told = begin('/auth/api/api/1/test/upload', 'POST', { 'content-length': '8000001' });
    told.flushHeaders();
    expect((await answerTo(told)).statusCode).toBe(413);
    told.destroy();
    const untold = begin('/auth/api/api/1/test/upload', 'POST', { 'transfer-encoding': 'chunked' });
    untold.on('error', () => {});
    const answer = answerTo(untold);
    untold.write(Buffer.alloc(4_000_000));
    untold.write(Buffer.alloc(4_000_000));
    untold.write(Buffer.alloc(1));
    expect((await answer).statusCode).toBe(413);
    untold.destroy();
  }
});
