import type { Attempt } from '../../src/machine.ts';

/** A token server as strict as Act-On: a refresh token works once, and a password or a code kills the pair that was out. */
export interface Server {
  /** The refresh token that works; `null`: none does. */
  readonly live: string | null;
  /** The first token of the grant that the live one descends from. */
  readonly family: string | null;
  /** Whether the replay of a spent token revokes what descends from the same grant. */
  readonly revokes: boolean;
  /** Passwords and codes that were sent and may count. */
  readonly grants: number;
}

export type Request =
  | { readonly type: 'refresh'; readonly token: string }
  /** A password or a code. */
  | { readonly type: 'grant'; readonly right: boolean };

export type Reply = { readonly type: 'granted'; readonly token: string } | { readonly type: 'refused' };

/** A request that nobody waits for any more and that the server may process all the same. */
export interface Orphan {
  readonly request: Request;
  readonly reply: Reply | null;
  /** Who would still take a pair from it. */
  readonly late: { readonly process: number; readonly mine: Attempt } | null;
}

/** The number in the name of a token or a claim. Later ones are greater. */
export function numberOf(name: string): number {
  let number = 0;
  for (let at = 1; at < name.length; at += 1) number = number * 10 + name.charCodeAt(at) - 48;
  return number;
}

/** What the server makes of a request. `token` is the one that it issues if it does. */
export function serve(server: Server, request: Request, token: string): { server: Server; reply: Reply } {
  const reply: Reply = { type: 'granted', token };
  if (request.type === 'grant') {
    return request.right ? { server: { ...server, live: token, family: token }, reply } : { server, reply: { type: 'refused' } };
  }
  if (request.token === server.live) return { server: { ...server, live: token }, reply };
  return { server: afterReplay(server, request.token), reply: { type: 'refused' } };
}

function afterReplay(server: Server, token: string): Server {
  const related = server.family !== null && numberOf(token) >= numberOf(server.family);
  return server.revokes && related ? { ...server, live: null } : server;
}
