import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshFolder, run, settingsFor, start } from '../support/command.ts';
import { age } from '../support/records.ts';

describe('act-on-token fetch', () => {
  let emulator: ServedEmulator;
  let env: Record<string, string>;
  beforeEach(async () => {
    emulator = await serveEmulator({ apiLimits: null });
    env = settingsFor(emulator, freshFolder());
  });
  afterEach(() => emulator.close());

  const counters = () => emulator.ledger.counters();

  it('prints what the API answers, and with -i its head too', async () => {
    const { exit, stdout, stderr } = await run(['fetch', '/api/1/account'], { env });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ login: emulator.user.username });
    const withHead = await run(['fetch', '-i', 'api/1/account'], { env });
    expect(withHead.stdout).toMatch(
      /^HTTP\/1\.1 200 OK\r\n(.+\r\n)*content-type: application\/json\r\n(.+\r\n)*\r\n\{/,
    );
    expect(withHead.stdout.endsWith(stdout)).toBe(true);
  });

  it('replaces a token that the API refuses, and sends the request once more, data included', async () => {
    await run(['token'], { env });
    await age(env, 600_000);
    emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    const { exit } = await run(
      ['fetch', '/api/1/list/l-0001/record', '-H', 'Content-Type: application/json', '-d', '-'],
      {
        env,
        input: '{"E-mail Address":"grace@example.com"}',
      },
    );
    expect(exit).toBe(0);
    expect(counters()).toMatchObject({
      apiCalls: 2,
      api401s: 1,
      grants: { refresh_token: { sent: 1 } },
    });
  });

  it('ends with 22 for an error of the API, and prints what it says', async () => {
    const { exit, stdout, stderr } = await run(['fetch', '/api/1/nothing'], { env });
    expect({ exit, stderr }).toEqual({
      exit: 22,
      stderr: 'act-on-token: Act-On answered 404 Not Found.\n',
    });
    expect(JSON.parse(stdout)).toMatchObject({ httpCode: '404' });
    expect(counters().apiCalls).toBe(1);
  });

  it('ends with 5 for a 429, and passes on how long to wait', async () => {
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 7 });
    const { exit, stderr } = await run(['fetch', '/api/1/list'], { env });
    expect({ exit, stderr }).toEqual({
      exit: 5,
      stderr: 'act-on-token: Act-On answered 429 Too Many Requests; Retry-After: 7.\n',
    });
  });

  it('ends with 6 if there is no answer, and sends nothing again', async () => {
    emulator.faults.arm({ route: 'api', kind: 'drop_after' });
    const { exit, stdout, stderr } = await run(['fetch', '-X', 'post', '/api/1/message/m-1/send'], {
      env,
    });
    expect({ exit, stdout, stderr }).toEqual({
      exit: 6,
      stdout: '',
      stderr: expect.stringMatching(/no answer.*it is unknown whether it did/),
    });
    expect(counters().apiCalls).toBe(1);
  });

  it('ends with 6 if the answer breaks off', async () => {
    emulator.faults.arm({ route: 'api', kind: 'truncate', cut: 'connection' });
    const { exit, stderr } = await run(['fetch', '/api/1/list'], { env });
    expect({ exit, stderr }).toEqual({
      exit: 6,
      stderr: expect.stringMatching(/The answer of Act-On broke off/),
    });
  });

  it('follows no redirect', async () => {
    emulator.faults.arm({
      route: 'api',
      kind: 'redirect',
      location: `${emulator.url}/api/1/account`,
    });
    expect(await run(['fetch', '-i', '/api/1/list'], { env })).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^HTTP\/1\.1 307 /),
    });
    expect(counters().apiCalls).toBe(1);
  });
});

describe('act-on-token fetch, before a server of ours', () => {
  let server: Server;
  let env: Record<string, string>;
  let api: (
    path: string,
    outgoing: ServerResponse,
    request: { method: string; type: string; body: Buffer },
  ) => void;
  beforeEach(async () => {
    server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const { url = '', method = '', headers } = incoming;
      if (url !== '/token')
        return api(url, outgoing, {
          method,
          type: headers['content-type'] ?? '',
          body: Buffer.concat(chunks),
        });
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(
        JSON.stringify({
          access_token: 'access',
          refresh_token: 'refresh',
          expires_in: 3600,
          token_type: 'Bearer',
        }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    env = {
      HOME: freshFolder(),
      ACT_ON_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ACT_ON_CLIENT_ID: 'client',
      ACT_ON_CLIENT_SECRET: 'secret',
      ACT_ON_USERNAME: 'ada@example.test',
      ACT_ON_PASSWORD: 'password',
    };
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('sends data as a form, as a file and from stdin, as it is told', async () => {
    const seen: unknown[] = [];
    api = (_, outgoing, { method, type, body }) => {
      seen.push([method, type, body.toString('latin1')]);
      outgoing.end();
    };
    const file = join(env.HOME ?? '', 'data');
    writeFileSync(file, Buffer.from([0, 255, 10]));
    await run(['fetch', 'x', '-d', 'a=b'], { env });
    await run(
      ['fetch', 'x', '-d', `@${file}`, '-X', 'PUT', '-H', 'content-type: application/octet-stream'],
      { env },
    );
    await run(['fetch', 'x', '--data=-', '-H', 'Content-Type:text/csv'], {
      env,
      input: Buffer.from([1, 254]),
    });
    const form = 'application/x-www-form-urlencoded';
    expect(seen).toEqual([
      ['POST', form, 'a=b'],
      ['PUT', 'application/octet-stream', '\u0000\u00ff\n'],
      ['POST', 'text/csv', '\u0001\u00fe'],
    ]);
  });

  it('streams: the beginning is there before the end', async () => {
    let end = (): void => {};
    api = (_, outgoing) => {
      outgoing.write('beginning\n');
      end = () => outgoing.end('end\n');
    };
    const running = start(['fetch', '/long'], { env });
    await running.until(/beginning/);
    end();
    expect(await running.ended).toEqual({ exit: 0, stdout: 'beginning\nend\n', stderr: '' });
  });

  it('stops with 141 when no one reads any more, and lets go of the server', async () => {
    const hungUp = vi.fn();
    api = (_, outgoing) => {
      const flow = (): void => {
        while (!outgoing.destroyed && outgoing.write('x'.repeat(65_536)));
      };
      outgoing.on('drain', flow).on('close', hungUp);
      flow();
    };
    const { child, ended } = start(['fetch', '/endless'], { env });
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ exit: 141, stderr: '' });
    await vi.waitFor(() => expect(hungUp).toHaveBeenCalled(), { timeout: 20_000 });
  });

  it('stops in the middle when it is interrupted', async () => {
    api = (_, outgoing) => void outgoing.write('beginning\n');
    const running = start(['fetch', '/long'], { env });
    await running.until(/beginning/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ exit: 'SIGTERM', stdout: 'beginning\n', stderr: '' });
  });
});
