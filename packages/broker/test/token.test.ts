import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createWorld, revoke } from './support/world.ts';

const anHour = 3_600_000;
const digest = (token: string) => createHash('sha256').update(token).digest('base64url');
const post = (body?: object): RequestInit => ({
  method: 'POST',
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

describe('POST token', () => {
  it('gives an access token and how long it lives', async () => {
    const world = createWorld({ mode: 'token' });
    const browser = await world.signedIn();
    const answer = await browser.ask('/auth/token', post());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const token = JSON.parse(answer.text);
    expect(token).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
    });
    expect(token.expires_in).toBeGreaterThan(3_500);
    const headers = { authorization: `Bearer ${token.access_token}` };
    expect(
      (await world.emulator.fetch('http://127.0.0.1:8400/api/1/account', { headers })).status,
    ).toBe(200);
  });

  it('replaces one that was refused, by its digest, and only if it still is the current one', async () => {
    const world = createWorld({ mode: 'token' });
    const browser = await world.signedIn();
    const token = async (body?: object) =>
      JSON.parse((await browser.ask('/auth/token', post(body))).text).access_token;
    const first = await token();
    world.pass(120_000);
    expect(await token()).toBe(first);
    const second = await token({ rejected: digest(first) });
    expect(second).not.toBe(first);
    world.pass(120_000);
    expect(await token({ rejected: digest(first) })).toBe(second);
    expect(world.emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
  });

  it('gives one that lives as long as is asked for', async () => {
    const world = createWorld({ mode: 'token' });
    const browser = await world.signedIn();
    world.pass(anHour / 2);
    const { expires_in: left } = JSON.parse(
      (await browser.ask('/auth/token', post({ min_validity: 40 * 60_000 }))).text,
    );
    expect(left).toBeGreaterThan(40 * 60);
  });

  it('asks for a sign-in when there is no one, or the refresh token is dead', async () => {
    const world = createWorld({ mode: 'token' });
    const nobody = await world.browser().ask('/auth/token', post());
    expect(nobody.status).toBe(401);
    expect(JSON.parse(nobody.text)).toMatchObject({
      error: 'login_required',
      code: 'signed_out',
      login_url: '/auth/login',
    });
    const browser = await world.signedIn();
    revoke(world);
    world.pass(2 * anHour);
    const dead = await browser.ask('/auth/token', post());
    expect(dead.status).toBe(401);
    expect(JSON.parse(dead.text)).toMatchObject({
      error: 'login_required',
      code: 'session_expired',
    });
  });

  it('answers a request that comes again as it did the first time', async () => {
    const world = createWorld({ mode: 'token' });
    const browser = await world.signedIn();
    const first = JSON.parse((await browser.ask('/auth/token', post())).text).access_token;
    world.pass(120_000);
    const again = {
      ...post({ rejected: digest(first) }),
      headers: { 'idempotency-key': 'key-number-1' },
    };
    const answers = [
      await browser.ask('/auth/token', again),
      await browser.ask('/auth/token', again),
    ];
    expect(answers[1]?.text).toBe(answers[0]?.text);
  });

  it.each([
    ['no JSON', 'rejected=1'],
    ['a token in place of its digest', '{"rejected":"eyJhbGciOi.token"}'],
    ['a time that is none', '{"min_validity":"soon"}'],
    ['a time that is negative', '{"min_validity":-1}'],
  ])('refuses %s', async (_, body) => {
    const browser = await createWorld({ mode: 'token' }).signedIn();
    const answer = await browser.ask('/auth/token', { method: 'POST', body });
    expect(answer).toMatchObject({ status: 400, text: expect.not.stringContaining('eyJ') });
  });

  it('is not there in proxy mode', async () => {
    const browser = await createWorld().signedIn();
    expect((await browser.ask('/auth/token', post())).status).toBe(404);
  });

  it('tells the session what it looks like', async () => {
    const browser = await createWorld({ mode: 'token' }).signedIn();
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({
      mode: 'token',
      api_base: 'http://127.0.0.1:8400/',
    });
  });
});
