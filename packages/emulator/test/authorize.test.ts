import { describe, expect, it } from 'vitest';
import { csrfOf, host, location, pairOf, redirectUri, setup, setupCode } from './helpers.ts';

const user = { username: 'marketer@example.test', password: 'correct horse battery staple' };
const question = { response_type: 'code', client_id: 'test-client', redirect_uri: redirectUri };

/** An emulator that shows its pages, and a person before it. */
function setupPages() {
  const all = setup({ redirectUris: [redirectUri] });
  const submit = (
    step: 'login' | 'consent',
    fields: Record<string, string>,
    init: RequestInit = {},
  ): Promise<Response> =>
    all.emulator.fetch(`${host}/authorize/${step}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
      ...init,
    });
  const signInForm = async (parameters: Record<string, string> = {}): Promise<string> =>
    csrfOf(await (await all.authorize({ ...question, ...parameters })).text());
  const consentForm = async (parameters: Record<string, string> = {}): Promise<string> =>
    csrfOf(await (await submit('login', { csrf: await signInForm(parameters), ...user })).text());
  return { ...all, submit, signInForm, consentForm };
}

describe('an authorization request', () => {
  it('E31 shows a page, and redirects nowhere, when client or redirect URI are not sure', async () => {
    const { authorize } = setupCode();
    for (const parameters of [
      {},
      { ...question, client_id: 'stranger' },
      { ...question, redirect_uri: `${redirectUri}/` },
      { ...question, redirect_uri: 'https://app.example.test' },
      { ...question, redirect_uri: '' },
      `${new URLSearchParams(question)}&client_id=test-client`,
      `${new URLSearchParams(question)}&redirect_uri=${encodeURIComponent(redirectUri)}`,
    ]) {
      const answer = await authorize(parameters);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.headers.get('content-type')).toContain('text/html');
    }
    expect(
      (await setup().authorize({ response_type: 'code', client_id: 'test-client' })).status,
    ).toBe(400);
  });

  it('E31 tells any other fault to the application, with its state', async () => {
    const { authorize, emulator } = setupCode();
    for (const [parameters, error] of [
      [{ ...question, response_type: '' }, 'invalid_request'],
      [{ ...question, response_type: 'token' }, 'unsupported_response_type'],
    ] as const) {
      const answer = await authorize({ ...parameters, state: 'a b&c' });
      expect(answer.status).toBe(302);
      expect(Object.fromEntries(location(answer).searchParams)).toEqual({
        error,
        error_description: expect.any(String),
        state: 'a b&c',
      });
      expect(emulator.ledger.entries.at(-1)?.error).toBe(error);
    }
    const repeated = await authorize(`${new URLSearchParams(question)}&scope=a&scope=b`);
    expect(location(repeated).searchParams.get('error')).toBe('invalid_request');
    const disabled = await setupCode({ codeGrantEnabled: false }).authorize(question);
    expect(location(disabled).searchParams.get('error')).toBe('unauthorized_client');
  });

  it('E31 takes the first registered redirect URI where none is given', async () => {
    const { authorize } = setupCode({ redirectUris: ['https://first.example/cb', redirectUri] });
    const answer = await authorize({
      response_type: 'code',
      client_id: 'test-client',
      scope: 'PRODUCTION',
      grant_type: 'authorization_code',
    });
    expect(location(answer).href).toMatch(/^https:\/\/first\.example\/cb\?code=[0-9a-f]{32}$/);
  });

  it('E32 refuses a client secret in the URL, and counts it', async () => {
    const { authorize, emulator } = setupCode();
    const answer = await authorize({ ...question, client_secret: emulator.client.secret });
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    expect(emulator.ledger.counters().secretsInUrl).toBe(1);
    emulator.configure({ urlSecretTrap: false });
    expect((await authorize({ ...question, client_secret: emulator.client.secret })).status).toBe(
      302,
    );
  });
});

describe('the pages', () => {
  it('E33 asks who the user is, then for consent, and sends the code with the state to the letter', async () => {
    const { signInForm, submit, exchangeCode, api } = setupPages();
    const state = 'x&y=z +%20"<é>';
    const page = await (
      await submit('login', { csrf: await signInForm({ state }), ...user })
    ).text();
    expect(page).toContain('>Yes</button>');
    expect(page).toContain('>No</button>');
    const answer = await submit('consent', { csrf: csrfOf(page), consent: 'yes' });
    expect(answer.status).toBe(302);
    expect([...location(answer).searchParams.keys()]).toEqual(['code', 'state']);
    expect(location(answer).searchParams.get('state')).toBe(state);
    const pair = pairOf(await exchangeCode(location(answer).searchParams.get('code') ?? ''));
    expect((await api('/api/1/account', pair.access_token)).body).toMatchObject({
      user_email: user.username,
    });
  });

  it('E33 keeps its pages out of frames, caches and referrers', async () => {
    const { authorize, submit, signInForm } = setupPages();
    for (const answer of [
      await authorize(question),
      await submit('login', { csrf: await signInForm(), ...user }),
      await authorize({}),
    ]) {
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it('E33 lets a person try again after a wrong password', async () => {
    const { submit, signInForm } = setupPages();
    const again = await submit('login', { csrf: await signInForm(), ...user, password: 'wrong' });
    expect(again.status).toBe(403);
    const page = await again.text();
    expect(page).toContain('Wrong email or password.');
    expect((await submit('login', { csrf: csrfOf(page), ...user })).status).toBe(200);
  });

  it('E33 takes a form once, in time, and only from whoever was shown it', async () => {
    const { submit, signInForm, consentForm, emulator } = setupPages();
    const csrf = await signInForm();
    expect((await submit('login', { csrf, ...user })).status).toBe(200);
    expect((await submit('login', { csrf, ...user })).status).toBe(400);
    expect((await submit('login', { csrf: 'forged', ...user })).status).toBe(400);
    expect((await submit('consent', { consent: 'yes' })).status).toBe(400);
    expect((await submit('consent', { csrf: await signInForm(), consent: 'yes' })).status).toBe(
      400,
    );
    const asJson = {
      body: JSON.stringify({ csrf: await consentForm() }),
      headers: { 'content-type': 'application/json' },
    };
    expect((await submit('consent', {}, asJson)).status).toBe(400);
    const late = await consentForm();
    emulator.clock.advance(600_000);
    expect((await submit('consent', { csrf: late, consent: 'yes' })).status).toBe(400);
  });

  it('E33 shows a name as text, whatever is in it', async () => {
    const name = `<script>alert("1")</script>'&`;
    const { emulator, authorize } = setup({
      clients: [{ id: name, secret: 's', redirectUris: [redirectUri] }],
      users: [{ username: name, password: 'x' }],
    });
    const form = csrfOf(await (await authorize({ ...question, client_id: name })).text());
    const init = {
      method: 'POST',
      body: new URLSearchParams({ csrf: form, username: name, password: 'x' }),
    };
    const page = await (await emulator.fetch(`${host}/authorize/login`, init)).text();
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;');
  });

  it('E33 shows no page where `autoConsent` names the user', async () => {
    const { code, exchangeCode, api } = setupCode({
      users: [{ username: 'second', password: 'x' }],
      autoConsent: 'second',
    });
    const pair = pairOf(await exchangeCode(await code()));
    expect((await api('/api/1/account', pair.access_token)).body.user_email).toBe('second');
  });

  it('E34 tells the application when the user says No', async () => {
    const { submit, consentForm } = setupPages();
    const answer = await submit('consent', {
      csrf: await consentForm({ state: 's' }),
      consent: 'no',
    });
    expect(location(answer).searchParams.get('error')).toBe('access_denied');
    expect(location(answer).searchParams.get('state')).toBe('s');
    expect(location(answer).searchParams.has('code')).toBe(false);
  });

  it('E34 keeps what the redirect URI holds, and adds an issuer where one is set', async () => {
    const uri = 'https://app.example/cb?tenant=a%20b&x';
    const { authorize } = setupCode({ redirectUris: [uri], issuer: 'https://issuer.example' });
    const answer = await authorize({ ...question, redirect_uri: uri, state: 's' });
    expect(answer.headers.get('location')).toMatch(
      /^https:\/\/app\.example\/cb\?tenant=a%20b&x&code=[0-9a-f]{32}&state=s&iss=https/,
    );
    expect(location(answer).searchParams.get('iss')).toBe('https://issuer.example');
    expect(
      location(
        await authorize({ ...question, redirect_uri: uri, response_type: 'x' }),
      ).searchParams.get('iss'),
    ).toBe('https://issuer.example');
  });
});

