import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  accountKey,
  authorizationUrl,
  isActOnTokenError,
  readCallback,
} from '../../../packages/core/src/index.ts';
import { decodeRecord, encodeRecord } from '../../../packages/core/src/record.ts';
import { anyRecord } from '../../../packages/core/test/support/any-record.ts';
import { anyText } from '../../../packages/core/test/support/any-text.ts';
import { now as recordsNow } from '../../../packages/core/test/support/records.ts';
import {
  anyAnswer,
  anyApiUrl,
  anyCallback,
  anyRetryAfter,
  anyStored,
} from '../readers/any-input.ts';
import { apiUrl } from '../readers/api-url.ts';
import { callback } from '../readers/callback.ts';
import { type Reader, wellFormed } from '../readers/reader.ts';
import { retryAfter } from '../readers/retry-after.ts';
import { storedRecord } from '../readers/stored-record.ts';
import { tokenAnswer } from '../readers/token-answer.ts';

/**
 * The same inputs in each run, unless told otherwise: PROPERTY_SEED=7 PROPERTY_RUNS=100 for a
 * hundred times as many others.
 */
const seed = Number(process.env.PROPERTY_SEED ?? 1);
const factor = Number(process.env.PROPERTY_RUNS ?? 1);
const runs: Record<string, number> = {};

/** fast-check names the seed and the smallest input when it fails. */
async function holds<Inputs>(
  name: string,
  numRuns: number,
  property: fc.IAsyncProperty<Inputs>,
): Promise<void> {
  await fc.assert(property, { seed, numRuns: numRuns * factor });
  runs[name] = numRuns * factor;
}

const readsAny = <Input>(
  reader: Reader<Input>,
  any: fc.Arbitrary<Input>,
  numRuns: number,
): Promise<void> =>
  holds(
    reader.name,
    numRuns,
    fc.asyncProperty(any, async (input) => void (await reader.check(input))),
  );

describe('any input whatever', () => {
  afterAll(() => {
    const all = Object.values(runs).reduce((sum, count) => sum + count, 0);
    console.log(`properties: ${Object.keys(runs).length}, runs: ${all} (seed ${seed})`, runs);
  });

  it('is an outcome, if the token endpoint answers it', () =>
    readsAny(tokenAnswer, anyAnswer, 2_000));
  it('is a grant or a refusal, if a browser comes back to it', () =>
    readsAny(callback, anyCallback, 5_000));
  it('is a record or is refused, if it is in the store', () =>
    readsAny(storedRecord, anyStored, 5_000));
  it('is a pause between a second and an hour, if it is when to come back', () =>
    readsAny(retryAfter, anyRetryAfter, 2_000));
  it('takes the token nowhere but to the API, if it is an address', () =>
    readsAny(apiUrl, anyApiUrl, 3_000));

  it('comes back from the store as it went in, if it is a record', async () => {
    const property = fc.asyncProperty(anyRecord(), async (record) => {
      expect(decodeRecord(encodeRecord(record), recordsNow)).toEqual({ ...record });
    });
    await holds('encode and decode', 2_000, property);
  });

  it('has a name that nothing else has, if it is an account', async () => {
    const part = fc.oneof(
      anyText({ maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('"', ',', '\\', 'a', '[', ']'), maxLength: 6 }),
    );
    const name = fc.tuple(part, part, part);
    const property = fc.asyncProperty(name, name, async (a, b) => {
      expect(accountKey(...a) === accountKey(...b)).toBe(isDeepStrictEqual(a, b));
      expect(JSON.parse(accountKey(...a))).toEqual(a);
    });
    await holds('account keys', 5_000, property);
  });

  it('is a sign-in that can be answered, or a mistake that is named, if it is where to begin', async () => {
    const text = fc.oneof(
      anyText(),
      fc.webUrl(),
      fc.constantFrom('https://app.example/cb?x=1', 'my-app://cb', '', ' '),
    );
    const options = fc.record(
      {
        clientId: text,
        redirectUri: text,
        scope: text,
        state: anyText({ minLength: 12, maxLength: 40 }),
        pkce: fc.boolean(),
        baseUrl: text,
      },
      { requiredKeys: ['clientId', 'redirectUri'] },
    );
    await holds('authorization URLs', 2_000, fc.asyncProperty(options, signInBegins));
  });
});

type BeginOptions = Parameters<typeof authorizationUrl>[0];

async function signInBegins(options: BeginOptions): Promise<void> {
  try {
    const { url, ...kept } = await authorizationUrl(options);
    expect(url.searchParams.getAll('state')).toEqual([wellFormed(kept.state)]);
    expect(url.searchParams.get('redirect_uri')).toBe(wellFormed(options.redirectUri));
    expect(url.href).not.toContain(kept.codeVerifier ?? 'no verifier');
    if (kept.state !== wellFormed(kept.state)) return;
    const back = new URL(kept.redirectUri);
    if (['code', 'state', 'error', 'iss'].some((name) => back.searchParams.has(name))) return;
    back.search += `${back.search === '' ? '' : '&'}${new URLSearchParams({ code: 'a code', state: kept.state })}`;
    expect(readCallback(back, kept)).toMatchObject({
      code: 'a code',
      redirectUri: options.redirectUri,
    });
  } catch (error) {
    if (!isActOnTokenError(error, 'configuration')) throw error;
  }
}
