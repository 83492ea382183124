import { isActOnTokenError, type Session } from '@act-on-token/core';
import type { ServedEmulator } from '@act-on-token/emulator';
import type { KyInstance } from 'ky';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActOnKyOptions } from '../src/index.ts';
import { eachKy, withKy } from './support/each-ky.ts';
import {
  caught,
  openStranger,
  openWorld,
  sessionOf,
  signedIn,
  type World,
} from './support/world.ts';

describe.each(eachKy)('actOnKy with $name, over real HTTP', ({ name, base, load }) => {
  let world: World;
  let emulator: ServedEmulator;
  let session: Session;
  let create: (options?: ActOnKyOptions) => KyInstance;
  let own: Awaited<ReturnType<typeof withKy>>;

  beforeEach(async () => {
    own = await withKy(load);
    world = await openWorld();
    ({ emulator, session } = world);
    create = (options) => own.actOnKy(session, options);
  });

  afterEach(async () => {
    await session.close();
    await world.close();
  });

  const counters = (): ReturnType<typeof emulator.ledger.counters> => emulator.ledger.counters();
  const rejectOnce = (): void => void emulator.faults.arm({ route: 'api', kind: 'unauthorized' });

  it('is tested with the ky that it says', () => {
    expect('NetworkError' in own.ky).toBe(name === 'ky 2');
  });

  it('reads JSON from a path of the API', async () => {
    expect(await create().get('api/1/list').json()).toMatchObject({ totalCount: 3 });
  });

  it('starts at the API with a prefix of its own, and takes whole URLs of the API', async () => {
    const api = create({ [base]: '/api/1' });
    expect(await api('account').json()).toMatchObject({ user_email: emulator.user.username });
    expect(await api(new URL('api/1/list', emulator.url)).json()).toMatchObject({ totalCount: 3 });
    expect(await create({ [base]: new URL('api/1/', emulator.url) })('list').json()).toMatchObject({
      totalCount: 3,
    });
  });

  it('does not leave the path of a gateway', async () => {
    const urls: string[] = [];
    const fetch: Session['fetch'] = async (input) => {
      urls.push(input instanceof Request ? input.url : String(input));
      return new Response();
    };
    const getAccessToken = async (): Promise<string> => 'access-1';
    const gateway = {
      ...session,
      getAccessToken,
      apiBase: new URL('https://gateway.example/act-on/'),
      fetch,
    };
    for (const prefix of ['', '/', 'api/1', '/api/1', '//api/1/'])
      await own.actOnKy(gateway, { [base]: prefix })('list');
    const start = 'https://gateway.example/act-on';
    expect(urls).toEqual([
      `${start}/list`,
      `${start}/list`,
      `${start}/api/1/list`,
      `${start}/api/1/list`,
      `${start}/api/1/list`,
    ]);
  });

  it('keeps what ky was asked for: headers, hooks, retries, extend', async () => {
    const told: string[] = [];
    const api = create({
      headers: { 'content-type': 'application/json' },
      hooks: {
        afterResponse: [() => void told.push('answered')],
        beforeRetry: [() => void told.push('again')],
      },
      retry: { limit: 1, delay: () => 0, shouldRetry: () => void told.push('asked') },
    });
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503 });
    const body = JSON.stringify({ 'E-mail Address': 'ada@example.test' });
    const record = await api
      .extend({ searchParams: { email: 'ada@example.test' } })
      .put('api/1/list/l-0001/record', { body });
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
    expect(counters()).toMatchObject({
      apiCalls: 2,
      api401s: 1,
      grants: { refresh_token: { sent: 1 } },
    });
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('hands over a second 401 as the error that ky has for it', async () => {
    emulator.faults.arm({ route: 'api', kind: 'unauthorized', times: Number.POSITIVE_INFINITY });
    const failure = await caught(create().get('api/1/list'));
    expect(own.ky.isHTTPError(failure) && failure.response.status).toBe(401);
    expect(counters()).toMatchObject({ apiCalls: 2, grants: { refresh_token: { sent: 1 } } });
  });

  it('sends a message once although its first try is refused, with all of its body', async () => {
    const list = 'api/1/list/l-0001/record';
    const bodies = [
      { json: { 'E-mail Address': 'a@example.test' } },
      { body: JSON.stringify({ 'E-mail Address': 'b@example.test' }) },
    ];
    for (const body of bodies) {
      rejectOnce();
      expect(await create().post(list, body).json()).toMatchObject({ status: 'success' });
    }
    rejectOnce();
    await create().post('api/1/message/m-1/send', { body: new URLSearchParams({ type: 'draft' }) });
    expect(counters()).toMatchObject({ sends: 1, api401s: 3 });
  });

  const streamOf = (value: object): ReadableStream => new Blob([JSON.stringify(value)]).stream();
  const headers = { 'content-type': 'application/json' };

  it('sends a stream, and hands over its 401: there is no copy to send', async () => {
    const send = (): Promise<Response> =>
      create().post('api/1/list/l-0001/record', {
        body: streamOf({ 'E-mail Address': 'c@example.test' }),
        headers,
      });
    expect(await (await send()).json()).toMatchObject({ status: 'success' });
    rejectOnce();
    expect(await caught(send())).toMatchObject({ response: { status: 401 } });
    expect(counters().apiCalls).toBe(2);
    // The next one has a new token.
    expect(await (await send()).json()).toMatchObject({ status: 'success' });
    expect(counters()).toMatchObject({ apiCalls: 3, grants: { refresh_token: { sent: 1 } } });
  });

  it('hands over the 401 of a stream that ky sent again after a 503', async () => {
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503 });
    rejectOnce();
    const body = streamOf({ 'E-mail Address': 'c@example.test' });
    const answer = create({ retry: { delay: () => 0 } }).put(
      'api/1/list/l-0001/record?email=c@example.test',
      { body, headers },
    );
    expect(await caught(answer)).toMatchObject({ response: { status: 401 } });
    expect(counters().apiCalls).toBe(2);
  });

  it('keeps to a rate', async () => {
    const api = create({ rateLimit: own.createRateLimit({ limit: 2, interval: 50 }) });
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => api.get('api/1/list').json()),
    );
    expect(answers).toEqual(Array(3).fill(expect.objectContaining({ totalCount: 3 })));
  });

  it('never sends a message again whose answer was lost, late or an error', async () => {
    const api = create({ timeout: 200, retry: { limit: 5, delay: () => 0, retryOnTimeout: true } });
    const send = (): Promise<unknown> => caught(api.post('api/1/message/m-1/send'));
    emulator.faults.arm({ route: 'api', kind: 'drop_after' });
    await send();
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503, when: 'after' });
    await send();
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold', when: 'after' });
    expect(own.ky.isTimeoutError(await send())).toBe(true);
    hold.release();
    await vi.waitFor(() => expect(counters().sends).toBe(3));
    expect(counters().apiCalls).toBe(3);
  });

  it('keeps the token from other origins, and ky from trying again', async () => {
    const other = await openStranger();
    const elsewhere = new URL(`${other.url}/api/1/list`);
    const told = vi.fn();
    const api = create({ hooks: { beforeRetry: [told] } });
    for (const options of [
      {},
      { retry: 3 },
      { retry: { shouldRetry: () => true, delay: () => 0 } },
    ]) {
      const failure = await caught(api.get(elsewhere, options));
      expect(isActOnTokenError(failure, 'configuration')).toBe(true);
    }
    expect(await caught(create({ [base]: elsewhere }).get('account'))).toMatchObject({
      code: 'configuration',
    });
    // A text is a path, whatever it looks like.
    expect(await caught(api.get(elsewhere.href))).toMatchObject({ response: { status: 404 } });
    expect(told).not.toHaveBeenCalled();
    expect(other.seen).toEqual([]);
    await other.close();
  });

  it('says that no one is signed in at once, without a retry', async () => {
    await session.signOut();
    const delay = vi.fn(() => 0);
    const failure = await caught(create({ retry: { delay } }).get('api/1/list'));
    expect(isActOnTokenError(failure, 'signed_out')).toBe(true);
    expect(delay).not.toHaveBeenCalled();
    expect(counters().apiCalls).toBe(0);
  });

  it('ends the wait for a token when the caller gives up, and lets the refresh go on', async () => {
    const hold = await untilRefreshHangs();
    const abort = new AbortController();
    const given = caught(create({ timeout: false }).get('api/1/list', { signal: abort.signal }));
    await hold.reached();
    abort.abort(new Error('the caller went away'));
    expect(await given).toMatchObject({ message: 'the caller went away' });
    hold.release();
    expect(await create().get('api/1/list').json()).toMatchObject({ totalCount: 3 });
    expect(counters().apiCalls).toBe(1);
  });

  it('does not count the wait for a token as time of the API', async () => {
    const hold = await untilRefreshHangs();
    const late = [{ timeout: 50 }, { timeout: 50, rateLimit: own.createRateLimit() }].map(
      (options) => create(options).get('api/1/list').json(),
    );
    await hold.reached();
    const slow = emulator.faults.arm({ route: 'api', kind: 'hold' });
    const elsewhere = caught(
      own.ky.default.get(new URL('api/1/list', emulator.url), { timeout: 50 }),
    );
    expect(own.ky.isTimeoutError(await elsewhere)).toBe(true);
    slow.release();
    hold.release();
    expect(await Promise.all(late)).toEqual([expect.anything(), expect.anything()]);
  });

  it('hands over the work of a refresh that goes on in the background, per instance or per call', async () => {
    await session.close();
    for (const perCall of [false, true]) {
      session = await signedIn(emulator, { refreshAhead: 36_000_000 });
      const works: Promise<unknown>[] = [];
      const waitUntil = { waitUntil: (work: Promise<unknown>) => works.push(work) };
      await create(perCall ? {} : waitUntil).get(
        'api/1/list',
        perCall ? (waitUntil as object) : {},
      );
      expect(works.length).toBeGreaterThan(0);
      await Promise.all(works);
      await session.close();
    }
  });

  /** The token has expired, and no answer comes before it is released. */
  async function untilRefreshHangs() {
    emulator.clock.advance(3_600_000);
    await session.close();
    session = sessionOf(emulator, { credentials: () => emulator.user });
    return emulator.faults.arm({ route: 'token', kind: 'hold', times: 2 });
  }

  it('ends a request under way when the caller gives up', async () => {
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold' });
    const abort = new AbortController();
    const given = caught(create().get('api/1/list', { signal: abort.signal }));
    await hold.reached();
    abort.abort();
    expect(await given).toMatchObject({ name: 'AbortError' });
    hold.release();
  });
});
