import { describe, expect, it } from 'vitest';
import { host, read, setup } from './helpers.ts';

describe('everything', () => {
  it('E2 forbids caches to keep any answer of /token, and sends JSON', async () => {
    const { password, post } = setup();
    for (const answer of [
      await password(),
      await password({ password: 'wrong' }),
      await post({}),
      await post('', { method: 'PUT' }),
    ]) {
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('pragma')).toBe('no-cache');
    }
  });

  it('E3 gives every answer a request id and a transaction id of its own', async () => {
    const { password, api } = setup();
    const answers = [
      await password(),
      await api('/api/1/account', null),
      await api('/nowhere', null),
    ];
    const ids = answers.flatMap(({ headers }) => [
      headers.get('x-request-id'),
      headers.get('x-global-transaction-id'),
    ]);
    expect(new Set(ids).size).toBe(6);
    expect(ids).not.toContain(null);
  });

  it('E4 sends no CORS headers, and refuses a preflight', async () => {
    const { emulator } = setup();
    const init = {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    };
    const preflight = await emulator.fetch(`${host}/token`, init);
    expect(preflight.status).toBe(405);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('E4 sends CORS headers to the origins of the switch `cors` and to no other', async () => {
    const { emulator, password } = setup({ cors: ['https://app.example'] });
    const from = (origin: string) =>
      password({}, { headers: { origin, 'content-type': 'application/x-www-form-urlencoded' } });
    expect((await from('https://app.example')).headers.get('access-control-allow-origin')).toBe(
      'https://app.example',
    );
    expect(
      (await from('https://evil.example')).headers.get('access-control-allow-origin'),
    ).toBeNull();
    const headers = {
      origin: 'https://app.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const preflight = await emulator.fetch(`${host}/api/1/account`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(
      'authorization',
    );
    const page = await emulator.fetch(`${host}/authorize`, { headers });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('E5 answers an unknown path as the gateway does', async () => {
    const { emulator } = setup();
    const paths = [
      '/',
      '/tokens',
      '/token/',
      '/api/1/nothing',
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
    ];
    for (const path of paths) {
      const answer = await read(await emulator.fetch(`${host}${path}`));
      expect([path, answer.status, answer.body]).toEqual([
        path,
        404,
        {
          httpCode: '404',
          httpMessage: 'Not Found',
          moreInformation: 'No resources match requested URI',
        },
      ]);
    }
    expect((await emulator.fetch(`${host}/api/1/account`, { method: 'DELETE' })).status).toBe(404);
  });

  it('answers at whatever host it is called by', async () => {
    const { emulator } = setup();
    for (const base of [
      'https://api-eu.actonsoftware.com',
      'http://127.0.0.1:1',
      'https://restapi.actonsoftware.com',
    ]) {
      expect((await emulator.fetch(new URL('/api/1/account', base))).status).toBe(401);
    }
  });
});

describe('options', () => {
  it('refuses what Act-On could not have, and says what', () => {
    expect(() => setup({ codeLifetime: 601 })).toThrow('"codeLifetime"');
    expect(() => setup({ autoConsent: 'nobody' })).toThrow('"autoConsent"');
    expect(() => setup({ redirectUris: ['/callback'] })).toThrow('"redirectUris"');
    expect(() => setup({ redirectUris: ['https://app.example/#part'] })).toThrow('"redirectUris"');
    const configure = (switches: object) => () => setup().emulator.configure(switches);
    expect(configure({ codeLifetime: 0 })).toThrow('"codeLifetime"');
    expect(configure({ pkce: 'maybe' })).toThrow('"pkce" must be one of ignore, enforce');
    expect(configure({ rotate: 'no' })).toThrow('"rotate" must be one of true, false');
    expect(configure({ overlapSeconds: -1 })).toThrow('"overlapSeconds"');
    expect(configure({ grantLimit: { limit: 5 } })).toThrow(
      '"grantLimit" must hold a "limit" and a "window" in milliseconds, or null',
    );
    expect(configure({ cors: 'https://app.example' })).toThrow('"cors" must be a list of texts');
    expect(configure({ rotation: true })).toThrow('there is no switch "rotation"');
  });

  it('changes its behaviour while it runs', async () => {
    const { emulator, password } = setup();
    emulator.configure({ advertisedExpiresIn: 86_400 });
    expect((await password()).body.expires_in).toBe(86_400);
    const before = emulator.switches();
    emulator.configure({ overlapSeconds: 30 });
    expect([before.overlapSeconds, emulator.switches().overlapSeconds]).toEqual([0, 30]);
  });

  it('keeps two emulators apart', async () => {
    const [one, two] = [setup(), setup()];
    const { access_token } = await one.pair();
    expect((await two.api('/api/1/account', access_token)).status).toBe(401);
    expect(two.emulator.ledger.counters().grants.password.sent).toBe(0);
  });
});

describe('the clock', () => {
  it('E53 jumps by what it is told, back as well', async () => {
    const { emulator, pair, api } = setup();
    const { access_token } = await pair();
    const before = emulator.clock.now();
    emulator.clock.advance(3_600_000);
    expect((await api('/api/1/account', access_token)).status).toBe(401);
    emulator.clock.advance(-1);
    expect((await api('/api/1/account', access_token)).status).toBe(200);
    expect(emulator.clock.now() - before).toBe(3_599_999);
    expect(() => emulator.clock.advance(Number.NaN)).toThrow('"ms"');
  });

  it('is the real one plus what was advanced where none is given', () => {
    const { emulator } = setup({ now: Date.now });
    emulator.clock.advance(1_000_000);
    expect(Math.abs(emulator.clock.now() - Date.now() - 1_000_000)).toBeLessThan(5_000);
  });
});
