import { each, type HostileCase, hostile } from './case.ts';
import { issued, json, refreshMeets, salvaged, served, text, unknown } from './refreshes.ts';

const without = (...names: string[]): object =>
  Object.fromEntries(Object.entries(issued).filter(([name]) => !names.includes(name)));
const no = /HTTP 200, its body is not a token response/;
const notTokens = ['', 7, {}, ['access-new-canary'], null];

/** 1–17: what a successful answer says about tokens and their lives. */
export const issuedTokens: readonly HostileCase[] = [
  hostile(1, 'no access token, but a refresh token', () =>
    refreshMeets(json(without('access_token')), salvaged),
  ),
  hostile(2, 'no refresh token', () =>
    refreshMeets(json(without('refresh_token')), {
      refreshToken: 'old',
      pair: { accessToken: issued.access_token, unanswered: 0, rotates: false },
    }),
  ),
  hostile(3, 'neither token', () =>
    each([{}, { token_type: 'Bearer' }], (body) => refreshMeets(json(body), unknown(no))),
  ),
  hostile(4, 'an access token that is empty, a number, an object, a list or null', () =>
    each(notTokens, (token) => refreshMeets(json({ ...issued, access_token: token }), salvaged)),
  ),
  hostile(5, 'the refresh token that was sent, once more', () =>
    refreshMeets(
      async (request) =>
        Response.json({
          ...issued,
          refresh_token: new URLSearchParams(await request.text()).get('refresh_token'),
        }),
      {
        refreshToken: 'old',
        pair: { accessToken: issued.access_token, unanswered: 0 },
      },
    ),
  ),
  hostile(6, 'both tokens the same text', () =>
    refreshMeets(json({ ...issued, access_token: issued.refresh_token }), {
      ...served(),
      accessToken: issued.refresh_token,
    }),
  ),
  hostile(7, 'expires_in as text', () =>
    refreshMeets(json({ ...issued, expires_in: '1800' }), served({ livesFor: 1_800 })),
  ),
  hostile(8, 'no expires_in', () =>
    refreshMeets(json(without('expires_in')), served({ livesFor: 3_600 })),
  ),
  hostile(9, 'expires_in of zero or less', () =>
    each([0, -1, '-3600'], (seconds) =>
      refreshMeets(json({ ...issued, expires_in: seconds }), served({ livesFor: 300 })),
    ),
  ),
  hostile(10, 'expires_in that is no whole number', async () => {
    const odd: [unknown, number][] = [
      ['NaN', 300],
      ['abc', 300],
      ['1e3', 1_000],
      [3599.5, 3_599.5],
      [true, 300],
      [null, 300],
      ['', 300],
    ];
    await each(odd, ([seconds, livesFor]) =>
      refreshMeets(json({ ...issued, expires_in: seconds }), served({ livesFor })),
    );
  }),
  hostile(11, 'expires_in of millions of years', async () => {
    await each([1e15, 2 ** 53, 1e308, '9'.repeat(40)], (seconds) =>
      refreshMeets(json({ ...issued, expires_in: seconds }), served({ livesFor: 3_600 })),
    );
    await refreshMeets(
      text(JSON.stringify(issued).replace('3600', '1e999')),
      served({ livesFor: 300 }),
    );
    await refreshMeets(json({ ...issued, expires_in: 'Infinity' }), served({ livesFor: 300 }));
  }),
  hostile(12, 'expires_in in milliseconds', () =>
    refreshMeets(json({ ...issued, expires_in: 3_600_000 }), served({ livesFor: 3_600 })),
  ),
  hostile(13, 'token_type in other letters', () =>
    each(['bearer', 'BEARER', 'bEaReR'], (type) =>
      refreshMeets(json({ ...issued, token_type: type }), served()),
    ),
  ),
  hostile(14, 'a token that is no bearer token, or of no type', async () => {
    await each(['mac', 'DPoP', 'N_A'], (type) =>
      refreshMeets(json({ ...issued, token_type: type }), salvaged),
    );
    await refreshMeets(json(without('token_type')), served());
  }),
  hostile(15, 'a page with status 200', () =>
    each(
      ['<!doctype html><title>Sign in</title>', '<html><body>Down for maintenance</body></html>'],
      (page) => refreshMeets(text(page, { headers: { 'content-type': 'text/html' } }), unknown(no)),
    ),
  ),
  hostile(16, 'a pair under another content type', () =>
    each(
      ['text/plain', 'text/html; charset=utf-8', 'application/octet-stream', 'image/png'],
      (type) => refreshMeets(json(issued, { headers: { 'content-type': type } }), served()),
    ),
  ),
  hostile(17, 'a byte order mark in front', () =>
    refreshMeets(text(`\uFEFF${JSON.stringify(issued)}`), served()),
  ),
];
