import { actOnKy } from '@act-on-token/ky';
import { expect, vi } from 'vitest';
import { encodeRecord } from '../../../packages/core/src/record.ts';
import { each, type HostileCase, hostile } from './case.ts';
import { json, refreshMeets, text, unknown, unspent } from './refreshes.ts';
import { expectRefusal, reasonOf } from './refusal.ts';
import { type Answer, stage } from './stage.ts';

const dead = { code: 'session_expired', refreshToken: 'old', heals: false } as const;
const wrongClient = (says: RegExp) => unspent('client_rejected', says);
const slow = (says = /is rate limiting this client/) => unspent('rate_limited', says);
const description = 'Unknown or invalid refresh token.';
const html = '<!doctype html><title>Request blocked</title>';
const connect = (status: number, message: string, information = ''): object => ({
  httpCode: String(status),
  httpMessage: message,
  moreInformation: information,
});
const wso2 = (code: number, message: string, text = ''): object => ({
  fault: { code, message, description: text },
});

/** A fetch that fails as Node's does. */
const failing = (code: string, syscall?: string): Answer => {
  return () => Promise.reject(new TypeError('fetch failed canary', { cause: { code, syscall } }));
};

/** A 429 says that nothing was spent; a 5xx leaves that open. */
async function waits(
  header: string | null,
  least: number,
  most = least,
  status = 429,
): Promise<void> {
  const act = await stage();
  act.meet(
    () => new Response('{}', { status, headers: header === null ? {} : { 'retry-after': header } }),
  );
  const { retryAt } = expectRefusal(
    await act.outcome(act.user.getAccessToken()),
    'rate_limited',
    /is rate limiting this client/,
  );
  const wait = (retryAt ?? 0) - act.clock.now();
  expect([wait >= least, wait <= most]).toEqual([true, true]);
  expect((await act.record()).pair?.unanswered).toBe(status === 429 ? 0 : 1);
  await act.heals(retryAt);
}

/**
 * A person signs in although somebody is signed in, and the grant meets this answer. Returns the
 * error, and the stage after it.
 */
async function grantMeets(answer: Answer | null, password = 'wrong-password-canary') {
  const act = await stage();
  const before = await act.record();
  act.meet(answer);
  const reason = await act.outcome(
    reasonOf(() =>
      act.user.authorize({ type: 'password', username: act.emulator.user.username, password }),
    ),
  );
  const after = await act.record();
  expect(after.pair?.refreshToken).toBe(before.pair?.refreshToken);
  return { act, before, after, reason };
}

