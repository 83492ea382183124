import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Outcome, readTokenResponse } from '../../src/wire/token-response.ts';
import { anyText } from '../support/any-text.ts';

const types: readonly Outcome['type'][] = ['granted', 'rejected', 'not_processed', 'unknown'];
const withoutBody = [101, 103, 204, 205, 304];
const status = fc.integer({ min: 200, max: 599 }).filter((code) => !withoutBody.includes(code));
const success = status.filter((code) => code < 300);
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'content-length',
    'retry-after',
    'date',
    'location',
    'www-authenticate',
  ),
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789-:, GMTSunJan') }),
    fc.constantFrom('30', '-1', '1e9', 'text/html'),
  ),
);
/** What servers say, and worse. */
const word = fc.oneof(
  fc.constantFrom(
    'invalid_grant',
    'access_denied',
    'invalid_client',
    'too_many_attempts',
    'Bearer',
    '401',
  ),
  anyText(),
  fc.jsonValue(),
);
const names = [
  'access_token',
  'refresh_token',
  'token_type',
  'expires_in',
  'scope',
  'error',
  'error_description',
  'httpCode',
  'fault',
];
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json(),
  fc
    .dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), word)
    .map((value) => JSON.stringify(value)),
);
/** Long enough not to occur by chance in words of ours. */
const secret = fc.string({
  unit: fc.constantFrom(...'ABCDEF \t\u00e9\u0000'),
  minLength: 12,
  maxLength: 20,
});

function chunked(bytes: Uint8Array, cuts: number, breaksOff: boolean): ReadableStream<Uint8Array> {
  const size = Math.max(1, Math.ceil(bytes.length / cuts));
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + size));
      else if (breaksOff) controller.error(new Error('broke off'));
      else controller.close();
      at += size;
    },
  });
}

const bytesOf = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;

describe('any answer whatever', () => {
  it('becomes an outcome that is plain data', async () => {
    const cases = fc.asyncProperty(
      status,
      headers,
      body,
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      fc.boolean(),
      async (code, fields, text, cuts, breaksOff, isRefresh) => {
        const response = new Response(chunked(bytesOf(text), cuts, breaksOff), {
          status: code,
          headers: fields,
        });
        const outcome = await readTokenResponse(response, isRefresh, ['']);
        expect(types).toContain(outcome.type);
        if ('reason' in outcome && outcome.reason === 'rate')
          expect(outcome.retryAfter).toSatisfy(isBetweenSecondAndHour);
        if ('detail' in outcome) expect(outcome.detail).toMatch(/^[\x20-\x7e…]{1,500}$/);
      },
    );
    await fc.assert(cases, { numRuns: 300 });
  });

  it('keeps the refresh token of a 2xx, whatever else it says', async () => {
    const others = fc.dictionary(
      fc.constantFrom(...names.filter((name) => name !== 'refresh_token')),
      word,
    );
    const token = anyText({ minLength: 1 });
    const cases = fc.asyncProperty(
      success,
      headers,
      others,
      token,
      async (code, fields, more, refreshToken) => {
        const text = JSON.stringify({ ...more, refresh_token: refreshToken });
        const outcome = await readTokenResponse(
          new Response(text, { status: code, headers: fields }),
          true,
          [refreshToken],
        );
        expect(outcome).toMatchObject({ type: 'granted', refreshToken });
      },
    );
    await fc.assert(cases, { numRuns: 300 });
  });

  it('hands out no access token that a header would refuse', async () => {
    const token = fc.oneof(
      anyText({ minLength: 1 }),
      fc.string({ unit: fc.constantFrom(...'aZ0.~ \n\u007f') }),
    );
    const cases = fc.asyncProperty(success, token, async (code, accessToken) => {
      const text = JSON.stringify({ access_token: accessToken, refresh_token: 'r' });
      const outcome = await readTokenResponse(new Response(text, { status: code }), true, []);
      if (outcome.type !== 'granted' || outcome.accessToken === null) return;
      expect(
        new Headers({ authorization: `Bearer ${outcome.accessToken}` }).get('authorization'),
      ).toBe(`Bearer ${accessToken}`);
    });
    await fc.assert(cases, { numRuns: 300 });
  });

  it('is quoted without a secret', async () => {
    const around = fc.string({ unit: fc.constantFrom(...'ABCDEF \t\n\u00e9') });
    const field = fc.constantFrom('error', 'error_description', 'moreInformation');
    const echo = fc.tuple(around, fc.nat({ max: 3 }), around);
    const cases = fc.asyncProperty(
      status.filter((code) => code > 299),
      fc.array(secret, { minLength: 1, maxLength: 4 }),
      fc.dictionary(field, echo),
      async (code, secrets, echoes) => {
        const said = Object.entries(echoes).map(([name, [before, at, after]]) => [
          name,
          `${before}${secrets[at] ?? ''}${after}`,
        ]);
        const text = JSON.stringify({ httpCode: '400', ...Object.fromEntries(said) });
        const outcome = await readTokenResponse(
          new Response(text, { status: code }),
          true,
          secrets,
        );
        const detail = 'detail' in outcome ? outcome.detail : '';
        for (const each of secrets) expect(detail).not.toContain(each);
      },
    );
    await fc.assert(cases, { numRuns: 1_000 });
  });
});

const isBetweenSecondAndHour = (wait: number | null): boolean =>
  wait !== null && wait >= 1_000 && wait <= 3_600_000;
