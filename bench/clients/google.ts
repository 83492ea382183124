import { loadPeer } from '../peers/load.ts';
import {
  type Client,
  decodeTokens,
  encodeTokens,
  type OpenClient,
  type Place,
  type Tokens,
} from './client.ts';

interface Credentials {
  access_token?: string | null;
  refresh_token?: string | null;
  expiry_date?: number | null;
}
export interface GoogleClient {
  setCredentials(credentials: Credentials): void;
  getAccessToken(): Promise<{ token?: string | null }>;
  refreshAccessToken(): Promise<{ credentials: Credentials }>;
  request(options: { url: string }): Promise<unknown>;
  on(event: 'tokens', listener: (credentials: Credentials) => void): void;
}

export const google: Client = {
  name: 'google-auth-library',
  open: async (place, tokens) => wrap(place, await googleClient(place, tokens)),
  keep: googleClient,
  async openShared(place, shelf) {
    const tokens = decodeTokens(await shelf.read());
    const client = await googleClient(place, tokens);
    client.on('tokens', ({ access_token, refresh_token, expiry_date }) => {
      const fresh = {
        accessToken: access_token ?? '',
        refreshToken: refresh_token ?? tokens.refreshToken,
        expiresAt: expiry_date ?? 0,
      };
      void shelf.write(encodeTokens(fresh));
    });
    return wrap(place, client);
  },
};

export async function googleClient(
  { origin, clientId, clientSecret }: Place,
  tokens: Tokens,
): Promise<GoogleClient> {
  const { OAuth2Client } = await loadPeer<{ OAuth2Client: new (options: object) => GoogleClient }>(
    'google-auth-library',
  );
  const fetchImplementation: typeof fetch = (input, init) => globalThis.fetch(input, init);
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: `${origin}/token` },
    transporterOptions: { fetchImplementation },
  });
  client.setCredentials({
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    expiry_date: tokens.expiresAt,
  });
  return client;
}

function wrap({ origin }: Place, client: GoogleClient): OpenClient {
  return {
    getAccessToken: async () => (await client.getAccessToken()).token ?? '',
    current: null,
    fetch: (path) => client.request({ url: origin + path }),
    close: () => {},
  };
}
