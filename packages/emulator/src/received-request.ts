import { bearerOf } from './api/bearer.ts';
import type { EmulatedActOn } from './emulated-act-on.ts';
import { type Parameters, readParameters } from './form.ts';
import type { GrantType } from './settings.ts';
import { readBasic } from './token/client-credentials.ts';

export type RouteName = 'token' | 'authorize' | 'api' | 'other';

/**
 * A request that has come in whole: read once, and looked up before anything is decided about it.
 */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly form: Parameters;
  readonly route: RouteName;
  /** What it says it is and whose, as far as the emulator knows them; `null` for a stranger. */
  readonly grantType: GrantType | null;
  readonly client: string | null;
  readonly user: string | null;
  /** The refresh token, code or access token it carries. */
  readonly token: {
    readonly kind: 'refresh_token' | 'code' | 'access_token';
    readonly value: string;
  } | null;
  /** What the handlers have to say to the ledger. */
  readonly note: Note;
}

/** How the emulated Act-On judged a request, whether or not the answer got through. */
export interface Note {
  /** A pair was issued. */
  granted: boolean;
  /** The error code that was answered. */
  error: string | null;
  /** Why, where the answer does not say. */
  reason: string | null;
  /** It carried a refresh token that was already spent. */
  replayed: boolean;
  /** A message went out. */
  sent: boolean;
}

const grantTypes: readonly GrantType[] = ['password', 'authorization_code', 'refresh_token'];

export async function readReceivedRequest(
  actOn: EmulatedActOn,
  request: Request,
): Promise<ReceivedRequest> {
  const url = new URL(request.url);
  // Before the body: in Bun a request that was read has forgotten the content type that came with
  // its URLSearchParams.
  const { headers } = request;
  const body = request.method === 'GET' || request.method === 'HEAD' ? '' : await request.text();
  const route = routeOf(url.pathname);
  const form = readParameters(url.searchParams, new URLSearchParams(body));
  return {
    method: request.method,
    url,
    headers,
    body,
    form,
    route,
    ...identify(actOn, route, form, headers),
    note: { granted: false, error: null, reason: null, replayed: false, sent: false },
  };
}

function routeOf(path: string): RouteName {
  if (path === '/token') return 'token';
  if (path === '/authorize' || path.startsWith('/authorize/')) return 'authorize';
  return path.startsWith('/api/') ? 'api' : 'other';
}

type Identity = Pick<ReceivedRequest, 'grantType' | 'client' | 'user' | 'token'>;

/**
 * Only known names come out, so that a password typed into the wrong field is not taken for one.
 */
function identify(
  actOn: EmulatedActOn,
  route: RouteName,
  form: Parameters,
  headers: Headers,
): Identity {
  if (route === 'token') return identifyGrant(actOn, form, headers);
  if (route === 'api') return identifyBearer(actOn, bearerOf(headers));
  const visit = actOn.state.visits.get(form.get('csrf') ?? '');
  const client = visit?.client ?? known(actOn.clients, form.get('client_id'));
  return { grantType: null, client, user: visit?.user ?? null, token: null };
}

function identifyGrant(actOn: EmulatedActOn, form: Parameters, headers: Headers): Identity {
  const grantType = grantTypes.find((name) => name === form.get('grant_type')) ?? null;
  const client = known(actOn.clients, form.get('client_id') ?? readBasic(headers)?.id ?? null);
  const refreshToken = form.get('refresh_token');
  const code = form.get('code');
  if (grantType === 'refresh_token' && refreshToken !== null) {
    return {
      grantType,
      client,
      user: ownerOf(actOn, refreshToken),
      token: { kind: 'refresh_token', value: refreshToken },
    };
  }
  if (grantType === 'authorization_code' && code !== null) {
    return {
      grantType,
      client,
      user: actOn.state.codes.get(code)?.user ?? null,
      token: { kind: 'code', value: code },
    };
  }
  return { grantType, client, user: known(actOn.users, form.get('username')), token: null };
}

function identifyBearer(actOn: EmulatedActOn, value: string | null): Identity {
  if (value === null) return { grantType: null, client: null, user: null, token: null };
  const family = actOn.state.families.get(actOn.state.accessTokens.get(value)?.family ?? -1);
  return {
    grantType: null,
    client: family?.client ?? null,
    user: family?.user ?? null,
    token: { kind: 'access_token', value },
  };
}

function ownerOf(actOn: EmulatedActOn, refreshToken: string): string | null {
  const family = actOn.state.refreshTokens.get(refreshToken)?.family ?? -1;
  return actOn.state.families.get(family)?.user ?? null;
}

function known(all: ReadonlyMap<string, unknown>, name: string | null): string | null {
  return name !== null && all.has(name) ? name : null;
}
