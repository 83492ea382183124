import fc from 'fast-check';
import { anyRecord } from '../../../packages/core/test/support/any-record.ts';
import { anyText } from '../../../packages/core/test/support/any-text.ts';
import type { ApiUrl } from './api-url.ts';
import { secrets, wellFormed } from './reader.ts';
import type { TokenAnswer } from './token-answer.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const secret = fc.constantFrom(...Object.values(secrets));

/** What servers say, and worse. */
const word = fc.oneof(
  fc.constantFrom(
    'invalid_grant',
    'access_denied',
    'invalid_client',
    'too_many_attempts',
    'Bearer',
    'mac',
    '401',
    '3600',
  ),
  fc
    .tuple(anyText({ maxLength: 9 }), secret, anyText({ maxLength: 9 }))
    .map((parts) => parts.join('')),
  anyText(),
  fc.jsonValue(),
);
const member = fc.constantFrom(
  ...[
    'access_token',
    'refresh_token',
    'token_type',
    'expires_in',
    'scope',
    'error',
    'error_description',
    'httpCode',
    'fault',
  ],
  ...['moreInformation', '__proto__', 'constructor'],
);
const json = fc
  .array(fc.tuple(fc.oneof(member, fc.string()), word))
  .map((members) => JSON.stringify(Object.fromEntries(members)));
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((raw) => Uint8Array.from(raw)),
  json.map(bytes),
  fc.json().map(bytes),
  fc.tuple(json, fc.nat(200)).map(([text, end]) => bytes(text.slice(0, end))),
);
const date = fc.oneof(
  fc.date({ noInvalidDate: true }).map((time) => time.toUTCString()),
  fc.nat().map(String),
  fc.constantFrom('-1', '1e9', '0x10', 'Sun', 'soon', ' 30 ', '30, 30'),
  anyText({ maxLength: 30 }),
);
const headerName = fc.constantFrom(
  'content-type',
  'content-length',
  'content-encoding',
  'retry-after',
  'date',
  'location',
  'x-any',
);

export const anyAnswer: fc.Arbitrary<TokenAnswer> = fc.record({
  status: fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(200, 400, 401, 403, 429)),
  headers: fc.array(fc.tuple(headerName, date), { maxLength: 4 }),
  body,
  breaksOff: fc.boolean(),
  isRefresh: fc.boolean(),
});

export const anyRetryAfter: fc.Arbitrary<{ header: string; date: string | undefined }> = fc.record({
  header: date,
  date: fc.option(date, { nil: undefined }),
});

const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom('code', 'state', 'error', 'error_description', 'iss'),
    anyText({ maxLength: 5 }),
  ),
  fc.oneof(secret, anyText(), fc.constant('')),
);
const query = fc.array(
  fc.oneof(parameter, fc.constant(['state', secrets.state]), fc.constant(['code', secrets.code])),
  { maxLength: 5 },
);
const encoded = query.map((pairs) =>
  pairs.map((pair) => pair.map((text) => encodeURIComponent(wellFormed(text))).join('=')).join('&'),
);
const place = fc.constantFrom(
  'https://app.example/callback',
  'https://app.example:443/callback',
  'https://app.example/',
  'http://app.example/callback',
);

export const anyCallback: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(place, encoded).map(([at, text]) => `${at}?${text}`),
  fc.tuple(place, encoded, encoded).map(([at, search, hash]) => `${at}?${search}#${hash}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  anyText(),
);

const year = fc.constantFrom(
  Date.UTC(1970, 0),
  Date.UTC(2025, 11, 31),
  Date.UTC(2026, 0),
  Date.UTC(9999, 0),
  -1,
  1e300,
);
/** Well-formed, at times that cannot be. */
const absurd = fc.tuple(anyRecord(), year, year).map(([record, at, until]) => ({
  ...record,
  pair: record.pair && { ...record.pair, issuedAt: at, expiresAt: until },
  claim: { id: 'x', purpose: 'refresh', at, until },
  grants: [at, until],
  blocked: { refresh: until, grant: at },
}));

/** A record with something wrong in it, cut, or anything else. */
export const anyStored: fc.Arbitrary<string> = fc.oneof(
  fc.oneof(anyRecord(), absurd).map((record) => JSON.stringify(record)),
  fc
    .tuple(
      anyRecord(),
      fc.constantFrom('schema', 'lineage', 'pair', 'claim', 'grants', 'blocked', 'ended'),
      fc.jsonValue(),
    )
    .map(([record, name, value]) => JSON.stringify({ ...record, [name]: value })),
  fc.tuple(anyRecord(), fc.nat(400)).map(([record, end]) => JSON.stringify(record).slice(0, end)),
  fc.json(),
  anyText(),
  secret,
);

export const anyApiUrl: fc.Arbitrary<ApiUrl> = fc.record({
  kind: fc.constantFrom('text', 'url', 'request'),
  text: fc.oneof(
    anyText(),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc
      .tuple(
        fc.constantFrom(
          '',
          '/',
          '//',
          '\\\\',
          'https:',
          'https:/',
          'https:\\\\',
          'javascript:',
          '\thttps://',
          'https://api.example@',
          'blob:',
          'data:',
        ),
        fc.constantFrom(
          'evil.example',
          'api.example',
          'api.example.',
          'api.example:443',
          'API.EXAMPLE',
          'a:b@api.example',
          '\uff41pi.example',
          '..',
        ),
        fc.oneof(
          fc.constantFrom('/../..', '/%2e%2e/', '\\', '?', '#', ''),
          anyText({ maxLength: 9 }),
        ),
      )
      .map((parts) => parts.join('')),
  ),
});
