import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Handler } from './browser.ts';

/**
 * Reaches a server with all headers as they are: the runtime's own `fetch` would set some of those
 * that browsers set by themselves.
 */
export function httpHandler(origin: string): Handler {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    const headers: Record<string, string> = {
      ...Object.fromEntries(request.headers),
      ...(body && { 'content-length': String(body.byteLength) }),
    };
    const outgoing = httpRequest(`${origin}${pathname}${search}`, {
      method: request.method,
      headers,
    });
    outgoing.end(body ?? undefined);
    return toResponse(await answerTo(outgoing));
  };
}

export function answerTo(outgoing: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => outgoing.once('response', resolve).once('error', reject));
}

function toResponse(answer: IncomingMessage): Response {
  const { statusCode: status = 502, rawHeaders } = answer;
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  const isEmpty = status === 204 || status === 304;
  if (isEmpty) answer.resume();
  return new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), {
    status,
    headers,
  });
}
