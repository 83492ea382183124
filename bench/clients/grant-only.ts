import { loadPeer } from '../peers/load.ts';
import type { Place, Tokens } from './client.ts';

type Refresh = () => Promise<unknown>;
interface Answer {
  readonly refresh_token?: string;
}
interface OAuth4WebApi {
  readonly allowInsecureRequests: symbol;
  ClientSecretPost(secret: string): unknown;
  refreshTokenGrantRequest(
    server: object,
    client: object,
    auth: unknown,
    refreshToken: string,
    options: object,
  ): Promise<Response>;
  processRefreshTokenResponse(server: object, client: object, response: Response): Promise<Answer>;
}
interface OpenidClient {
  Configuration: new (
    server: object,
    clientId: string,
    metadata: undefined,
    auth: unknown,
  ) => object;
  ClientSecretPost(secret: string): unknown;
  allowInsecureRequests(configuration: object): void;
  refreshTokenGrant(configuration: object, refreshToken: string): Promise<Answer>;
}

// These two make requests and keep nothing: when to ask, and where the pair goes, is the caller's
// to know.

export async function oauth4webapiRefresh(
  { origin, clientId, clientSecret }: Place,
  tokens: Tokens,
): Promise<Refresh> {
  const oauth = await loadPeer<OAuth4WebApi>('oauth4webapi');
  const server = { issuer: origin, token_endpoint: `${origin}/token` };
  const client = { client_id: clientId };
  const auth = oauth.ClientSecretPost(clientSecret);
  const options = { [oauth.allowInsecureRequests]: true };
  let { refreshToken } = tokens;
  return async () => {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      auth,
      refreshToken,
      options,
    );
    refreshToken =
      (await oauth.processRefreshTokenResponse(server, client, response)).refresh_token ??
      refreshToken;
  };
}

export async function openidClientRefresh(
  { origin, clientId, clientSecret }: Place,
  tokens: Tokens,
): Promise<Refresh> {
  const openid = await loadPeer<OpenidClient>('openid-client');
  const server = { issuer: origin, token_endpoint: `${origin}/token` };
  const configuration = new openid.Configuration(
    server,
    clientId,
    undefined,
    openid.ClientSecretPost(clientSecret),
  );
  openid.allowInsecureRequests(configuration);
  let { refreshToken } = tokens;
  return async () => {
    refreshToken =
      (await openid.refreshTokenGrant(configuration, refreshToken)).refresh_token ?? refreshToken;
  };
}
