import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { each, type HostileCase, hostile } from './case.ts';
import { issued, json, refreshMeets, salvaged, served, text, unknown } from './refreshes.ts';
import { stage } from './stage.ts';

const body = JSON.stringify(issued);
const no = /its body is not a token response/;
const broken = /its body broke off/;

function stream(next: (chunk: number) => Uint8Array | null): ReadableStream<Uint8Array> {
  let chunk = 0;
  return new ReadableStream({
    pull(controller) {
      const bytes = next(chunk++);
      if (bytes === null) controller.error(new TypeError('terminated'));
      else controller.enqueue(bytes);
    },
  });
}

const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const redirect = (status: number, location: string) => (): Response =>
  new Response(body, { status, headers: { location } });

/** 18–40: how a successful answer arrives, and what else is in it. */
export const answerBodies: readonly HostileCase[] = [
  hostile(18, 'UTF-16 or Latin-1', async () => {
    await refreshMeets(
      text(Buffer.from(body, 'utf16le'), {
        headers: { 'content-type': 'application/json; charset=utf-16le' },
      }),
      unknown(no),
    );
    await refreshMeets(text(Buffer.from(body.replace('{', '{"note":"é",'), 'latin1')), served());
  }),
  hostile(19, 'JSON that is cut, the refresh token in sight', () =>
    refreshMeets(text(body.slice(0, -20)), unknown(no)),
  ),
  hostile(20, 'gzip that is cut, or that nobody announced', async () => {
    await refreshMeets(text(gzipSync(body)), unknown(no));
    await refreshMeets(
      text(() => stream((chunk) => (chunk === 0 ? gzipSync(body).subarray(0, 30) : null))),
      unknown(broken),
    );
  }),
  hostile(21, 'a connection that breaks within the body', () =>
    refreshMeets(
      text(() => stream((chunk) => (chunk === 0 ? bytes(body.slice(0, 60)) : null))),
      unknown(broken),
    ),
  ),
  hostile(22, 'no body', async () => {
    await each([204, 205], (status) => refreshMeets(text(null, { status }), unknown(no)));
    await each(['', ' ', '\n'], (nothing) => refreshMeets(text(nothing), unknown(no)));
  }),
  hostile(23, '202, accepted for later', () =>
    refreshMeets(json({ status: 'pending' }, { status: 202 }), unknown(/HTTP 202/)),
  ),
  hostile(24, '206 with a part, or 304', async () => {
    await refreshMeets(text(body.slice(0, 70), { status: 206 }), unknown(/HTTP 206/));
    await refreshMeets(text(null, { status: 304 }), unknown(/HTTP 304/));
  }),
  hostile(25, 'a redirect that turns a POST into a GET', () =>
    each([301, 302, 303], (status) =>
      refreshMeets(redirect(status, 'https://api.actonsoftware.com/login'), unknown(/HTTP 30\d/)),
    ),
  ),
  hostile(26, 'a redirect that would take the secret elsewhere', () =>
    each([307, 308], (status) =>
      refreshMeets(redirect(status, 'https://elsewhere.example/token'), unknown(/HTTP 30\d/)),
    ),
  ),
  hostile(27, 'a body without end, or drop by drop', async () => {
    const quarter = new Uint8Array(262_144).fill(0x20);
    let chunks = 0;
    await refreshMeets(
      () => {
        chunks = 0;
        return new Response(
          stream((chunk) => {
            chunks = chunk;
            return quarter;
          }),
        );
      },
      unknown(/its body is longer than 1 MiB/),
    );
    expect(chunks).toBeLessThan(9);
    const stopped = (): ReadableStream<Uint8Array> =>
      new ReadableStream({ start: (controller) => controller.enqueue(bytes(' ')) });
    await refreshMeets(text(stopped), unknown(/no answer within 25000 ms/));
  }),
  hostile(28, 'a member twice: the last one counts', () =>
    refreshMeets(text(`{"access_token":"a","refresh_token":"b",${body.slice(1)}`), served()),
  ),
  hostile(29, 'members that reach for prototypes', async () => {
    const trick =
      '"__proto__":{"access_token":"evil","refresh_token":"evil"},"constructor":{"prototype":{"access_token":"evil"}}';
    await refreshMeets(text(`{${trick},${body.slice(1)}`), served());
    await refreshMeets(text(`{${trick}}`), unknown(no));
    expect(Object.hasOwn(Object.prototype, 'access_token')).toBe(false);
  }),
  hostile(30, '100,000 lists in each other', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    await refreshMeets(text(deep), unknown(no));
    await refreshMeets(text(`{"deep":${deep},${body.slice(1)}`), served());
  }),
  hostile(31, 'a list, a text, a number or null', () =>
    each([[issued], 'pair', 3600, null, true], (value) => refreshMeets(json(value), unknown(no))),
  ),
  hostile(32, 'an access token that no header takes', () =>
    each(['one\r\ntwo', 'one\0two', 'one two', 'accéss', 'one\ud800'], (token) =>
      refreshMeets(json({ ...issued, access_token: `${token}-canary` }), salvaged),
    ),
  ),
  hostile(33, 'an access token of 16 kB, or of 100 kB', async () => {
    const long = 'x'.repeat(16_384);
    await refreshMeets(json({ ...issued, access_token: long }), { ...served(), accessToken: long });
    await refreshMeets(json({ ...issued, access_token: 'x'.repeat(102_400) }), salvaged);
  }),
  hostile(34, 'an access token with blanks or line breaks around it', () =>
    each(['access-canary\n', '\naccess-canary', ' access-canary', 'access-canary '], (token) =>
      refreshMeets(json({ ...issued, access_token: token }), salvaged),
    ),
  ),
  hostile(35, 'a refusal with status 200', () =>
    refreshMeets(json({ error: 'invalid_grant' }), {
      code: 'session_expired',
      says: /HTTP 200, "invalid_grant"/,
      refreshToken: 'old',
      heals: false,
    }),
  ),
  hostile(36, 'a pair and an error beside it', () =>
    refreshMeets(json({ ...issued, error: 'invalid_grant', error_description: 'No.' }), served()),
  ),
  hostile(37, 'a scope that is a list, missing or another one', () =>
    each([['PRODUCTION'], undefined, 'something else', 7, ''], (scope) =>
      refreshMeets(json({ ...issued, scope }), served()),
    ),
  ),
  hostile(38, 'members that nobody knows', async () => {
    const act = await stage();
    act.meet(
      json({ ...issued, id_token: 'id-token-canary', nested: { refresh_token: 'another' } }),
    );
    expect(await act.outcome(act.user.getAccessToken())).toBe(issued.access_token);
    expect(await act.raw()).not.toMatch(/id-token-canary|nested/);
  }),
  hostile(39, "the server's date hours away", () =>
    each(['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 2027 23:59:59 GMT', 'no date'], (date) =>
      refreshMeets(json(issued, { headers: { date } }), served({ livesFor: 3_600 })),
    ),
  ),
  hostile(40, 'a pair that comes after it was given up on', async () => {
    const act = await stage();
    let arrive = (_: Response): void => {};
    act.meet(() => new Promise((resolve) => (arrive = resolve)));
    const waiting = act.user.getAccessToken();
    await act.clock.advance(11_000);
    expect((await act.record()).pair).toMatchObject({ unanswered: 1 });
    arrive(Response.json(issued));
    expect(await act.outcome(waiting)).toBe(issued.access_token);
    expect((await act.record()).pair).toMatchObject({
      refreshToken: issued.refresh_token,
      unanswered: 0,
    });
    expect(act.met).toBe(1);
  }),
];
