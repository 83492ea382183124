import type { Parameters } from '../form.ts';
import { invalidRequest } from './refuse.ts';

export interface ClientCredentials {
  readonly id: string | null;
  readonly secret: string | null;
}

/**
 * From the body; from HTTP Basic only where that is switched on. Throws a Refusal if a client uses
 * both (RFC 6749 §2.3).
 */
export function readClientCredentials(
  headers: Headers,
  form: Parameters,
  basicAuth: boolean,
): ClientCredentials {
  const basic = readBasic(headers);
  if (basic === null) return { id: form.get('client_id'), secret: form.get('client_secret') };
  if (form.get('client_secret') !== null)
    throw invalidRequest('Only one method of client authentication may be used.');
  return basicAuth ? basic : { id: form.get('client_id'), secret: null };
}

/**
 * What an `Authorization: Basic` header holds, whether or not it is taken; `null` if there is none.
 */
export function readBasic(headers: Headers): ClientCredentials | null {
  const basic = /^basic +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1];
  return basic === undefined ? null : decodeBasic(basic);
}

/** Both halves are form-encoded before they are joined (RFC 6749 §2.3.1). */
function decodeBasic(credentials: string): ClientCredentials {
  try {
    const text = new TextDecoder().decode(
      Uint8Array.from(atob(credentials), (char) => char.charCodeAt(0)),
    );
    const [id = '', secret = ''] = text
      .split(/:(.*)/s, 2)
      .map((half) => decodeURIComponent(half.replaceAll('+', ' ')));
    return { id, secret };
  } catch {
    return { id: null, secret: null };
  }
}
