import { actOnEndpoint } from '../../../packages/core/src/index.ts';
import type { Outcome } from '../../../packages/core/src/wire/token-response.ts';
import { must, mustKeepSecrets, type Reader, secrets, textOf } from './reader.ts';

/** An answer of `POST /token`. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
  /** The connection breaks at its end. */
  readonly breaksOff: boolean;
  readonly isRefresh: boolean;
}

const empty = [204, 205, 304];
const outcomes = ['granted', 'rejected', 'not_processed', 'unknown'];

/**
 * The answer of the token endpoint, whatever it is. Files: a line `200 refresh` (or `grant`,
 * `broken`), header lines, an empty line, the body.
 */
export const tokenAnswer: Reader<TokenAnswer> = {
  name: 'token-answer',
  fromBytes(bytes) {
    const end = blankLine(bytes);
    const [first = '', ...lines] = textOf(bytes.subarray(0, end)).split('\n');
    const status = Number(/\d+/.exec(first)?.[0] ?? 200);
    return {
      status: status >= 200 && status <= 599 ? status : 200,
      headers: lines.map((line) => splitOnce(line)),
      body: Uint8Array.from(bytes.subarray(end + 2)),
      breaksOff: first.includes('broken'),
      isRefresh: !first.includes('grant'),
    };
  },
  async check(answer) {
    const outcome = await send(answer);
    must(outcomes.includes(outcome.type), 'an answer becomes an outcome');
    mustKeepWhatWasIssued(answer, outcome);
    if (outcome.type === 'granted') return mustBeUsable(outcome);
    mustKeepSecrets(
      JSON.stringify(outcome),
      'clientSecret',
      answer.isRefresh ? 'refreshToken' : 'code',
    );
    must(
      /^[\x20-\x7e…]{1,500}$/.test(outcome.detail),
      'what is quoted is short and can be printed',
    );
    if (outcome.type !== 'not_processed')
      return `${outcome.type} ${Math.floor(answer.status / 100)}xx`;
    const { retryAfter, reason } = outcome;
    must((retryAfter === null) === (reason !== 'rate'), 'only too many requests name a time');
    must(
      retryAfter === null || (retryAfter >= 1_000 && retryAfter <= 3_600_000),
      'a pause is between a second and an hour',
    );
    return `${outcome.type} ${reason}`;
  },
};

function blankLine(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte, i) => byte === 10 && bytes[i + 1] === 10);
  return at < 0 ? bytes.length : at;
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(':');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).trim()];
}

async function send(answer: TokenAnswer): Promise<Outcome> {
  const { clientSecret, refreshToken, code } = secrets;
  const endpoint = actOnEndpoint({
    clientId: 'client',
    clientSecret,
    fetch: async () => responseOf(answer),
  });
  const grant = answer.isRefresh
    ? ({ type: 'refresh_token', refreshToken } as const)
    : ({ type: 'authorization_code', code, redirectUri: 'https://app.example/callback' } as const);
  return endpoint.send(grant, new AbortController().signal);
}

function responseOf({ status, headers, body, breaksOff }: TokenAnswer): Response {
  const taken = new Headers();
  for (const [name, value] of headers) {
    // What is no header cannot arrive as one.
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      taken.append(name, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, ''));
  }
  return new Response(empty.includes(status) ? null : stream(body, breaksOff), {
    status,
    headers: taken,
  });
}

/** In three pieces, cut where a character may be cut. */
function stream(body: Uint8Array, breaksOff: boolean): ReadableStream<Uint8Array> {
  const size = Math.max(1, Math.ceil(body.length / 3));
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < body.length) controller.enqueue(body.slice(at, at + size));
      else if (breaksOff) controller.error(new TypeError('terminated'));
      else controller.close();
      at += size;
    },
  });
}

/**
 * A 2xx has spent what was sent, so a refresh token in it is the only one there is. Read here by
 * other means.
 */
function mustKeepWhatWasIssued(answer: TokenAnswer, outcome: Outcome): void {
  const issued =
    answer.status < 300 && !empty.includes(answer.status) && !answer.breaksOff
      ? refreshTokenIn(answer.body)
      : null;
  if (issued === null) return;
  must(
    outcome.type === 'granted' && outcome.refreshToken === issued,
    'a 2xx with a refresh token keeps it',
  );
}

function refreshTokenIn(body: Uint8Array): string | null {
  try {
    const text = Buffer.from(body).toString('utf8');
    if (body.length > 1_048_576 || !Buffer.from(text).equals(body)) return null;
    const entries = Object.entries(JSON.parse(text.replace(/^\ufeff/, '')) as object);
    const token: unknown = entries.find(([name]) => name === 'refresh_token')?.[1];
    return typeof token === 'string' &&
      token !== '' &&
      entries.length > 0 &&
      text.trim().startsWith('{')
      ? token
      : null;
  } catch {
    return null;
  }
}

function mustBeUsable({
  accessToken,
  refreshToken,
  lifetime,
}: Extract<Outcome, { type: 'granted' }>): string {
  must(accessToken !== null || refreshToken !== null, 'a grant brings a token');
  must(lifetime > 0 && !Number.isNaN(lifetime), 'a lifetime is a positive number');
  if (accessToken !== null) {
    const kept = new Headers({ authorization: `Bearer ${accessToken}` }).get('authorization');
    must(kept === `Bearer ${accessToken}`, 'an access token goes into a header as it is');
  }
  return `granted ${accessToken === null ? 'refresh token only' : refreshToken === null ? 'access token only' : 'pair'}`;
}
