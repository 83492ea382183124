import { createEmulator } from '@act-on-token/emulator';
import { describe, expect, it } from 'vitest';
import { day, hour, pairOf, setup, setupCode } from './helpers.ts';

const others = ['legacy', 'rfc'] as const;
const all = ['current', ...others] as const;
const wrong = { password: 'wrong' };

it('refuses a profile that there is not', () => {
  expect(() => createEmulator({ profile: 'wso2' as 'legacy' })).toThrow(
    '"profile" must be one of current, legacy, rfc',
  );
  expect(all.map((profile) => createEmulator({ profile }).profile)).toEqual(all);
});

describe('every profile', () => {
  it.each(all)(
    'E20 E26 E34 E38 %s grants, calls and refreshes, once per refresh token',
    async (profile) => {
      const { pair, code, exchangeCode, refresh, api } = setupCode({ profile });
      for (const grant of [pair, async () => pairOf(await exchangeCode(await code()))]) {
        const first = await grant();
        expect((await api('/api/1/account', first.access_token)).status).toBe(200);
        const second = pairOf(await refresh(first.refresh_token));
        expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
        expect((await api('/api/1/account', second.access_token)).status).toBe(200);
      }
    },
  );

  it.each(all)(
    'E2 %s forbids caches to keep any answer of /token, and sends JSON',
    async (profile) => {
      const { password, post, emulator } = setup({
        profile,
        grantLimit: { limit: 2, window: hour },
        expiredPairFails: true,
      });
      const granted = await password();
      const answers = [
        granted,
        await password(wrong),
        await password(),
        await post({}),
        await post('', { method: 'PUT' }),
      ];
      emulator.clock.advance(31 * day);
      const expired = { grant_type: 'refresh_token', refresh_token: pairOf(granted).refresh_token };
      answers.push(
        await post({
          ...expired,
          client_id: emulator.client.id,
          client_secret: emulator.client.secret,
        }),
      );
      expect(answers.map((answer) => answer.status)).toEqual([
        200,
        profile === 'current' ? 403 : 400,
        429,
        expect.any(Number),
        405,
        500,
      ]);
      for (const { headers } of answers) {
        expect(headers.get('content-type')).toMatch(/^application\/json(; charset=UTF-8)?$/);
        expect([headers.get('cache-control'), headers.get('pragma')]).toEqual([
          'no-store',
          'no-cache',
        ]);
      }
    },
  );

  it.each(all)(
    'E11 %s refuses a missing and an unsupported grant type in the same way',
    async (profile) => {
      const { post, client } = setup({ profile });
      const missing = await post({ ...client });
      expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request']);
      const unsupported = await post({ ...client, grant_type: 'client_credentials' });
      expect([unsupported.status, unsupported.body.error]).toEqual([400, 'unsupported_grant_type']);
    },
  );

  it('E3 gives request ids in current, and in no other', async () => {
    for (const profile of others) {
      const { headers } = await setup({ profile }).password();
      expect([headers.get('x-request-id'), headers.get('x-global-transaction-id')]).toEqual([
        null,
        null,
      ]);
    }
  });
});

describe('what a profile decides', () => {
  it('E21 can be switched one by one', async () => {
    const { password, emulator } = setup({ scope: null, tokenType: 'bearer', tokenStyle: 'uuid' });
    const { body } = await password();
    expect(body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 3600,
    });
    expect(emulator.switches()).toMatchObject({
      scope: null,
      tokenType: 'bearer',
      tokenStyle: 'uuid',
      revokeOldAccess: false,
    });
  });
});