describe('an authorization code', () => {
  const refused = { error: 'invalid_grant', error_description: 'Invalid authorization code' };

  it('E35 lives a minute', async () => {
    const { code, exchangeCode, emulator } = setupCode();
    const [inTime, late] = [await code(), await code()];
    emulator.clock.advance(59_999);
    expect((await exchangeCode(inTime)).status).toBe(200);
    emulator.clock.advance(1);
    expect((await exchangeCode(late)).body).toEqual(refused);
    expect(emulator.ledger.entries.at(-1)?.reason).toBe('expired');
  });

  it('E36 refuses a code that is unknown, another client’s or asked for under another redirect URI', async () => {
    const other = { id: 'other', secret: 's', redirectUris: [redirectUri] };
    const { code, exchangeCode, emulator } = setupCode({
      clients: [other],
      redirectUris: [redirectUri, 'https://app.example.test/other'],
    });
    const good = await code();
    for (const answer of [
      await exchangeCode('unknown'),
      await exchangeCode(good, { client_id: 'other', client_secret: 's' }),
      await exchangeCode(good, { redirect_uri: 'https://app.example.test/other' }),
    ]) {
      expect([answer.status, answer.body]).toEqual([403, refused]);
    }
    expect(emulator.ledger.entries.map((entry) => entry.reason).slice(-3)).toEqual([
      'unknown',
      'foreign',
      'redirect_uri',
    ]);
    expect((await exchangeCode(good)).status).toBe(200);
  });

  it('E36 takes back what was issued for a code when it comes twice', async () => {
    const { code, exchangeCode, refresh, api } = setupCode();
    const once = await code();
    const pair = pairOf(await exchangeCode(once));
    const next = pairOf(await refresh(pair.refresh_token));
    expect((await exchangeCode(once)).status).toBe(403);
    for (const { access_token } of [pair, next])
      expect((await api('/api/1/account', access_token)).status).toBe(401);
    expect((await refresh(next.refresh_token)).status).toBe(403);
  });

  it('E36 leaves tokens of other grants alone when a code comes twice', async () => {
    const { code, exchangeCode, refresh, pair } = setupCode();
    const once = await code();
    await exchangeCode(once);
    const newer = await pair();
    await exchangeCode(once);
    expect((await refresh(newer.refresh_token)).status).toBe(200);
  });
});

