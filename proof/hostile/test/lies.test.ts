import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { type Lie, listen, pass } from '../lies/lying-server.ts';
import { scene, tells } from '../lies/scene.ts';

const html = { 'content-type': 'text/html; charset=utf-8' };
const json = { 'content-type': 'application/json' };
const page =
  '<!doctype html><title>Sign in to the hotel</title><form action="/login" method="post"></form>';
const answers =
  (status: number, headers: Record<string, string>, body: string): Lie =>
  (response) =>
    response.writeHead(status, headers).end(body);

const connect = (status: number, message: string, more = ''): Lie =>
  answers(
    status,
    { ...json, 'x-global-transaction-id': '7' },
    JSON.stringify({ httpCode: String(status), httpMessage: message, moreInformation: more }),
  );
const wso2 = (status: number, code: number, message: string): Lie =>
  answers(status, json, JSON.stringify({ fault: { code, message, description: `${message}.` } }));
const wso2Xml =
  '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>101503</am:code><am:message>Error connecting to the back end</am:message></am:fault>';

const unknown = {
  code: 'outcome_unknown',
  snapshot: { status: 'expired', reason: 'lapsed' },
  unanswered: 1,
} as const;
const refused = {
  code: 'client_rejected',
  snapshot: { status: 'expired', reason: 'lapsed' },
  unanswered: 0,
} as const;

describe('a refresh that meets what looks like success', () => {
  it.each(['text/html', 'text/plain; charset=iso-8859-1', 'application/octet-stream'])(
    'keeps a good pair under %s',
    async (type) => {
      const act = await scene();
      act.lie(async (response, tellTruth) =>
        pass(await tellTruth(), response, { 'content-type': type }),
      );
      const token = await act.ask();
      expect(token).toBe((await act.record()).pair?.accessToken);
      expect(act.session.getSnapshot()).toMatchObject({ status: 'authorized', error: null });
      expect(act.asked).toBe(2);
    },
  );

  it.each<[string, Lie]>([
    ['a page with status 200', answers(200, html, page)],
    ['a captive portal that asks for a login with status 511', answers(511, html, page)],
    ['an empty answer', answers(200, json, '')],
    ['a health check', answers(200, json, '{"status":"ok"}')],
  ])('keeps its token when it meets %s', async (_, lie) => {
    const act = await scene();
    act.lie(lie);
    await tells(act, act.ask, unknown);
  });
});

describe('a refresh that meets a gateway', () => {
  it.each<[string, Lie, typeof unknown | typeof refused]>([
    ['API Connect: 401', connect(401, 'Unauthorized', 'Client id not registered.'), refused],
    ['API Connect: 404', connect(404, 'Not Found', 'No resources match requested URI'), refused],
    ['API Connect: 500', connect(500, 'Internal Server Error', 'URL Open error'), unknown],
    ['API Connect: 503', connect(503, 'Service Unavailable'), unknown],
    ['WSO2: 900901', wso2(401, 900901, 'Invalid Credentials'), refused],
    ['WSO2: 900908', wso2(403, 900908, 'Resource forbidden'), refused],
    ['WSO2: 900900', wso2(500, 900900, 'Unclassified Authentication Failure'), unknown],
    ['WSO2 in XML', answers(500, { 'content-type': 'application/xml' }, wso2Xml), unknown],
    [
      'envoy',
      answers(
        503,
        { 'content-type': 'text/plain' },
        'upstream connect error or disconnect/reset before headers',
      ),
      unknown,
    ],
  ])('says so and keeps its token: %s', async (_, lie, told) => {
    const act = await scene();
    act.lie(lie);
    await tells(act, act.ask, told);
  });

  it.each<[string, Lie]>([
    ['API Connect', connect(429, 'Too Many Requests', 'Rate Limit exceeded')],
    ['WSO2', wso2(429, 900800, 'Message throttled out')],
  ])('that asks for a pause sends one request, however many ask: %s', async (_, lie) => {
    const act = await scene();
    act.lie(lie);
    const before = act.asked;
    const others = Array.from({ length: 20 }, () => act.another());
    const storm = others.flatMap((other) => [other.getAccessToken(), other.getAccessToken()]);
    const results = await Promise.allSettled(storm);
    expect(
      new Set(
        results.map((result) => (result.status === 'rejected' ? result.reason.code : 'served')),
      ),
    ).toEqual(new Set(['rate_limited']));
    expect(act.asked - before).toBe(1);
    expect((await act.record()).blocked.refresh).toBeGreaterThan(act.clock.now());
    act.lie(null);
    act.skip(60_001);
    const served = await Promise.all(others.map((other) => other.getAccessToken()));
    expect([new Set(served).size, act.asked - before]).toEqual([1, 2]);
  });
});

describe('a refresh that is redirected', () => {
  it.each([301, 302, 303, 307, 308])('with %i takes its secret nowhere', async (status) => {
    const received: string[] = [];
    const elsewhere = await listen((request, response) => {
      received.push(request.url ?? '');
      response.end(page);
    });
    const act = await scene();
    for (const location of [`${elsewhere}/token`, '/login', `${elsewhere}/portal?next=token`]) {
      act.lie(answers(status, { location }, ''));
      const before = act.asked;
      const reason = await act.ask();
      expect(reason).toMatchObject({
        code: 'outcome_unknown',
        message: expect.stringContaining(`HTTP ${status}`),
      });
      expect(act.asked - before).toBeGreaterThan(0);
      act.skip(600_001);
    }
    await tells(act, act.ask, unknown);
    expect(received).toEqual([]);
  });
});

describe('a refresh whose answer never ends', () => {
  /** Answers that the client cut off. */
  const watched = (lie: Lie): { lie: Lie; cut: () => number } => {
    let cut = 0;
    const watch: Lie = (response, tellTruth) => {
      response.once('close', () => {
        if (!response.writableFinished) cut += 1;
      });
      return lie(response, tellTruth);
    };
    return { lie: watch, cut: () => cut };
  };

  it('is given up at its deadline, though a byte comes now and then', async () => {
    const act = await scene();
    const { lie, cut } = watched((response) => {
      response.writeHead(200, json).write('{"access_token":');
      const drip = setInterval(() => response.write(' '), 50);
      response.once('close', () => clearInterval(drip));
    });
    act.lie(lie);
    await tells(act, act.askPatiently, { code: 'outcome_unknown', unanswered: 1 });
    await vi.waitFor(() => expect(cut()).toBeGreaterThan(0), { timeout: 30_000 });
  });

  it('is read no further than a megabyte', async () => {
    const act = await scene();
    let written = 0;
    const pour = (response: ServerResponse): void => {
      while (!response.destroyed && response.write(' '.repeat(65_536))) written += 65_536;
      if (!response.destroyed) response.once('drain', () => pour(response));
    };
    const { lie, cut } = watched((response) => pour(response.writeHead(200, json)));
    act.lie(lie);
    const before = act.asked;
    await tells(act, act.ask, unknown);
    // The last request met the truth. How many a call sends before it gives up depends on the
    // jitter of its session: two or three.
    const met = act.asked - before - 1;
    await vi.waitFor(() => expect(cut()).toBe(met), { timeout: 30_000 });
    expect([met >= 1, met <= 3, written < 64 * 2 ** 20]).toEqual([true, true, true]);
  });

  it('is read no further than a megabyte of what is packed into it', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 2 ** 20, ' '));
    const act = await scene();
    act.lie((response) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb),
    );
    await tells(act, act.ask, unknown);
  });
});
