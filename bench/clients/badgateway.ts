import { loadPeer } from '../peers/load.ts';
import {
  type Client,
  decodeTokens,
  encodeTokens,
  type OpenClient,
  type Place,
  type Tokens,
} from './client.ts';

interface Module {
  OAuth2Client: new (settings: object) => BadgatewayClient;
  OAuth2Fetch: new (options: object) => Wrapper;
}
interface Wrapper {
  getAccessToken(): Promise<string>;
  fetch(url: string): Promise<Response>;
  readonly refreshTimer: NodeJS.Timeout | null;
}
export interface BadgatewayClient {
  refreshToken(tokens: Tokens): Promise<Tokens>;
  password(credentials: { username: string; password: string }): Promise<Tokens>;
}

export const badgateway: Client = {
  name: '@badgateway/oauth2-client',
  open: (place, tokens) => open(place, { getStoredToken: () => tokens }),
  keep: (place, tokens) => wrapperOf(place, { getStoredToken: () => tokens }),
  openShared: (place, shelf) =>
    open(place, {
      getStoredToken: async () => decodeTokens(await shelf.read()),
      storeToken: (tokens: Tokens) => shelf.write(encodeTokens(tokens)),
    }),
};

const made = new Map<string, BadgatewayClient>();

/** One for all accounts of a place, as it holds no tokens. */
export async function badgatewayClient({
  origin,
  clientId,
  clientSecret,
}: Place): Promise<BadgatewayClient> {
  const { OAuth2Client } = await loadPeer<Module>('@badgateway/oauth2-client');
  const known = made.get(origin);
  if (known !== undefined) return known;
  const client = new OAuth2Client({
    server: origin,
    clientId,
    clientSecret,
    tokenEndpoint: '/token',
    authenticationMethod: 'client_secret_post',
  });
  made.set(origin, client);
  return client;
}

async function wrapperOf(place: Place, storage: object): Promise<Wrapper> {
  const { OAuth2Fetch } = await loadPeer<Module>('@badgateway/oauth2-client');
  const client = await badgatewayClient(place);
  // Its documentation signs in again where a refresh fails.
  const getNewToken = (): Promise<Tokens> =>
    client.password({ username: place.username, password: place.password });
  return new OAuth2Fetch({ client, getNewToken, ...storage });
}

async function open(place: Place, storage: object): Promise<OpenClient> {
  const wrapper = await wrapperOf(place, storage);
  return {
    getAccessToken: () => wrapper.getAccessToken(),
    current: null,
    fetch: (path) => wrapper.fetch(place.origin + path),
    close: () => clearTimeout(wrapper.refreshTimer ?? undefined),
  };
}
