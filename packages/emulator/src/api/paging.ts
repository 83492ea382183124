export interface Page<T> {
  readonly offset: number;
  readonly count: number;
  readonly totalCount: number;
  readonly items: readonly T[];
}

const largestPage = 1000;

/** Where the contacts' routes are: `page` from 0, of `pageSize`, 50 by default. */
export function numberedPageOf<T>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const size = Math.min(wholeNumber(query.get('pageSize')) ?? 50, largestPage);
  const from = (wholeNumber(query.get('page')) ?? 0) * size;
  return items.slice(from, from + size);
}

/**
 * `count` is capped at 1000. A number that cannot be read counts as absent: from the start, as many
 * as there may be.
 */
export function pageOf<T>(items: readonly T[], query: URLSearchParams): Page<T> {
  const offset = wholeNumber(query.get('offset')) ?? 0;
  const count = Math.min(wholeNumber(query.get('count')) ?? largestPage, largestPage);
  const page = items.slice(offset, offset + count);
  return { offset, count: page.length, totalCount: items.length, items: page };
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
