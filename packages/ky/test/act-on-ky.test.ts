import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { actOnEndpoint, createSession, isActOnTokenError, type Session } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import type { KyInstance } from 'ky';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActOnKyOptions } from '../src/index.ts';

type Ky = typeof import('ky');
const versions = [
  { name: 'ky 2', base: 'prefix', load: (): Promise<Ky> => vi.importActual('ky') },
  { name: 'ky 1', base: 'prefixUrl', load: (): Promise<Ky> => vi.importActual('ky-1') },
];

describe.each(versions)('actOnKy with $name, over real HTTP', ({ name, base, load }) => {
  let emulator: ServedEmulator;
  let session: Session;
  let create: (options?: ActOnKyOptions) => KyInstance;
  let ky: Ky;

  beforeEach(async () => {
    vi.resetModules();
    vi.doMock('ky', load);
    ky = await import('ky');
    const { actOnKy } = await import('../src/index.ts');
    emulator = await serveEmulator({ apiLimits: null });
    const { client, url, user } = emulator;
    const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, baseUrl: url });
    session = createSession({ endpoint, account: user.username, store: memoryStore(), minRefreshInterval: 0 });
    await session.authorize({ type: 'password', ...user });
    create = (options) => actOnKy(session, options);
  });

  afterEach(async () => {
    await session.close();
    await emulator.close();
  });

  const counters = (): ReturnType<typeof emulator.ledger.counters> => emulator.ledger.counters();
  const rejectOnce = (): void => void emulator.faults.arm({ route: 'api', kind: 'unauthorized' });

  it('is tested with the ky that it says', () => {
    expect('NetworkError' in ky).toBe(name === 'ky 2');
  });

  it('reads JSON from a path of the API', async () => {
    expect(await create().get('api/1/list').json()).toMatchObject({ totalCount: 3 });
  });

  it('starts at the API with a prefix of its own, and takes whole URLs of the API', async () => {
    const api = create({ [base]: '/api/1' });
    expect(await api('account').json()).toMatchObject({ user_email: emulator.user.username });
    expect(await api(new URL('api/1/list', emulator.url)).json()).toMatchObject({ totalCount: 3 });
    expect(await create({ [base]: new URL('api/1/', emulator.url) })('list').json()).toMatchObject({ totalCount: 3 });
  });

  it('does not leave the path of a gateway', async () => {
    const { actOnKy } = await import('../src/index.ts');
    const urls: string[] = [];
    const fetch: Session['fetch'] = async (input) => {
      urls.push(input instanceof Request ? input.url : String(input));
      return new Response();
    };
    const gateway = { ...session, apiBase: new URL('https://gateway.example/act-on/'), fetch };
    for (const prefix of ['', '/', 'api/1', '/api/1', '//api/1/']) await actOnKy(gateway, { [base]: prefix })('list');
    const start = 'https://gateway.example/act-on';
    expect(urls).toEqual([`${start}/list`, `${start}/list`, `${start}/api/1/list`, `${start}/api/1/list`, `${start}/api/1/list`]);
  });

  it('keeps what ky was asked for: headers, hooks, retries, extend', async () => {
    const told: string[] = [];
    const api = create({
      headers: { 'content-type': 'application/json' },
      hooks: { afterResponse: [() => void told.push('answered')], beforeRetry: [() => void told.push('again')] },
      retry: { limit: 1, delay: () => 0, shouldRetry: () => void told.push('asked') },
    });
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503 });
    const body = JSON.stringify({ 'E-mail Address': 'ada@example.test' });
    const record = await api.extend({ searchParams: { email: 'ada@example.test' } }).put('api/1/list/l-0001/record', { body });
    expect(await record.json()).toMatchObject({ status: 'success' });
    expect(told).toEqual(['answered', 'asked', 'again', 'answered']);
  });

  it('leaves to ky what ky retries', async () => {
    emulator.faults.arm({ route: 'api', kind: 'status', status: 502 });
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: '0' });
    emulator.faults.arm({ route: 'api', kind: 'drop_before' });
    const answer = create({ retry: { limit: 3, delay: () => 0 } }).get('api/1/list');
    expect(await answer.json()).toMatchObject({ totalCount: 3 });
    expect(counters().apiCalls).toBe(4);
  });

  it('answers a 401 with a new token and one more try, of which ky knows nothing', async () => {
    const told = vi.fn();
    const api = create({ hooks: { beforeRetry: [told], afterResponse: [told] } });
    rejectOnce();
    expect(await api.get('api/1/list').json()).toMatchObject({ totalCount: 3 });
    expect(counters()).toMatchObject({ apiCalls: 2, api401s: 1, grants: { refresh_token: { sent: 1 } } });
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('hands over a second 401 as the error that ky has for it', async () => {
    emulator.faults.arm({ route: 'api', kind: 'unauthorized', times: Number.POSITIVE_INFINITY });
    const failure = await caught(create().get('api/1/list'));
    expect(ky.isHTTPError(failure) && failure.response.status).toBe(401);
    expect(counters()).toMatchObject({ apiCalls: 2, grants: { refresh_token: { sent: 1 } } });
  });

  it('sends a message once although its first try is refused, with all of its body', async () => {
    const list = 'api/1/list/l-0001/record';
    const bodies = [{ json: { 'E-mail Address': 'a@example.test' } }, { body: JSON.stringify({ 'E-mail Address': 'b@example.test' }) }];
    for (const body of bodies) {
      rejectOnce();
      expect(await create().post(list, body).json()).toMatchObject({ status: 'success' });
    }
    rejectOnce();
    await create().post('api/1/message/m-1/send', { body: new URLSearchParams({ type: 'draft' }) });
    expect(counters()).toMatchObject({ sends: 1, api401s: 3 });
  });

  it('never sends a message again whose answer was lost, late or an error', async () => {
    const api = create({ timeout: 200, retry: { limit: 5, delay: () => 0, retryOnTimeout: true } });
    const send = (): Promise<unknown> => caught(api.post('api/1/message/m-1/send'));
    emulator.faults.arm({ route: 'api', kind: 'drop_after' });
    await send();
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503, when: 'after' });
    await send();
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold', when: 'after' });
    expect(ky.isTimeoutError(await send())).toBe(true);
    hold.release();
    await vi.waitFor(() => expect(counters().sends).toBe(3));
    expect(counters().apiCalls).toBe(3);
  });

  it('keeps the token from other origins, and ky from trying again', async () => {
    const other = createServer((_, response) => void response.end('{}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const asked = vi.fn();
    other.on('request', asked);
    const elsewhere = new URL(`http://127.0.0.1:${(other.address() as AddressInfo).port}/api/1/list`);
    const told = vi.fn();
    const api = create({ hooks: { beforeRetry: [told] } });
    for (const options of [{}, { retry: 3 }, { retry: { shouldRetry: () => true, delay: () => 0 } }]) {
      const failure = await caught(api.get(elsewhere, options));
      expect(isActOnTokenError(failure, 'configuration')).toBe(true);
    }
    expect(await caught(create({ [base]: elsewhere }).get('account'))).toMatchObject({ code: 'configuration' });
    // A text is a path, whatever it looks like.
    expect(await caught(api.get(elsewhere.href))).toMatchObject({ response: { status: 404 } });
    expect(told).not.toHaveBeenCalled();
    expect(asked).not.toHaveBeenCalled();
    await new Promise((resolve) => other.close(resolve));
  });

  it('says that nobody is signed in at once, without a retry', async () => {
    await session.signOut();
    const delay = vi.fn(() => 0);
    const failure = await caught(create({ retry: { delay } }).get('api/1/list'));
    expect(isActOnTokenError(failure, 'signed_out')).toBe(true);
    expect(delay).not.toHaveBeenCalled();
    expect(counters().apiCalls).toBe(0);
  });

  it('ends the wait for a token when the caller gives up or time is over, and lets the refresh go on', async () => {
    emulator.clock.advance(3_600_000);
    await session.close();
    session = await anotherSession();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', times: 2 });
    const abort = new AbortController();
    const given = caught(create({ timeout: false }).get('api/1/list', { signal: abort.signal }));
    const late = caught(create({ timeout: 50 }).get('api/1/list'));
    await hold.reached();
    abort.abort(new Error('the caller went away'));
    expect(await given).toMatchObject({ message: 'the caller went away' });
    expect(ky.isTimeoutError(await late)).toBe(true);
    hold.release();
    expect(await create().get('api/1/list').json()).toMatchObject({ totalCount: 3 });
    expect(counters().apiCalls).toBe(1);
  });

  it('ends a request under way when the caller gives up', async () => {
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold' });
    const abort = new AbortController();
    const given = caught(create().get('api/1/list', { signal: abort.signal }));
    await hold.reached();
    abort.abort();
    expect(await given).toMatchObject({ name: 'AbortError' });
    hold.release();
  });

  async function anotherSession(): Promise<Session> {
    const { client, url, user } = emulator;
    const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, baseUrl: url });
    return createSession({ endpoint, account: user.username, store: memoryStore(), credentials: () => user });
  }
});

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
}