/** 41–60: refusals, gateways and networks. */
export const refusals: readonly HostileCase[] = [
  hostile(41, 'a refresh token that is unknown or spent', async () => {
    const answer = json(
      { error: 'invalid_grant', error_description: description },
      { status: 403 },
    );
    await refreshMeets(answer, { ...dead, says: /Unknown or invalid refresh token/ });
    const act = await stage();
    const before = await act.record();
    act.meet(async (request) => {
      const pair = {
        ...before.pair,
        accessToken: 'theirs',
        refreshToken: 'their-refresh',
        issuedAt: act.clock.now(),
        expiresAt: act.clock.now() + 3_600_000,
        unanswered: 0,
      };
      await act.put(encodeRecord({ ...before, generation: before.generation + 1, pair }));
      return answer(request);
    });
    expect(await act.outcome(act.user.getAccessToken())).toBe('theirs');
    expect((await act.record()).pair?.refreshToken).toBe('their-refresh');
  }),
  hostile(42, 'a wrong password', async () => {
    const { act, before, after, reason } = await grantMeets(null);
    expectRefusal(reason, 'grant_rejected', /Wrong email or password/);
    expect(after).toMatchObject({ refused: expect.stringMatching(/^[0-9a-f]{64}$/), ended: null });
    expect(after.grants).toHaveLength(before.grants.length + 1);
    await act.outcome(act.user.getAccessToken());
    expect(act.user.getSnapshot().status).toBe('authorized');
  }),
  hostile(43, 'invalid_grant with the status of RFC 6749', async () => {
    await refreshMeets(json({ error: 'invalid_grant' }, { status: 400 }), {
      ...dead,
      says: /HTTP 400, "invalid_grant"/,
    });
    const { reason } = await grantMeets(json({ error: 'invalid_grant' }, { status: 400 }));
    expectRefusal(reason, 'grant_rejected', /HTTP 400/);
  }),
  hostile(44, 'a client that is refused', async () => {
    await each(['access_denied', 'invalid_client'], (error) =>
      refreshMeets(
        json({ error, error_description: 'Unauthorized' }, { status: 401 }),
        wrongClient(/HTTP 401/),
      ),
    );
    const { reason, after, before } = await grantMeets(
      json({ error: 'access_denied' }, { status: 401 }),
    );
    expectRefusal(reason, 'client_rejected', /"access_denied"/);
    expect(after.grants).toEqual(before.grants);
  }),
  hostile(45, 'a request that the server does not take', () =>
    each(
      ['invalid_request', 'unsupported_grant_type', 'unauthorized_client', 'invalid_scope'],
      (error) => refreshMeets(json({ error }, { status: 400 }), wrongClient(new RegExp(error))),
    ),
  ),
  hostile(46, 'an error that is no text, unknown, or a novel with markup', async () => {
    await each([7, { code: 'x' }, ['invalid_grant'], ''], (error) =>
      refreshMeets(json({ error }, { status: 400 }), unknown(/HTTP 400/)),
    );
    await refreshMeets(
      json({ error: 'PUBLIC_API_FEATURE_NOT_ENABLED' }, { status: 403 }),
      wrongClient(/PUBLIC_API_FEATURE_NOT_ENABLED/),
    );
    const novel = `\u001b[31m${'<img src=x onerror=alert(1)>'.repeat(200)}`;
    await refreshMeets(
      json({ error: 'x', error_description: novel }, { status: 400 }),
      wrongClient(/^[\x20-\x7e…]{1,500}$/),
    );
  }),
  hostile(47, 'a refusal of IBM API Connect', async () => {
    await refreshMeets(
      json(connect(401, 'Unauthorized'), { status: 401 }),
      wrongClient(/HTTP 401/),
    );
    await refreshMeets(
      json(connect(404, 'Not Found', 'No resources match requested URI'), { status: 404 }),
      wrongClient(/No resources match/),
    );
    await refreshMeets(
      json(connect(429, 'Too Many Requests', 'Rate Limit exceeded'), { status: 429 }),
      slow(),
    );
    await refreshMeets(
      json(connect(500, 'Internal Server Error', 'URL Open error'), { status: 500 }),
      unknown(/URL Open error/),
    );
  }),
  hostile(48, 'a refusal of WSO2', async () => {
    await refreshMeets(
      json(wso2(900901, 'Invalid Credentials'), { status: 401 }),
      wrongClient(/HTTP 401/),
    );
    await refreshMeets(
      json(wso2(900908, 'Resource forbidden'), { status: 403 }),
      wrongClient(/HTTP 403/),
    );
    await refreshMeets(json(wso2(900800, 'Message throttled out'), { status: 429 }), slow());
    await refreshMeets(
      json(wso2(900900, 'Unclassified Authentication Failure'), { status: 500 }),
      unknown(/HTTP 500/),
    );
    const xml =
      '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>303001</am:code></am:fault>';
    await refreshMeets(
      text(xml, { status: 503, headers: { 'content-type': 'application/xml' } }),
      unknown(/HTTP 503/),
    );
  }),
  hostile(49, '403 with nothing or a page in it', () =>
    each(['', 'Forbidden', html], (body) =>
      refreshMeets(
        text(body, { status: 403, headers: { 'content-type': 'text/html' } }),
        unknown(/HTTP 403/),
      ),
    ),
  ),
  hostile(50, '429 with seconds to wait', () => waits('30', 30_000)),
  hostile(51, '429 with a date, or nonsense', async () => {
    await each(['Thu, 01 Jan 1970 00:00:00 GMT', '0'], (header) => waits(header, 1, 1_000));
    await each(['99999999', '1'.repeat(400), 'Fri, 31 Dec 2999 23:59:59 GMT'], (header) =>
      waits(header, 3_600_000),
    );
    await each(['-5', '1e9', 'soon', '30.5', '0x10', 'slot 7', '', '2030-01-01'], (header) =>
      waits(header, 60_000),
    );
  }),
  hostile(52, '429 that does not say when', async () => {
    await waits(null, 60_000);
    const { act, reason } = await grantMeets(json({}, { status: 429 }));
    const error = expectRefusal(reason, 'rate_limited', /is rate limiting this client/);
    expect((error.retryAt ?? 0) - act.clock.now()).toBe(720_000);
  }),
  hostile(53, 'a server or gateway that fails', () =>
    each([500, 502, 504], async (status) => {
      await refreshMeets(
        json({ message: 'oops' }, { status }),
        unknown(new RegExp(`HTTP ${status}`)),
      );
      await refreshMeets(text(html, { status }), unknown(new RegExp(`HTTP ${status}`)));
    }),
  ),
  hostile(54, '503 that says when to come back', async () => {
    await waits('5', 5_000, 5_000, 503);
    await waits('7200', 3_600_000, 3_600_000, 503);
    await waits('30', 30_000, 30_000, 500);
    await refreshMeets(
      text('', { status: 503, headers: { 'retry-after': 'soon' } }),
      unknown(/HTTP 503/),
    );
  }),
  hostile(55, 'a wrong address or method', () =>
    each([404, 405, 415], async (status) => {
      await refreshMeets(
        json(connect(status, 'No'), { status }),
        wrongClient(new RegExp(`HTTP ${status}`)),
      );
      await refreshMeets(text(html, { status }), unknown(new RegExp(`HTTP ${status}`)));
    }),
  ),
  hostile(56, '408, 421 or 425', () =>
    each([408, 421, 425], (status) =>
      refreshMeets(json({ error: 'timeout' }, { status }), unknown(new RegExp(`HTTP ${status}`))),
    ),
  ),
  hostile(57, 'no such host, nobody there, or a bad certificate', () =>
    each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'CERT_HAS_EXPIRED'], (code) =>
      refreshMeets(failing(code), unspent('not_sent', new RegExp(code))),
    ),
  ),
  hostile(58, 'a connection that is lost on the way', async () => {
    await refreshMeets(failing('ECONNRESET', 'read'), unknown(/connection failed \(ECONNRESET\)/));
    await refreshMeets(failing('UND_ERR_SOCKET'), unknown(/UND_ERR_SOCKET/));
    await refreshMeets(
      () => Promise.reject(new TypeError('Failed to fetch')),
      unknown(/the connection failed/),
    );
    const act = await stage();
    act.meet(failing('UND_ERR_SOCKET'));
    const answer = await act.outcome(actOnKy(act.user).get('api/1/list').json());
    expectRefusal(answer, 'outcome_unknown', /UND_ERR_SOCKET/);
  }),
  hostile(59, 'a device that knows that it is offline', async () => {
    const act = await stage();
    const before = await act.raw();
    vi.stubGlobal('navigator', { onLine: false });
    try {
      const { retryAt } = expectRefusal(
        await act.outcome(act.user.getAccessToken()),
        'not_sent',
        /this device says that it is offline/,
      );
      expect(await act.raw()).toBe(before);
      vi.stubGlobal('navigator', { onLine: true });
      await act.heals(retryAt);
    } finally {
      vi.unstubAllGlobals();
    }
  }),
  hostile(60, 'a captive portal', () =>
    refreshMeets(
      text('<html><form action="/login">Welcome to the hotel</form>', {
        headers: { 'content-type': 'text/html' },
      }),
      {
        ...unknown(/HTTP 200, its body is not a token response/),
      },
    ),
  ),
];
