import type { EmulatedActOn } from '../emulated-act-on.ts';
import { gatewayError, json, tooManyRequests, unauthorized } from '../gateway.ts';
import type { BodyPatch, Fault, OutcomeFault } from './fault.ts';

/**
 * What a fault answers in place of Act-On; `null` if it is not of that sort. `path` is where the
 * request went.
 */
export function answerInstead(
  actOn: EmulatedActOn,
  fault: Fault,
  path: string,
  hasToken: boolean,
): Response | null {
  if (fault.kind === 'status') return statusAnswer(actOn, fault);
  if (fault.kind === 'too_many_requests') return throttled(actOn, fault);
  if (fault.kind === 'redirect') {
    const location = fault.location ?? `https://elsewhere.example${path}`;
    return new Response(null, { status: fault.status ?? 307, headers: { location } });
  }
  return fault.kind === 'unauthorized' ? unauthorized(actOn, hasToken) : null;
}

/** What a fault makes of Act-On's answer. */
export async function spoil(fault: Fault, answer: Response): Promise<Response> {
  if (fault.kind === 'truncate') return truncate(answer, fault.cut ?? 'body');
  if (fault.kind === 'bad_body') return badBody(answer, fault);
  if (fault.kind === 'wrong_content_type') {
    return rewrite(answer, await answer.text(), {
      'content-type': fault.contentType ?? 'text/plain',
    });
  }
  return answer;
}

function statusAnswer(
  actOn: EmulatedActOn,
  { status, body = 'json' }: OutcomeFault & { kind: 'status' },
): Response {
  if ([204, 205, 304].includes(status)) return new Response(null, { status });
  if (body === 'json') return gatewayError(actOn, status, status < 400 ? '' : 'URL Open error');
  const page = `<!doctype html><html><head><title>${status}</title></head><body><h1>${status}</h1><hr>gateway</body></html>`;
  return new Response(page, { status, headers: { 'content-type': 'text/html' } });
}

function throttled(
  actOn: EmulatedActOn,
  { retryAfter }: OutcomeFault & { kind: 'too_many_requests' },
): Response {
  if (retryAfter === undefined) return tooManyRequests(actOn, 'quota', null, {});
  if (!(retryAfter instanceof Date))
    return tooManyRequests(actOn, 'quota', null, { 'retry-after': String(retryAfter) });
  return tooManyRequests(actOn, 'quota', retryAfter.getTime(), {
    'retry-after': retryAfter.toUTCString(),
  });
}

async function truncate(answer: Response, cut: 'body' | 'connection'): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const half = bytes.slice(0, bytes.length / 2);
  if (cut === 'body') return rewrite(answer, half, {});
  return rewrite(answer, brokenOff(half), { 'content-length': String(bytes.length) });
}

/** A body that fails when its bytes are read, as it does in a fetch whose connection breaks. */
function brokenOff(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let isSent = false;
  return new ReadableStream({
    pull(controller) {
      if (isSent)
        return controller.error(new TypeError('terminated', { cause: connectionReset() }));
      isSent = true;
      controller.enqueue(bytes);
    },
  });
}

export function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), {
    code: 'ECONNRESET',
    errno: -104,
    syscall: 'read',
  });
}

async function badBody(
  answer: Response,
  { body, without = [] }: OutcomeFault & { kind: 'bad_body' },
): Promise<Response> {
  if (!answer.ok) return answer;
  const text = await answer.text();
  const good = JSON.parse(text) as BodyPatch;
  const bad =
    typeof body === 'function'
      ? body(good)
      : typeof body === 'string'
        ? body
        : { ...good, ...body };
  if (typeof bad === 'string') return rewrite(answer, bad, {});
  const kept = Object.fromEntries(Object.entries(bad).filter(([name]) => !without.includes(name)));
  return json(answer.status, kept, Object.fromEntries(answer.headers));
}

function rewrite(answer: Response, body: BodyInit, headers: Record<string, string>): Response {
  return new Response(body, {
    status: answer.status,
    headers: { ...Object.fromEntries(answer.headers), ...headers },
  });
}
