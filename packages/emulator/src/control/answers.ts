import type { HonoRequest } from 'hono';
import { isObject, type Members } from '../check.ts';
import { isMediaType } from '../form.ts';
import { json } from '../gateway.ts';

/** A good answer. None is kept: it was true at that moment. */
export function answer(body: unknown, status = 200): Response {
  return json(status, body, { 'cache-control': 'no-store' });
}

export function done(): Response {
  return new Response(null, { status: 204 });
}

export function problem(status: number, error: string): Response {
  return answer({ error }, status);
}

/** The JSON object that a request brings. Throws a TypeError if it brings none. */
export async function readObject(request: HonoRequest): Promise<Members> {
  const isJson = isMediaType(request.header('content-type') ?? null, 'application/json');
  const body = isJson ? parse(await request.text()) : null;
  if (!isObject(body))
    throw new TypeError('the body must be a JSON object, and the content type application/json');
  return body;
}

/** The whole number that a query parameter is. Throws a TypeError if it is none. */
export function readCount(request: HonoRequest, name: string, otherwise: number): number {
  const text = request.query(name) ?? String(otherwise);
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`"${name}" must be a whole number`);
  return Number(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