describe('PKCE', () => {
  // RFC 7636, appendix B.
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const challenge = {
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };

  it('E37 accepts and forgets it by default', async () => {
    const { code, exchangeCode } = setupCode();
    expect((await exchangeCode(await code(challenge), { code_verifier: 'wrong' })).status).toBe(
      200,
    );
    expect(
      (await exchangeCode(await code({ ...challenge, code_challenge_method: 'plain' }))).status,
    ).toBe(200);
    expect((await exchangeCode(await code(), { code_verifier: verifier })).status).toBe(200);
  });

  it('E37 checks the verifier where it is enforced', async () => {
    const { code, exchangeCode, emulator } = setupCode({ pkce: 'enforce' });
    expect((await exchangeCode(await code(challenge), { code_verifier: verifier })).status).toBe(
      200,
    );
    expect((await exchangeCode(await code(challenge), { code_verifier: 'wrong' })).body.error).toBe(
      'invalid_grant',
    );
    expect((await exchangeCode(await code(challenge))).body.error).toBe('invalid_grant');
    expect(emulator.ledger.entries.at(-1)?.reason).toBe('code_verifier');
  });

  it('E37 refuses a verifier for a code that was asked for without a challenge', async () => {
    const { code, exchangeCode } = setupCode({ pkce: 'enforce' });
    expect((await exchangeCode(await code(), { code_verifier: verifier })).body.error).toBe(
      'invalid_grant',
    );
    expect((await exchangeCode(await code())).status).toBe(200);
  });

  it.each([{ code_challenge_method: 'plain' }, { code_challenge_method: '' }])(
    'E37 knows S256 only, not %j',
    async (method) => {
      const { authorize } = setupCode({ pkce: 'enforce' });
      const answer = await authorize({ ...question, ...challenge, ...method });
      expect(location(answer).searchParams.get('error')).toBe('invalid_request');
    },
  );
});
