import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import OAuth2Server from '@node-oauth/oauth2-server';
import { listen } from '../../../../proof/support/listen.ts';
import {
  bodyOf,
  clientIdOf,
  type Method,
  redirectUri,
  type ServerSetup,
  secretOfClients,
  type TestServer,
} from './server.ts';

const grace = 30_000;
const anHour = 3_600;

/** A refresh token, and the family that came of one code. */
interface Kept {
  readonly token: OAuth2Server.RefreshToken;
  readonly family: string;
  usedAt: number | null;
}

/**
 * `@node-oauth/oauth2-server` 5 on the loopback, over a model in memory. It takes the parts of a
 * Basic header as they are, without decoding them.
 */
export async function oauth2Server({ policy, clock }: ServerSetup): Promise<TestServer> {
  const codes = new Map<string, OAuth2Server.AuthorizationCode>();
  const spent = new Map<string, string>();
  const refreshTokens = new Map<string, Kept>();
  const accessTokens = new Map<string, string>();
  const granted = { code: 0, refresh: 0 };
  const refused: string[] = [];
  // Of the request that is being answered: the model learns of no request.
  let family = '';
  const revokeFamily = (name: string): void => {
    for (const [token, kept] of refreshTokens)
      if (kept.family === name) refreshTokens.delete(token);
    for (const [token, of] of accessTokens) if (of === name) accessTokens.delete(token);
  };
  const model: OAuth2Server.AuthorizationCodeModel & OAuth2Server.RefreshTokenModel = {
    async getClient(id, secret) {
      const method = (['client_secret_basic', 'client_secret_post', 'none'] as Method[]).find(
        (each) => clientIdOf(each) === id,
      );
      if (method === undefined) return false;
      const isRight = method === 'none' ? !secret : secret === null || secret === secretOfClients;
      if (!isRight) return false;
      return { id, grants: ['authorization_code', 'refresh_token'], redirectUris: [redirectUri] };
    },
    async saveAuthorizationCode(code, client, user) {
      const kept = { ...code, client, user };
      codes.set(code.authorizationCode, kept);
      return kept;
    },
    async getAuthorizationCode(code) {
      const wasSpentIn = spent.get(code);
      // A code that comes twice is a stolen one (RFC 6749 §4.1.2).
      if (wasSpentIn !== undefined) revokeFamily(wasSpentIn);
      return codes.get(code);
    },
    async revokeAuthorizationCode({ authorizationCode }) {
      family = crypto.randomUUID();
      spent.set(authorizationCode, family);
      return codes.delete(authorizationCode);
    },
    async getRefreshToken(token) {
      const kept = refreshTokens.get(token);
      if (kept === undefined) return false;
      family = kept.family;
      if (kept.usedAt === null) return kept.token;
      if (policy === 'rotates, after 30 s of grace' && clock.now() - kept.usedAt <= grace)
        return kept.token;
      revokeFamily(kept.family);
      return false;
    },
    async revokeToken({ refreshToken }) {
      const kept = refreshTokens.get(refreshToken);
      if (kept === undefined) return false;
      kept.usedAt ??= clock.now();
      return true;
    },
    async saveToken(token, client, user) {
      const saved = { ...token, client, user };
      accessTokens.set(token.accessToken, family);
      const { refreshToken } = saved;
      if (refreshToken)
        refreshTokens.set(refreshToken, {
          token: { ...saved, refreshToken },
          family,
          usedAt: null,
        });
      return { ...saved, instance_url: 'https://na1.example' };
    },
    async getAccessToken(accessToken) {
      if (!accessTokens.has(accessToken)) return false;
      const accessTokenExpiresAt = new Date(Date.now() + anHour * 1_000);
      return { accessToken, accessTokenExpiresAt, client: { id: 'any', grants: [] }, user: {} };
    },
  };
  const oauth = new OAuth2Server({
    model,
    accessTokenLifetime: anHour,
    allowExtendedTokenAttributes: true,
    alwaysIssueNewRefreshToken: policy !== 'keeps it',
    requireClientAuthentication: { authorization_code: false, refresh_token: false },
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const body = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    const { method = '' } = request;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const query = Object.fromEntries(url.searchParams);
    const asked = new OAuth2Server.Request({ method, query, body, headers });
    const said = new OAuth2Server.Response({ headers: {} });
    try {
      if (url.pathname === '/token') {
        await oauth.token(asked, said);
        granted[body.grant_type === 'refresh_token' ? 'refresh' : 'code'] += 1;
      } else if (url.pathname === '/authorize')
        await oauth.authorize(asked, said, {
          authenticateHandler: { handle: () => ({ name: 'ann' }) },
        });
      else await oauth.authenticate(asked, said);
    } catch (error) {
      if (url.pathname === '/token') refused.push((error as Error).message);
      said.status ??= (error as OAuth2Server.OAuthError).code;
      if (url.pathname === '/me') said.status = 401;
    }
    response.writeHead(said.status ?? 200, {
      'content-type': 'application/json',
      ...(said.headers as Record<string, string>),
    });
    response.end(JSON.stringify(said.body ?? {}));
  }

  const listening = await listen(
    createServer((request, response) => void answer(request, response)),
  );
  const issuer = `http://127.0.0.1:${listening.port}`;
  return {
    port: listening.port,
    issuer,
    tokenUrl: `${issuer}/token`,
    authorizeUrl: `${issuer}/authorize`,
    revocationUrl: undefined,
    granted,
    refused,
    async signIn(url) {
      const response = await fetch(url, { redirect: 'manual' });
      return response.headers.get('location') ?? '';
    },
    async accepts(accessToken) {
      const headers = { authorization: `Bearer ${accessToken}` };
      return (await fetch(`${issuer}/me`, { headers })).status === 200;
    },
    close: listening.close,
  };
}
