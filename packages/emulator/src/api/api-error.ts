import { json } from '../gateway.ts';

/** An error of Act-On itself. It writes some codes as numbers and some as texts. */
export function apiError(status: number, errorCode: number | string, message: string): Response {
  return json(status, { errorCode, message });
}
