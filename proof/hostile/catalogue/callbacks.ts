import { type ExpectedCallback, readCallback } from '@act-on-token/core';
import { expect } from 'vitest';
import { appOrigin } from '../../../packages/broker/test/support/browser.ts';
import { ada, bob, createWorld, type World } from '../../../packages/broker/test/support/world.ts';
import { each, type HostileCase, hostile } from './case.ts';
import { expectThrow } from './refusal.ts';
import { stage } from './stage.ts';

const redirectUri = 'https://app.example/auth/callback';
const state = 'state-canary-0123456789';
const kept: ExpectedCallback = { state, redirectUri, codeVerifier: 'verifier-canary' };
const good = `code=code-canary&state=${state}`;

const refused = (
  query: string,
  says: RegExp,
  expected: unknown = kept,
  base = redirectUri,
): Promise<void> =>
  expectThrow(
    () => readCallback(`${base}${query}`, expected as ExpectedCallback),
    'callback',
    says,
  );

const codesSent = ({ emulator }: World): number =>
  emulator.ledger.counters().grants.authorization_code.sent;

/** A browser that was sent to Act-On, and the address to which Act-On sends it back. */
async function atActOn(world: World) {
  const browser = world.browser();
  const start = await browser.send('/auth/login?returnTo=/lists', {
    headers: { 'sec-fetch-mode': 'navigate' },
  });
  const answer = await world.emulator.fetch(start.headers.get('location') ?? '', {
    redirect: 'manual',
  });
  return { browser, back: answer.headers.get('location') ?? '' };
}

/** 61–70: what comes back from the sign-in page. */
export const callbacks: readonly HostileCase[] = [
  hostile(61, 'no state, a wrong, a used or an old one', async () => {
    await each(
      ['?code=code-canary', `?code=code-canary&state=`, `?code=code-canary&state=${state}x`],
      (query) => refused(query, /"state"/),
    );
    const world = createWorld();
    const late = await atActOn(world);
    world.pass(11 * 60_000);
    expect(await late.browser.open(late.back, 'cross-site')).toMatchObject({
      status: 400,
      text: expect.stringContaining('This sign-in is over'),
    });
    expect(codesSent(world)).toBe(0);
    const used = await atActOn(world);
    await used.browser.open(used.back, 'cross-site');
    const { searchParams } = new URL(used.back);
    await used.browser.open(
      `${redirectUri}?code=another&state=${searchParams.get('state')}`,
      'cross-site',
    );
    expect(codesSent(world)).toBe(1);
  }),
  hostile(62, 'a refusal, with markup in it', async () => {
    await refused(
      `?error=access_denied&state=${state}&error_description=${encodeURIComponent('<b>No</b>\u001b[31m')}`,
      /Act-On says "access_denied"/,
    );
    const world = createWorld();
    const { browser, back } = await atActOn(world);
    const page = await browser.open(
      `${back.replace(/code=[^&]*/, 'error=access_denied')}&error_description=%3Cscript%3E`,
      'cross-site',
    );
    expect(page.text).not.toContain('<script>');
    expect(codesSent(world)).toBe(0);
  }),
  hostile(63, 'a parameter twice', () =>
    each(['code=x', `state=${state}`], (again) =>
      refused(`?${good}&${again}`, new RegExp(`"${again.split('=')[0]}" is in it more than once`)),
    ),
  ),
  hostile(64, 'a code and an error together', () =>
    refused(`?${good}&error=server_error`, /Act-On says "server_error"/),
  ),
  hostile(65, 'parameters in the fragment', () =>
    each([`#${good}`, `?${good}#access_token=token-canary`], (query) => refused(query, /fragment/)),
  ),
  hostile(66, 'a code that is empty, too long, or has line breaks', async () => {
    const bad = [
      '',
      'x'.repeat(10_240),
      'code-canary%0D%0AX-Evil:1',
      'code-canary%00',
      '&grant_type=password',
    ];
    await each(bad, (code) => refused(`?state=${state}&code=${code}`, /"code"/));
    // Legal by RFC 6749 A.11: it stays one value of the form.
    const act = await stage();
    let form = new URLSearchParams();
    act.meet(async (request) => {
      form = new URLSearchParams(await request.text());
      return Response.json({ error: 'invalid_grant' }, { status: 403 });
    });
    const grant = readCallback(
      `${redirectUri}?state=${state}&code=a%26grant_type%3Dpassword`,
      kept,
    );
    await expectThrow(
      () => act.clock.settle(act.user.authorize(grant)),
      'grant_rejected',
      /invalid_grant/,
    );
    expect([form.getAll('grant_type'), form.get('code')]).toEqual([
      ['authorization_code'],
      'a&grant_type=password',
    ]);
  }),
  hostile(67, 'another address than the redirect URI', () =>
    each(
      [
        'https://evil.example/auth/callback',
        'http://app.example/auth/callback',
        'https://app.example/auth/callback/..',
      ],
      (base) => refused(`?${good}`, /"redirectUri"/, kept, base),
    ),
  ),
  hostile(68, 'a callback that is opened twice', async () => {
    const world = createWorld();
    const { browser, back } = await atActOn(world);
    const pages = await Promise.all([
      browser.open(back, 'cross-site'),
      browser.open(back, 'cross-site'),
    ]);
    expect(pages.map(({ url }) => url)).toEqual([`${appOrigin}/lists`, `${appOrigin}/lists`]);
    await browser.open(back, 'cross-site');
    expect(codesSent(world)).toBe(1);
    const act = await stage();
    const before = await act.record();
    act.meet(() => Response.json({ error: 'invalid_grant' }, { status: 403 }));
    const grant = readCallback(`${redirectUri}?${good}`, kept);
    const both = await act.outcome(
      Promise.allSettled([act.user.authorize(grant), act.user.authorize(grant)]),
    );
    expect(both).toMatchObject([
      { reason: { code: 'grant_rejected' } },
      { reason: { code: 'grant_rejected' } },
    ]);
    expect([act.met, (await act.record()).grants.length]).toEqual([1, before.grants.length + 1]);
    expect((await act.record()).pair?.refreshToken).toBe(before.pair?.refreshToken);
  }),
  hostile(69, 'a browser that kept nothing of the sign-in', async () => {
    await each([null, undefined, 'nothing'], (nothing) =>
      refused(`?${good}`, /nothing was kept of a sign-in that began here/, nothing ?? null),
    );
    const world = createWorld();
    const { back } = await atActOn(world);
    expect((await world.browser().open(back, 'cross-site')).text).toContain('This sign-in is over');
    expect(codesSent(world)).toBe(0);
  }),
  hostile(70, 'a sign-in while another user is signed in', async () => {
    const world = createWorld();
    const browser = await world.signedIn(ada);
    await world.signIn(browser, bob);
    const { accounts } = JSON.parse((await browser.ask('/auth/session')).text) as {
      accounts: { name: string }[];
    };
    expect(accounts.map(({ name }) => name).sort()).toEqual([ada.username, bob.username]);
    const act = await stage();
    const before = await act.raw();
    const other = act.another({ account: 'another account' });
    await act.clock.settle(other.authorize({ type: 'password', ...act.emulator.user }));
    expect(await act.raw()).toBe(before);
  }),
];
