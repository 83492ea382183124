/** No longer than a day, the longest time for which Act-On counts calls: a header may be wrong. */
const longest = 86_400_000;

/**
 * How many milliseconds `Retry-After` asks to wait; `null` if it is missing or no one can read it.
 * A date is taken against the server's own clock where the answer has one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfter(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  const sent = Date.parse(headers.get('date') ?? '');
  const wait = /^\d+$/.test(value)
    ? Number(value) * 1000
    : dateOf(value) - (Number.isNaN(sent) ? now : sent);
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), longest);
}

/** Only what looks like an HTTP-date: `Date.parse` makes a year of almost any number. */
function dateOf(value: string): number {
  return /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN;
}
