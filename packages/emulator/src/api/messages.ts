import { json } from '../gateway.ts';
import type { ApiCall } from './guard.ts';
import { pageOf } from './paging.ts';

/**
 * POST /api/1/message/{msgid}/send. There is no idempotency key: a call that comes twice is sent
 * twice, and counted twice.
 */
export function sendMessage({ actOn, received }: ApiCall): Response {
  actOn.state.sends += 1;
  received.note.sent = true;
  return json(200, { status: 'success', message: 'Message sent' });
}

const kinds = { DRAFT: 'd', TEMPLATE: 't', SENT: 's' };
const sentAt = Date.UTC(2026, 0, 5, 9);

/** The same in every account: messages cannot be made here. */
const messages = Object.entries(kinds).flatMap(([msgType, letter]) =>
  Array.from({ length: 25 }, (_, index) => ({
    msgId: `${letter}-${(index + 1).toString(16).padStart(4, '0')}${letter === 's' ? '-2601' : ''}`,
    name: `Message ${index + 1}`,
    msgType,
    timeStamp: String(sentAt + index * 3_600_000),
    senderName: 'Marketing',
    senderEmail: 'marketing@example.test',
    isTextOnly: 'false',
  })),
);

/** GET /api/1/message. Its records are in `msgresult`, and an `id` of 0 comes with them. */
export function getMessages({ received }: ApiCall): Response {
  const query = received.url.searchParams;
  const type = query.get('type')?.toUpperCase() ?? null;
  const { items, ...page } = pageOf(
    messages.filter(({ msgType }) => type === null || msgType === type),
    query,
  );
  return json(200, { ...page, msgresult: items, id: 0 });
}
