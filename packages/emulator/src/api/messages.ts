import { json } from '../gateway.ts';
import type { ApiCall } from './guard.ts';

/**
 * POST /api/1/message/{id}/send. There is no idempotency key: a call that comes twice is sent
 * twice, and counted twice.
 */
export function sendMessage({ actOn, received }: ApiCall): Response {
  actOn.state.sends += 1;
  received.note.sent = true;
  return json(200, { status: 'success', message: 'Message sent' });
}
