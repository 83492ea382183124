import { forwardClock } from '@act-on-token/core';
import { promisifyRequest } from 'idb-keyval';

/** Where the time is kept, among the records: no record has a number for a key. */
const clockKey = 0;

/**
 * The time of all tabs that share a database, in epoch milliseconds. It is kept in the database, so
 * a wall clock that was set back, or that differs between two pages, does not turn it back.
 */
export async function tick(records: IDBObjectStore): Promise<number> {
  const latest = await promisifyRequest<unknown>(records.get(clockKey));
  const now = forwardClock()(typeof latest === 'number' ? latest : undefined);
  // Where there is no room to write it, no claim can be written either.
  // Stryker disable next-line ConditionalExpression: to write the time that is there changes nothing.
  if (now !== latest && records.transaction.mode === 'readwrite') records.put(now, clockKey);
  return now;
}
