import {
  type Client,
  decodeTokens,
  encodeTokens,
  type OpenClient,
  type Place,
  type Shelf,
  type Tokens,
} from './client.ts';

/**
 * The least code that does the job: a variable, a look at the clock, one flight. It survives
 * nothing else.
 */
export const floor: Client = {
  name: 'floor',
  open: async (place, tokens) => hold(place, tokens, async () => {}),
  openShared: async (place, shelf) => hold(place, decodeTokens(await shelf.read()), keepOn(shelf)),
};

type Keep = (tokens: Tokens) => Promise<void>;
const keepOn =
  (shelf: Shelf): Keep =>
  (tokens) =>
    shelf.write(encodeTokens(tokens));

function hold(place: Place, first: Tokens, keep: Keep): OpenClient {
  let { accessToken, refreshToken, expiresAt } = first;
  let flight: Promise<string> | null = null;
  const refresh = async (): Promise<string> => {
    const fresh = await refreshGrant(place, refreshToken);
    ({ accessToken, refreshToken, expiresAt } = fresh);
    await keep(fresh);
    flight = null;
    return accessToken;
  };
  const getAccessToken = async (): Promise<string> => {
    if (Date.now() < expiresAt) return accessToken;
    flight ??= refresh();
    return flight;
  };
  return {
    getAccessToken,
    current: () => (Date.now() < expiresAt ? accessToken : undefined),
    async fetch(path) {
      const token = await getAccessToken();
      const headers = new Headers();
      headers.set('authorization', `Bearer ${token}`);
      return globalThis.fetch(place.origin + path, { headers });
    },
    close: () => {},
  };
}

/** The bare grant: one POST and its JSON. */
export async function refreshGrant(
  { origin, clientId, clientSecret }: Place,
  refreshToken: string,
): Promise<Tokens> {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  });
  const response = await globalThis.fetch(`${origin}/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(`The token endpoint answered ${response.status}.`);
  return tokensOf(await response.json());
}

export interface TokenBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

export const tokensOf = ({ access_token, refresh_token, expires_in }: TokenBody): Tokens => ({
  accessToken: access_token,
  refreshToken: refresh_token,
  expiresAt: Date.now() + expires_in * 1_000,
});
