import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { type Listening, listen } from '../support/listen.ts';
import { type RawRequest, readRequests } from './raw-requests.ts';

/** How a connection ends under a request that was read: in order, or with a reset. */
export type Drop = 'FIN' | 'RST';

export interface PostCount {
  /** How often it was read, to its end. */
  readonly read: number;
  /** How often that was on a connection that had been used before, so that it got no answer. */
  readonly dropped: number;
}

/**
 * Act-On in its worst moment: it carries a POST out, and the connection breaks before a byte of the
 * answer is through.
 */
export interface DroppingServer extends Listening {
  /** What came in: a refresh by the {@link fingerprint} of its token, other POSTs by their path. */
  countOf(name: string): PostCount;
}

/** The first digits of the SHA-256 of a refresh token: what it is counted under. */
export function fingerprint(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('hex').slice(0, 12);
}

/**
 * Speaks HTTP/1.1 with keep-alive on a free port of the loopback. The first request of a connection
 * is answered, and so are those that change nothing; a POST on a connection that was used before is
 * read whole and dropped. `page` is what it shows at `/page`.
 */
export async function startDroppingServer(drop: Drop, page: string): Promise<DroppingServer> {
  const posts = new Map<string, PostCount>();
  const countOf = (name: string): PostCount => posts.get(name) ?? { read: 0, dropped: 0 };
  const server = createServer({ noDelay: true }, (socket) => {
    let isUsed = false;
    readRequests(socket, (request) => {
      const name = nameOf(request);
      const isDropped = name !== null && isUsed;
      isUsed = true;
      if (name !== null)
        posts.set(name, {
          read: countOf(name).read + 1,
          dropped: countOf(name).dropped + Number(isDropped),
        });
      if (!isDropped) socket.write(answerTo(request, page));
      else if (drop === 'RST') socket.resetAndDestroy();
      else socket.end();
    });
  });
  return { ...(await listen(server)), countOf };
}

function nameOf({ method, path, body }: RawRequest): string | null {
  if (method !== 'POST') return null;
  return path === '/token'
    ? fingerprint(new URLSearchParams(body).get('refresh_token') ?? '')
    : path;
}

/** Pages of all origins may talk to it. */
function answerTo({ method, path, origin }: RawRequest, page: string): string {
  const pair = { access_token: 'access-2', refresh_token: 'refresh-2', expires_in: 3600 };
  const json = JSON.stringify(path === '/token' ? pair : { totalCount: 0 });
  const body = method === 'OPTIONS' ? '' : path === '/page' ? page : json;
  return [
    'HTTP/1.1 200 OK',
    `content-type: ${path === '/page' ? 'text/html' : 'application/json'}`,
    `access-control-allow-origin: ${origin}`,
    'access-control-allow-credentials: true',
    'access-control-allow-headers: authorization',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: keep-alive',
    '',
    body,
  ].join('\r\n');
}
