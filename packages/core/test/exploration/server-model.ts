/**
 * A token server as strict as Act-On: a refresh token works once, and a password or a code kills
 * the pair that was out.
 */
export interface Server {
  /** The refresh token that works; `null`: none does. */
  readonly live: string | null;
  /** The first token of the grant that the live one descends from. */
  readonly family: string | null;
  /** Whether the replay of a spent token revokes what descends from the same grant. */
  readonly revokes: boolean;
  /** Whether a refresh brings a new refresh token, so that the old one is spent. */
  readonly rotates: boolean;
  /**
   * Whether a token that does not work is answered with a 503 for ever, where others say
   * `invalid_grant`.
   */
  readonly fails: boolean;
  /** Passwords and codes that were sent and may count. */
  readonly grants: number;
}

export type Request =
  | { readonly type: 'refresh'; readonly token: string }
  /** A password or a code. */
  | { readonly type: 'grant'; readonly right: boolean };

export type Reply =
  /**
   * `kept`: the refresh token that was sent stays good, and `token` names the access token alone.
   */
  | { readonly type: 'granted'; readonly token: string; readonly kept: boolean }
  | { readonly type: 'refused' | 'failed' };

/** A request that nobody waits for any more and that the server may process all the same. */
export interface Orphan {
  readonly request: Request;
}

/** The number in the name of a token or a claim. Later ones are greater. */
export function numberOf(name: string): number {
  let number = 0;
  for (let at = 1; at < name.length; at += 1) number = number * 10 + name.charCodeAt(at) - 48;
  return number;
}

/** What the server makes of a request. `token` is the one that it issues if it does. */
export function serve(
  server: Server,
  request: Request,
  token: string,
): { server: Server; reply: Reply } {
  const reply: Reply = { type: 'granted', token, kept: false };
  if (request.type === 'grant') {
    return request.right
      ? { server: { ...server, live: token, family: token }, reply }
      : { server, reply: { type: 'refused' } };
  }
  if (request.token !== server.live)
    return {
      server: afterReplay(server, request.token),
      reply: { type: server.fails ? 'failed' : 'refused' },
    };
  return server.rotates
    ? { server: { ...server, live: token }, reply }
    : { server, reply: { ...reply, kept: true } };
}

function afterReplay(server: Server, token: string): Server {
  const related = server.family !== null && numberOf(token) >= numberOf(server.family);
  return server.revokes && related ? { ...server, live: null } : server;
}
