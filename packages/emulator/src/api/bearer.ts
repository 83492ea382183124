/**
 * The token of an `Authorization: Bearer` header, its scheme in any case; `null` if there is none.
 * Nowhere else is a token accepted.
 */
export function bearerOf(headers: Headers): string | null {
  const [, token] = /^bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '') ?? [];
  return token ?? null;
}
