import type { ServedEmulator } from '@act-on-token/emulator';

/** Something that no browser may get, in all forms in which it might come. */
export interface Secret {
  readonly name: string;
  readonly forms: readonly string[];
}

/** The client's secret, and every token that was ever issued, spent ones included. */
export function secretsOf({ client, exportState }: ServedEmulator): Secret[] {
  const { refreshTokens, accessTokens } = exportState().maps;
  const named = (name: string, keys: readonly (readonly [unknown, unknown])[]): Secret[] =>
    keys.map(([token], index) => ({ name: `${name} ${index + 1}`, forms: formsOf(String(token)) }));
  return [
    { name: 'client secret', forms: formsOf(client.secret) },
    ...named('refresh token', refreshTokens),
    ...named('access token', accessTokens),
  ];
}

function formsOf(secret: string): string[] {
  const encoded = (['base64', 'base64url', 'hex'] as const).map((encoding) =>
    Buffer.from(secret).toString(encoding),
  );
  // All access tokens begin alike; what makes one of them that token is its end.
  return [secret, encodeURIComponent(secret), secret.slice(-20), ...encoded];
}
