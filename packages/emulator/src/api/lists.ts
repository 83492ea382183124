import { json } from '../gateway.ts';
import { apiError } from './api-error.ts';
import { type ContactList, createList, listTypes } from './contact-list.ts';
import type { ApiCall } from './guard.ts';
import { pageOf } from './paging.ts';

/**
 * GET /api/1/list. The documentation writes `listingtype` in lower case and clients in upper case:
 * both are taken.
 */
export function getLists(call: ApiCall): Response {
  const query = call.received.url.searchParams;
  const type = (query.get('listingtype') ?? 'CONTACT_LIST').toUpperCase();
  if (!listTypes.some((known) => known === type))
    return apiError(400, '10010', 'Unknown listingtype');
  const lists = [...listsOf(call).values()].filter((list) => list.type === type);
  const { items, ...page } = pageOf(lists, query);
  return json(200, { ...page, result: items.map(summary) });
}

/** GET /api/1/list/{id} */
export function getList(call: ApiCall): Response {
  const list = listsOf(call).get(call.param('id'));
  if (!list) return listNotFound();
  const { items, ...page } = pageOf(list.rows, call.received.url.searchParams);
  return json(200, {
    listId: list.id,
    ...page,
    emailColumn: list.emailColumn,
    headers: list.headers,
    data: items,
  });
}

/** The account's lists, made when they are first asked for. */
export function listsOf({ actOn, user }: ApiCall): Map<string, ContactList> {
  const existing = actOn.state.lists.get(user.account);
  if (existing) return existing;
  const made = actOn.lists.map((list, position) => createList(list, position, actOn.clock.now()));
  const lists = new Map(made.map((list) => [list.id, list]));
  actOn.state.lists.set(user.account, lists);
  return lists;
}

export function listNotFound(): Response {
  return apiError(404, 10004, 'List not found');
}

function summary(list: ContactList): Record<string, unknown> {
  const modified = list.modifiedAt;
  return {
    id: list.id,
    name: list.name,
    folderName: 'Lists',
    sourceId: '',
    baseId: '',
    description: '',
    // A text, as Act-On sends it.
    sourceSize: String(list.rows.length),
    sourceName: 'Upload',
    tsLastModified: modified,
    tsLastCounted: modified,
    tsSource: modified,
    sourceTS: modified,
    bIsSingleton: false,
    bIsList: true,
  };
}
