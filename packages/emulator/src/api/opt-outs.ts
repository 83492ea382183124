import { json } from '../gateway.ts';
import { apiError } from './api-error.ts';
import { readCsv } from './csv.ts';
import type { ApiCall } from './guard.ts';
import { readMultipart } from './multipart.ts';
import { pageOf } from './paging.ts';

/** An address that gets no mail from the account. */
export interface OptOut {
  readonly email: string;
  readonly timestamp: number;
  readonly origin: string;
}

/** GET /api/1/list/optout. How many there are it does not say: `totalCount` is -1. */
export function getOptOuts({ actOn, received, user }: ApiCall): Response {
  const optOuts = actOn.state.optOuts.get(user.account) ?? [];
  const { items, ...page } = pageOf(optOuts, received.url.searchParams);
  return json(200, { ...page, totalCount: -1, result: items });
}

/** PUT /api/1/list/optout: adds the addresses in the first column of a file. */
export async function addOptOuts({ actOn, received, user }: ApiCall): Promise<Response> {
  const file = (await readMultipart(received))?.get('file');
  if (file === undefined) return apiError(400, 10003, 'No file was sent');
  const known = actOn.state.optOuts.get(user.account) ?? [];
  const emails = new Set(known.map(({ email }) => email));
  const timestamp = actOn.clock.now();
  const added = readCsv(file, ',', '"')
    .map(([email = '']) => email.trim().toLowerCase())
    .filter((email) => email.includes('@') && !emails.has(email))
    .map((email) => ({ email, timestamp, origin: 'API' }));
  actOn.state.optOuts.set(user.account, [...known, ...added]);
  return json(200, { status: 'success', message: `${added.length} opted out` });
}
