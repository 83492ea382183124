import { json, noStore } from '../gateway.ts';
import type { OAuthError } from '../profiles/profile.ts';
import { Refusal } from '../refusal.ts';

/** A refusal in the words of RFC 6749 §5.2. */
export function refuse(
  error: OAuthError,
  reason: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  const body = {
    error: error.error,
    ...(error.description !== undefined && { error_description: error.description }),
  };
  return new Refusal(
    error.error,
    () => json(error.status, body, { ...noStore, ...headers }),
    reason,
  );
}

export function invalidRequest(description: string): Refusal {
  return refuse({ status: 400, error: 'invalid_request', description });
}
