import { json } from '../gateway.ts';
import { apiError } from './api-error.ts';
import type { ContactList } from './contact-list.ts';
import type { ApiCall } from './guard.ts';
import { listNotFound, listsOf } from './lists.ts';

/** POST /api/1/list/{id}/record: one more row, even for an address that is there already. */
export function insertRecord(call: ApiCall): Response {
  const list = listsOf(call).get(call.param('id'));
  if (!list) return listNotFound();
  const fields = readFields(call);
  return fields ? insert(call, list, fields) : badRecord();
}

/** PUT /api/1/list/{id}/record?email=: changes the row with that address, or adds one. */
export function upsertRecord(call: ApiCall): Response {
  const list = listsOf(call).get(call.param('id'));
  if (!list) return listNotFound();
  const email = call.received.url.searchParams.get('email');
  const fields = readFields(call);
  if (!fields || !email) return badRecord();
  const index = list.rows.findIndex((row) => isAddress(list, row, email));
  if (index === -1) return insert(call, list, { ...fields, [list.emailColumn]: email });
  list.rows = list.rows.map((row, position) =>
    position === index ? merge(list, row, fields) : row,
  );
  return saved(call, list, index, 'Record updated');
}

function insert(call: ApiCall, list: ContactList, fields: Fields): Response {
  list.rows = [...list.rows, merge(list, [], fields)];
  return saved(call, list, list.rows.length - 1, 'Record inserted');
}

function saved({ actOn }: ApiCall, list: ContactList, index: number, message: string): Response {
  list.modifiedAt = actOn.clock.now();
  const id = `${list.id}:${index + 1}`;
  return json(200, { status: 'success', message, id, contact_id: id });
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that the list has no column for are ignored. */
function merge(list: ContactList, row: readonly string[], fields: Fields): string[] {
  return list.headers.map((header, column) =>
    Object.hasOwn(fields, header) ? String(fields[header]) : (row[column] ?? ''),
  );
}

function isAddress(list: ContactList, row: readonly string[], email: string): boolean {
  return row[list.headers.indexOf(list.emailColumn)]?.toLowerCase() === email.toLowerCase();
}

function readFields({ received }: ApiCall): Fields | null {
  try {
    const fields: unknown = JSON.parse(received.body);
    return typeof fields === 'object' && fields !== null && !Array.isArray(fields)
      ? (fields as Fields)
      : null;
  } catch {
    return null;
  }
}

function badRecord(): Response {
  return apiError(400, 10004, 'The record must be a JSON object');
}
