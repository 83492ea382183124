import { promisifyRequest } from 'idb-keyval';

/**
 * By how much the wall clock may have been set back, in milliseconds, before the later time counts
 * as the mistake.
 */
const patience = 3_600_000;
/** Where the time is kept, among the records: no record has a number for a key. */
const clockKey = 0;

/**
 * The time of all tabs that share a database, in epoch milliseconds. It is kept in the database, so
 * a wall clock that was set back, or that differs between two pages, does not turn it back: it
 * stays the same until the wall clock has caught up.
 */
export async function tick(records: IDBObjectStore): Promise<number> {
  const latest = await promisifyRequest<unknown>(records.get(clockKey));
  const wall = Date.now();
  // Stryker disable next-line EqualityOperator: an equal time is the same time, and one millisecond makes no difference of an hour.
  const isAhead = typeof latest === 'number' && latest > wall && latest - wall <= patience;
  const now = isAhead ? latest : wall;
  // Where there is no room to write it, no claim can be written either.
  // Stryker disable next-line ConditionalExpression: to write the time that is there changes nothing.
  if (now !== latest && records.transaction.mode === 'readwrite') records.put(now, clockKey);
  return now;
}
