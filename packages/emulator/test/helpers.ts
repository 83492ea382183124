import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type Fetch,
} from '@act-on-token/emulator';

export const host = 'https://api.actonsoftware.com';
export const redirectUri = 'https://app.example.test/callback';
/** When every test begins. */
export const start: number = Date.UTC(2026, 0, 5, 9);

export type Fields = Record<string, string>;
export type Body = Record<string, unknown>;

/** What came back, with its body read once as text and, where it is JSON, parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface PairBody {
  readonly access_token: string;
  readonly refresh_token: string;
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

export interface Wire {
  readonly client: { readonly client_id: string; readonly client_secret: string };
  /** POST /token with this form, and this query. */
  post(
    fields: Fields | URLSearchParams | string,
    init?: RequestInit & { query?: string },
  ): Promise<Answer>;
  password(fields?: Fields, init?: RequestInit): Promise<Answer>;
  refresh(refreshToken: string, fields?: Fields, init?: RequestInit): Promise<Answer>;
  exchangeCode(code: string, fields?: Fields): Promise<Answer>;
  api(path: string, accessToken: string | null, init?: RequestInit): Promise<Answer>;
  authorize(parameters: Fields | string): Promise<Response>;
  /** The pair of a password grant that must succeed. */
  pair(fields?: Fields): Promise<PairBody>;
}

/**
 * A client of an emulator, wherever that is: it speaks the wire and knows nothing of the package's
 * insides.
 */
export function createWire(
  emulator: Pick<Emulator, 'client' | 'user'>,
  fetch: Fetch,
  base: string,
): Wire {
  const post: Wire['post'] = async (fields, init = {}) =>
    read(
      await fetch(`${base}/token${init.query ?? ''}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: typeof fields === 'string' ? fields : new URLSearchParams(fields),
        ...init,
      }),
    );
  const client = { client_id: emulator.client.id, client_secret: emulator.client.secret };
  const password: Wire['password'] = (fields, init) =>
    post({ grant_type: 'password', ...client, ...emulator.user, ...fields }, init);
  const refresh: Wire['refresh'] = (refreshToken, fields, init) =>
    post({ grant_type: 'refresh_token', ...client, refresh_token: refreshToken, ...fields }, init);
  const exchangeCode: Wire['exchangeCode'] = (code, fields) =>
    post({
      grant_type: 'authorization_code',
      ...client,
      code,
      redirect_uri: redirectUri,
      ...fields,
    });
  const api: Wire['api'] = async (path, accessToken, init = {}) =>
    read(
      await fetch(`${base}${path}`, {
        ...init,
        headers: {
          ...(accessToken !== null && { authorization: `Bearer ${accessToken}` }),
          ...init.headers,
        },
      }),
    );
  const authorize: Wire['authorize'] = (parameters) =>
    fetch(
      `${base}/authorize?${typeof parameters === 'string' ? parameters : new URLSearchParams(parameters)}`,
      { redirect: 'manual' },
    );
  const pair: Wire['pair'] = async (fields) => pairOf(await password(fields));
  return { post, client, password, refresh, exchangeCode, api, authorize, pair };
}

/** An emulator whose clock stands still until it is advanced, and a client of it. */
export function setup(options: EmulatorOptions = {}): Wire & { emulator: Emulator } {
  const emulator = createEmulator({ now: () => start, ...options });
  return { emulator, ...createWire(emulator, emulator.fetch, host) };
}

/** As `setup`, with the code grant enabled and a user who always says Yes. */
export function setupCode(
  options: EmulatorOptions = {},
): Wire & { emulator: Emulator; code(parameters?: Fields): Promise<string> } {
  const all = setup({
    redirectUris: [redirectUri],
    autoConsent: 'marketer@example.test',
    ...options,
  });
  const code = async (parameters: Fields = {}): Promise<string> => {
    const request = {
      response_type: 'code',
      client_id: all.emulator.client.id,
      redirect_uri: redirectUri,
      ...parameters,
    };
    return location(await all.authorize(request)).searchParams.get('code') ?? '';
  };
  return { ...all, code };
}

export function pairOf(answer: Answer): PairBody {
  const { access_token, refresh_token } = answer.body;
  if (
    answer.status !== 200 ||
    typeof access_token !== 'string' ||
    typeof refresh_token !== 'string'
  ) {
    throw new Error(`no pair: ${answer.status} ${answer.text}`);
  }
  return { access_token, refresh_token };
}

export function location(response: Response): URL {
  return new URL(response.headers.get('location') ?? 'missing:');
}

/** The anti-CSRF token of the form on a page. */
export function csrfOf(page: string): string {
  return /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
}

export const hour = 3_600_000;
export const day: number = 24 * hour;
