import { json } from '../gateway.ts';
import type { ApiCall } from './guard.ts';
import { listsOf } from './lists.ts';
import { numberedPageOf } from './paging.ts';

type Contact = Readonly<Record<string, string>>;

/** GET /ucl/v2/{accountId}/contact/. What it answers no document says: `data` is our choice. */
export function getContacts(call: ApiCall): Response {
  return contactsWith(call, (contact) => contact);
}

/** POST /ucl/v2/{accountId}/contact/byFields, with an array of the fields that are wanted. */
export function getContactsByFields(call: ApiCall): Response {
  const names = readNames(call.received.body);
  if (names === null) return json(400, { errors: ['The body must be an array of field names'] });
  return contactsWith(call, (contact) =>
    Object.fromEntries(Object.entries(contact).filter(([name]) => names.includes(name))),
  );
}

function contactsWith(call: ApiCall, pick: (contact: Contact) => Contact): Response {
  // Those services answer with an empty text where they find nothing.
  if (call.param('accountId') !== call.user.accountId)
    return new Response('', { status: 404, headers: { 'content-type': 'text/plain' } });
  const page = numberedPageOf(contactsOf(call), call.received.url.searchParams);
  return json(200, { data: page.map(pick) });
}

/** Everyone in the lists of the account, once. */
function contactsOf(call: ApiCall): Contact[] {
  const contacts = new Map<string, Contact>();
  for (const { headers, emailColumn, rows } of listsOf(call).values())
    for (const row of rows) {
      const at = (header: string): string => row[headers.indexOf(header)] ?? '';
      const email = at(emailColumn).toLowerCase();
      if (email === '' || contacts.has(email)) continue;
      const id = (contacts.size + 1).toString(16).padStart(24, '0');
      contacts.set(email, { id, email, firstName: at('First Name'), lastName: at('Last Name') });
    }
  return [...contacts.values()];
}

function readNames(body: string): string[] | null {
  try {
    const names: unknown = JSON.parse(body);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}
