import { afterEach, describe, expect, it, vi } from 'vitest';
import { host, redirectUri, setup, setupCode } from './helpers.ts';

/** As Bun 1.4 makes it: the content type that a body brings is there until the body is read. */
class ForgetfulRequest extends Request {
  override get headers(): Headers {
    const headers = new Headers(super.headers);
    if (this.bodyUsed) headers.delete('content-type');
    return headers;
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the in-process fetch', () => {
  it('takes a form from a runtime that forgets its type', async () => {
    const { emulator, client } = setup();
    vi.stubGlobal('Request', ForgetfulRequest);
    const body = new URLSearchParams({ grant_type: 'password', ...client, ...emulator.user });
    expect((await emulator.fetch(`${host}/token`, { method: 'POST', body })).status).toBe(200);
  });

  it('takes a text, a URL or a Request', async () => {
    const { emulator } = setup();
    const url = `${host}/api/1/account`;
    for (const input of [
      url,
      new URL(url),
      new Request(url, { headers: { authorization: 'Bearer x' } }),
    ]) {
      const response = await emulator.fetch(input);
      expect([response.status, response.url, response.redirected]).toEqual([401, url, false]);
    }
    await expect(emulator.fetch('/api/1/account')).rejects.toThrow(TypeError);
  });

  it('rejects with the reason of a signal that was aborted before, and sends nothing', async () => {
    const { emulator, password } = setup();
    const reason = new Error('no longer needed');
    await expect(password({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(emulator.ledger.counters().requests).toBe(0);
  });

  it('rejects at once when it is aborted during a hold, and the request goes on behind', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const controller = new AbortController();
    const reason = new Error('took too long');
    const held = expect(refresh(refresh_token, {}, { signal: controller.signal })).rejects.toBe(
      reason,
    );
    await hold.reached();
    controller.abort(reason);
    await held;
    expect(emulator.ledger.entries.at(-1)?.outcome).toBe('open');
    hold.release();
    await expect.poll(() => emulator.ledger.entries.at(-1)?.outcome).toBe('answered');
    expect((await refresh(refresh_token)).status).toBe(403);
  });

  it('leaves processed what was processed before it was aborted', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const controller = new AbortController();
    const held = expect(
      refresh(refresh_token, {}, { signal: controller.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    await hold.reached();
    controller.abort();
    await held;
    expect((await refresh(refresh_token)).status).toBe(403);
  });

  it('hands over a redirect where it is to be followed by hand', async () => {
    const { authorize } = setupCode();
    const response = await authorize({ response_type: 'code', client_id: 'test-client' });
    expect([response.status, response.headers.get('location')?.startsWith(redirectUri)]).toEqual([
      302,
      true,
    ]);
  });

  it('fails on a redirect where there must be none', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'redirect' });
    await expect(password({}, { redirect: 'error' })).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
    });
    expect(emulator.ledger.counters().redirectsFollowed).toBe(0);
  });

  it('fails, and counts it, when a redirect to another origin is followed', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'redirect' });
    await expect(password()).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ENOTFOUND' },
    });
    expect(emulator.ledger.counters().redirectsFollowed).toBe(1);
  });

  it('follows within one origin: a 307 with the body, a 302 without', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'redirect', status: 307, location: '/token' });
    expect((await password()).status).toBe(200);
    emulator.faults.arm({ route: 'token', kind: 'redirect', status: 302, location: '/token' });
    expect((await password()).status).toBe(405);
    expect(emulator.ledger.entries.map((entry) => entry.method)).toEqual([
      'POST',
      'POST',
      'POST',
      'GET',
    ]);
  });

  it('gives up on a redirect that leads in a circle', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({
      route: 'token',
      kind: 'redirect',
      location: '/token',
      times: Number.POSITIVE_INFINITY,
    });
    await expect(password()).rejects.toMatchObject({
      cause: { message: 'redirect count exceeded' },
    });
    expect(emulator.ledger.counters().requests).toBe(21);
  });
});
