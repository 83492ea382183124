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

interface User {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_at: number;
  readonly expired: boolean;
}
interface Module {
  UserManager: new (
    settings: object,
  ) => { getUser(): Promise<User | null>; signinSilent(): Promise<User | null> };
  WebStorageStateStore: new (options: object) => object;
  InMemoryWebStorage: new () => object;
}

export const oidcClientTs: Client = {
  name: 'oidc-client-ts',
  open: (place, tokens) => openOn(place, shelfInMemory(encodeTokens(tokens))),
  openShared: (place, shelf) => openOn(place, shelf),
};

async function openOn(place: Place, shelf: Shelf): Promise<OpenClient> {
  const { UserManager, WebStorageStateStore, InMemoryWebStorage } =
    await loadPeer<Module>('oidc-client-ts');
  const storage = {
    length: Promise.resolve(1),
    getItem: async (): Promise<string | null> => userText(await shelf.read()),
    setItem: (_key: string, text: string): Promise<void> => shelf.write(tokensText(text)),
    removeItem: (): Promise<void> => shelf.write('null'),
  };
  const manager = new UserManager({
    ...metadata(place),
    redirect_uri: `${place.origin}/callback`,
    scope: 'offline-access',
    automaticSilentRenew: false,
    monitorSession: false,
    userStore: new WebStorageStateStore({ store: storage }),
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });
  return {
    async getAccessToken() {
      const user = await manager.getUser();
      if (user !== null && !user.expired) return user.access_token;
      const fresh = await manager.signinSilent();
      if (fresh === null) throw new Error('There is no user.');
      return fresh.access_token;
    },
    current: null,
    fetch: null,
    close: () => {},
  };
}

function metadata({ origin, clientId, clientSecret }: Place): object {
  const endpoints = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
  };
  return {
    authority: origin,
    client_id: clientId,
    client_secret: clientSecret,
    client_authentication: 'client_secret_post',
    metadata: endpoints,
  };
}

const userText = (text: string | null): string | null => {
  const tokens: Tokens | null = decodeTokens(text);
  if (tokens === null) return null;
  const { accessToken: access_token, refreshToken: refresh_token, expiresAt } = tokens;
  return JSON.stringify({
    access_token,
    refresh_token,
    token_type: 'Bearer',
    scope: 'offline-access',
    profile: { sub: 'user' },
    expires_at: Math.round(expiresAt / 1_000),
  });
};

const tokensText = (text: string): string => {
  const { access_token, refresh_token, expires_at }: User = JSON.parse(text);
  return encodeTokens({
    accessToken: access_token,
    refreshToken: refresh_token,
    expiresAt: expires_at * 1_000,
  });
};
