import { exchange, type Internals } from './exchange.ts';
import { connectionReset } from './faults/fault-answers.ts';

/** The part of `fetch` that all runtimes share. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const mostRedirects = 20;

/**
 * A `fetch` that reaches the emulator whatever host the URL names. It fails as the runtime's own
 * does: `TypeError('fetch failed')` with a `cause` that has a `code` when the connection is cut,
 * and the signal's reason when that is aborted. A request that is aborted while the emulator has it
 * goes on there, as it would behind a network.
 *
 * `redirect: 'manual'` hands over the 3xx with its status and `Location`, as Node does and a
 * browser does not. Following stays at one origin: elsewhere no server listens, so a redirect there
 * fails, and the ledger counts that it was followed.
 */
export function createFetch(internals: Internals): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    return untilAborted(request.signal, send(internals, request));
  };
}

async function send(internals: Internals, first: Request): Promise<Response> {
  let request = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const again = request.clone();
    const answer = await exchange(internals, request);
    if (!answer) throw failed(connectionReset());
    const target = redirectTarget(answer, request.url);
    if (!target || first.redirect === 'manual') return finish(answer, request.url, redirects > 0);
    if (first.redirect === 'error') throw failed(new Error('unexpected redirect'));
    request = await follow(internals, again, target, answer.status);
  }
  throw failed(new Error('redirect count exceeded'));
}

function redirectTarget(answer: Response, base: string): URL | null {
  const location = answer.headers.get('location');
  return [301, 302, 303, 307, 308].includes(answer.status) && location !== null
    ? new URL(location, base)
    : null;
}

/**
 * The next request, by the rules of the Fetch standard: what is not a 307 or 308 turns a POST into
 * a GET without a body.
 */
async function follow(
  internals: Internals,
  request: Request,
  target: URL,
  status: number,
): Promise<Request> {
  if (target.origin !== new URL(request.url).origin) {
    internals.ledger.noteRedirect();
    throw failed(
      Object.assign(new Error(`getaddrinfo ENOTFOUND ${target.hostname}`), { code: 'ENOTFOUND' }),
    );
  }
  const { method, headers } = request;
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  if (!becomesGet)
    return new Request(target, {
      method,
      headers,
      body: method === 'GET' || method === 'HEAD' ? null : await request.text(),
    });
  headers.delete('content-type');
  return new Request(target, { headers });
}

/** A response that is made rather than fetched has no URL of its own. */
function finish(answer: Response, url: string, redirected: boolean): Response {
  Object.defineProperties(answer, { url: { value: url }, redirected: { value: redirected } });
  return answer;
}

function failed(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause });
}

function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
