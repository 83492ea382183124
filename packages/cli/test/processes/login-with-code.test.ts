import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { join } from 'node:path';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  freshFolder,
  type Running,
  run,
  settingsFor,
  start,
  withoutPassword,
} from '../support/command.ts';
import { freeRedirectUri } from '../support/redirects.ts';
import { hasTerminal, startInTerminal } from '../support/terminal.ts';

const elsewhere = 'https://elsewhere.example/callback';
let redirectUri: string;
let emulator: ServedEmulator;
let env: Record<string, string>;
let login: string[];
beforeEach(async () => {
  redirectUri = await freeRedirectUri();
  emulator = await serveEmulator({ redirectUris: [redirectUri, elsewhere], pkce: 'enforce' });
  emulator.configure({ autoConsent: emulator.user.username });
  env = withoutPassword(settingsFor(emulator, freshFolder()));
  login = ['login', '--redirect-uri', redirectUri];
});
afterEach(() => emulator.close());

const codes = () => emulator.ledger.counters().grants.authorization_code;

/** The address to open, as it stands on the screen. */
async function addressIn(running: Running): Promise<string> {
  const [address] = await running.until(/http:\/\/\S+\/authorize\?\S+/);
  return address;
}

/** Where Act-On sends the browser back to. */
async function redirectOf(address: string): Promise<URL> {
  const answer = await fetch(address, { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

describe('act-on-token login in a browser', () => {
  it('listens for the redirect, shows the person a page, and lets token work', async () => {
    const running = start([...login, '--no-browser'], { env });
    const page = await fetch(await addressIn(running));
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/You are signed in to Act-On/);
    expect(await running.ended).toMatchObject({ exit: 0, stdout: '' });
    expect(await run(['token'], { env })).toMatchObject({ exit: 0 });
    expect(emulator.ledger.counters()).toMatchObject({
      secretsInUrl: 0,
      grants: { authorization_code: { sent: 1, granted: 1 } },
    });
  });

  it('shows a page that keeps nothing and runs nothing of others', async () => {
    const running = start([...login, '--no-browser'], { env });
    const { headers } = await fetch(await addressIn(running));
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'nonce-[\w-]+'; script-src 'nonce-[\w-]+'/,
    );
    expect((await running.ended).exit).toBe(0);
  });

  it.each(['127.0.0.1', '[::1]'])('listens on both addresses of localhost: %s', async (address) => {
    const port = new URL(redirectUri).port;
    const byName = `http://localhost:${port}/callback`;
    const named = await serveEmulator({ redirectUris: [byName] });
    named.configure({ autoConsent: named.user.username });
    const running = start(['login', '--no-browser', '--redirect-uri', byName], {
      env: withoutPassword(settingsFor(named, freshFolder())),
    });
    const redirect = await redirectOf(await addressIn(running));
    const { pathname, search } = redirect;
    const status = await new Promise((resolve, reject) => {
      const options = {
        host: address.replace(/[[\]]/g, ''),
        port,
        path: pathname + search,
        headers: { host: `localhost:${port}` },
      };
      get(options, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(200);
    expect((await running.ended).exit).toBe(0);
    await named.close();
  });

  it.each(['127.0.0.1', '::1', '::', '0.0.0.0'])(
    'refuses localhost where another program has one of its addresses: %s',
    async (address) => {
      const port = new URL(redirectUri).port;
      const other = createServer().listen({ port, host: address });
      await once(other, 'listening');
      const { exit, stderr } = await run(
        ['login', '--no-browser', '--redirect-uri', `http://localhost:${port}/callback`],
        { env },
      );
      expect({ exit, stderr }).toEqual({
        exit: 2,
        stderr: expect.stringContaining(
          `Nothing can listen at localhost:${port} (EADDRINUSE). End what listens there`,
        ),
      });
      other.close();
      expect(codes().sent).toBe(0);
    },
  );

  it('refuses a redirect URI that names no port', async () => {
    const { exit, stderr } = await run(
      ['login', '--no-browser', '--redirect-uri', 'http://127.0.0.1:0/callback'],
      { env },
    );
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringContaining('--redirect-uri must name its port'),
    });
  });

  it('turns away whatever does not answer it, and goes on waiting', async () => {
    const running = start([...login, '--no-browser'], { env });
    const redirect = await redirectOf(await addressIn(running));
    const strange = new URL(redirect);
    strange.searchParams.set('state', 'another-state-of-32-characters');
    const twice = `${redirect}&state=another`;
    const statuses = [];
    for (const [url, method] of [
      [strange.href],
      [twice],
      [`${redirectUri}?code=x`],
      [new URL('/favicon.ico', redirect).href],
      [redirect.href, 'POST'],
    ])
      statuses.push((await fetch(url ?? '', { method: method ?? 'GET' })).status);
    expect(statuses).toEqual([400, 400, 400, 404, 404]);
    expect(codes().sent).toBe(0);
    expect((await fetch(redirect)).status).toBe(200);
    expect((await running.ended).exit).toBe(0);
  });

  it('sends a code once, however often the page is loaded', async () => {
    const running = start([...login, '--no-browser'], { env });
    const redirect = await redirectOf(await addressIn(running));
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const first = fetch(redirect);
    await hold.reached();
    expect((await fetch(redirect)).status).toBe(409);
    hold.release();
    expect((await first).status).toBe(200);
    expect(await running.ended).toMatchObject({ exit: 0 });
    expect(codes()).toEqual({ sent: 1, granted: 1 });
  });

  it('ends with 4 if the person says no', async () => {
    const running = start([...login, '--no-browser'], { env });
    const state = new URL(await addressIn(running)).searchParams.get('state');
    const page = await fetch(
      `${redirectUri}?error=access_denied&error_description=The+user+said+No.&state=${state}`,
    );
    expect(await page.text()).toMatch(/The sign-in did not work/);
    expect(await running.ended).toMatchObject({
      exit: 4,
      stdout: '',
      stderr: expect.stringMatching(/Act-On says "access_denied": "The user said No\."/),
    });
    expect(codes().sent).toBe(0);
  });

  it('ends with 4 if Act-On refuses the code, and tells the browser', async () => {
    const running = start([...login, '--no-browser'], { env });
    const redirect = await redirectOf(await addressIn(running));
    redirect.searchParams.set('code', 'a-code-that-is-none');
    expect((await fetch(redirect)).status).toBe(400);
    expect(await running.ended).toMatchObject({
      exit: 4,
      stderr: expect.stringMatching(/refused/),
    });
  });

  it('ends with 3 if no one comes back in time', async () => {
    const { exit, stderr } = await run([...login, '--no-browser', '--timeout', '1'], { env });
    expect({ exit, stderr }).toEqual({
      exit: 3,
      stderr: expect.stringMatching(/No answer came back from Act-On within 1 seconds/),
    });
  });

  it('stops waiting when it is interrupted', async () => {
    const running = start([...login, '--no-browser'], { env });
    await addressIn(running);
    running.child.kill('SIGTERM');
    expect((await running.ended).exit).toBe('SIGTERM');
  });
});

/** Follows the address as a browser does, and writes down what it saw and what it was told. */
const fakeBrowser = `const [seen, address] = process.argv.slice(2);
const keep = (page) => require('node:fs').writeFileSync(seen, JSON.stringify({ page, argv: process.argv, env: process.env }));
fetch(address).then((answer) => answer.text()).then(keep);
`;

describe.skipIf(!hasTerminal)('act-on-token login in a terminal', () => {
  it('opens the browser of a desktop, which learns no secret', async () => {
    const folder = freshFolder();
    const [seen, browser, xdgOpen] = [
      join(folder, 'seen.json'),
      join(folder, 'browser.cjs'),
      join(folder, 'xdg-open'),
    ];
    writeFileSync(browser, fakeBrowser);
    writeFileSync(xdgOpen, `#!/bin/sh\nexec "${process.execPath}" "${browser}" "${seen}" "$@"\n`, {
      mode: 0o755,
    });
    const terminal = startInTerminal(login, {
      ...env,
      DISPLAY: ':0',
      PATH: `${folder}:${process.env.PATH}`,
    });
    const { exit, stdout } = await terminal.ended;
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: expect.stringMatching(/is signed in\./) });
    const { page, ...known } = await vi.waitFor(() => JSON.parse(readFileSync(seen, 'utf8')), {
      timeout: 20_000,
    });
    expect(page).toMatch(/You are signed in/);
    expect(JSON.stringify(known)).not.toContain(emulator.client.secret);
    expect(Object.keys(known.env).filter((name) => name.startsWith('ACT_ON_'))).toEqual([]);
  });

  it('takes the address that a browser elsewhere ended at, and does not show it', async () => {
    const terminal = startInTerminal(['login', '--no-browser', '--redirect-uri', elsewhere], env);
    const asks = 'paste the address it ended at \\(not shown\\): ';
    const redirect = await redirectOf(await addressIn(terminal));
    await terminal.until(new RegExp(asks));
    terminal.type('https://elsewhere.example/callback?code=abc&state=wrong\n');
    await terminal.until(new RegExp(`not the one that was sent[\\s\\S]*${asks}`));
    terminal.type(`${redirect}\n`);
    const { exit, stdout } = await terminal.ended;
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: expect.stringMatching(/is signed in\./) });
    expect(stdout).not.toContain(redirect.searchParams.get('code'));
    expect(codes()).toEqual({ sent: 1, granted: 1 });
  });

  it('gives the terminal back when the browser was quicker', async () => {
    const terminal = startInTerminal([...login, '--no-browser'], env);
    await terminal.until(/not shown\): /);
    await fetch(await addressIn(terminal));
    expect(await terminal.ended).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/is signed in\./),
    });
  });
});
