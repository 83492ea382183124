import { loadPeer } from '../peers/load.ts';
import {
  type Client,
  decodeTokens,
  encodeTokens,
  type OpenClient,
  type Place,
  type Tokens,
} from './client.ts';

export interface SimpleToken {
  readonly token: { access_token: string; refresh_token: string; expires_at: Date };
  expired(seconds?: number): boolean;
  refresh(): Promise<SimpleToken>;
}
interface SimpleClient {
  createToken(token: object): SimpleToken;
}
interface Module {
  ResourceOwnerPassword: new (config: object) => SimpleClient;
}
const made = new Map<string, SimpleClient>();

export const simpleOAuth2: Client = {
  name: 'simple-oauth2',
  open: async (place, tokens) => hold(place, await simpleToken(place, tokens), async () => {}),
  keep: simpleToken,
  async openShared(place, shelf) {
    const token = await simpleToken(place, decodeTokens(await shelf.read()));
    return hold(place, token, ({ token: { access_token, refresh_token, expires_at } }) =>
      shelf.write(
        encodeTokens({
          accessToken: access_token,
          refreshToken: refresh_token,
          expiresAt: Number(expires_at),
        }),
      ),
    );
  },
};

export async function simpleToken(place: Place, tokens: Tokens): Promise<SimpleToken> {
  const client = made.get(place.origin) ?? (await simpleClient(place));
  made.set(place.origin, client);
  return client.createToken({
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    expires_at: new Date(tokens.expiresAt),
  });
}

/** One for all accounts of a place, as it holds no tokens. */
async function simpleClient({ origin, clientId, clientSecret }: Place): Promise<SimpleClient> {
  const { ResourceOwnerPassword } = await loadPeer<Module>('simple-oauth2');
  const auth = { tokenHost: origin, tokenPath: '/token', refreshPath: '/token' };
  return new ResourceOwnerPassword({
    client: { id: clientId, secret: clientSecret },
    auth,
    options: { authorizationMethod: 'body' },
  });
}

/** As its documentation has it: a look, and a refresh. It knows neither a flight nor requests. */
function hold(
  place: Place,
  first: SimpleToken,
  keep: (token: SimpleToken) => Promise<void>,
): OpenClient {
  let token = first;
  const getAccessToken = async (): Promise<string> => {
    if (token.expired()) {
      token = await token.refresh();
      await keep(token);
    }
    return token.token.access_token;
  };
  return {
    getAccessToken,
    current: () => (token.expired() ? undefined : token.token.access_token),
    fetch: async (path) =>
      globalThis.fetch(place.origin + path, {
        headers: { authorization: `Bearer ${await getAccessToken()}` },
      }),
    close: () => {},
  };
}
