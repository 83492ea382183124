import { loadPeer } from '../peers/load.ts';
import {
  type Client,
  decodeTokens,
  encodeTokens,
  type OpenClient,
  type Place,
  type Shelf,
  shelfInMemory,
  type Tokens,
} from './client.ts';

interface Session {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_at: number;
}
interface Module {
  GoTrueClient: new (
    options: object,
  ) => { getSession(): Promise<{ data: { session: Session | null }; error: Error | null }> };
}

export const supabase: Client = {
  name: '@supabase/auth-js',
  open: (place, tokens) => openOn(place, shelfInMemory(encodeTokens(tokens))),
  openShared: (place, shelf) => openOn(place, shelf),
};

async function openOn(place: Place, shelf: Shelf): Promise<OpenClient> {
  const { GoTrueClient } = await loadPeer<Module>('@supabase/auth-js');
  const storage = {
    getItem: async (): Promise<string | null> => sessionText(await shelf.read()),
    setItem: (_key: string, text: string): Promise<void> => shelf.write(tokensText(text)),
    removeItem: (): Promise<void> => shelf.write('null'),
  };
  const options = {
    url: place.origin,
    storage,
    storageKey: 'session',
    autoRefreshToken: false,
    detectSessionInUrl: false,
    fetch: inActOnsWords(place),
  };
  const client = new GoTrueClient(options);
  return {
    async getAccessToken() {
      const { data, error } = await client.getSession();
      if (data.session === null) throw error ?? new Error('There is no session.');
      return data.session.access_token;
    },
    current: null,
    fetch: null,
    close: () => {},
  };
}

/** It sends JSON and a key in the query; the rest of the grant is the same. */
const inActOnsWords =
  ({ origin, clientId, clientSecret }: Place) =>
  async (_url: string, init: RequestInit): Promise<Response> => {
    const { refresh_token } = JSON.parse(String(init.body));
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token,
    });
    const response = await globalThis.fetch(`${origin}/token`, { method: 'POST', body });
    if (!response.ok) return response;
    const answer = await response.json();
    return Response.json({ ...answer, user: { id: 'user' } });
  };

const sessionText = (text: string | null): string | null => {
  const tokens: Tokens | null = decodeTokens(text);
  if (tokens === null) return null;
  const { accessToken: access_token, refreshToken: refresh_token, expiresAt } = tokens;
  return JSON.stringify({
    access_token,
    refresh_token,
    token_type: 'bearer',
    expires_in: 3_600,
    expires_at: Math.round(expiresAt / 1_000),
    user: { id: 'user' },
  });
};

const tokensText = (text: string): string => {
  const { access_token, refresh_token, expires_at }: Session = JSON.parse(text);
  return encodeTokens({
    accessToken: access_token,
    refreshToken: refresh_token,
    expiresAt: expires_at * 1_000,
  });
};
