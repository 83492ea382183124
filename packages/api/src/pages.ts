import { ActOnTokenError, checkOptions, type OptionRules } from '@act-on-token/core';
import type { ActOnApi } from './api.ts';
import { ActOnApiError } from './api-error.ts';
import { offsetPaths, pagePaths } from './generated/tables.ts';
import { retried } from './retry.ts';
import type { Data, Init, Operation } from './types.ts';

/** Lists of /api/1: the answer says which records it has, and of how many if Act-On knows. */
export type OffsetPath = keyof typeof offsetPaths;
/** Lists of contacts and segments: pages with a number, and what they hold is not documented. */
export type NumberedPath = keyof typeof pagePaths;

type MethodOf<Path extends NumberedPath> = Lowercase<(typeof pagePaths)[Path][0]>;

/** One of the records that the answers of a path have. */
export type RecordOf<Path extends OffsetPath> =
  Data<Operation<'get', Path>> extends infer Page
    ? Page extends { [Name in (typeof offsetPaths)[Path]]: readonly (infer Item)[] }
      ? Item
      : never
    : never;

export interface Page<Item, Answer> {
  readonly items: readonly Item[];
  /** The whole answer: a list's has its `headers`. */
  readonly answer: Answer;
  /** How many records there were with this page: `from` of a run that goes on after it. */
  readonly done: number;
  /** How many there are, if Act-On says so; `null` for opt-outs, contacts and segments. */
  readonly total: number | null;
}

export interface PagesOptions {
  /** How many records to leave out, because an earlier run had them. Default 0. */
  from?: number | undefined;
  /** Called after each page that was handled, before the next one is asked for. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Progress {
  readonly done: number;
  readonly total: number | null;
}

/** The init may be left out where nothing in it is required. */
export type ListRest<Op> =
  Partial<Init<Op>> extends Init<Op>
    ? [init?: Init<Op>, options?: PagesOptions]
    : [init: Init<Op>, options?: PagesOptions];

/** Where the records are in an answer that is not documented. */
export interface Items<Item> {
  items: (answer: unknown) => readonly Item[];
}

export const pagesRules: OptionRules<PagesOptions> = {
  from: [[0, Number.MAX_SAFE_INTEGER, true], 0],
  onProgress: ['function'],
};

/** Records in a page, unless the caller's `count` or `pageSize` says otherwise. */
const mostRecords = 1_000;

/**
 * The pages of a list, one after the other and each when it is asked for. A call that fails because
 * of the network, a gateway or a limit is tried again, four times. It ends when Act-On has no more
 * records, whatever it said of their number. Rejects as the calls do, and with
 * {@link ActOnApiError} if Act-On answers with other records than it was asked for.
 *
 * @example
 * const init = { params: { path: { listid: 'l-0001' } } };
 * for await (const { items, done } of pages(api, '/api/1/list/{listid}', init, { from })) …
 */
export function pages<Path extends OffsetPath>(
  api: ActOnApi,
  path: Path,
  ...rest: ListRest<Operation<'get', Path>>
): AsyncGenerator<Page<RecordOf<Path>, Data<Operation<'get', Path>>>, void, undefined>;
export function pages<Path extends NumberedPath, Item>(
  api: ActOnApi,
  path: Path,
  init: Init<Operation<MethodOf<Path>, Path>>,
  options: PagesOptions & Items<Item>,
): AsyncGenerator<Page<Item, unknown>, void, undefined>;
export function pages(
  api: ActOnApi,
  path: string,
  init: LooseInit = {},
  options: LooseOptions = {},
): AsyncGenerator<Page<unknown, unknown>, void, undefined> {
  return pagesOf(api, path, init, options);
}

/** The records themselves. To go on after a run that ended, count those that were handled. */
export function records<Path extends OffsetPath>(
  api: ActOnApi,
  path: Path,
  ...rest: ListRest<Operation<'get', Path>>
): AsyncGenerator<RecordOf<Path>, void, undefined>;
export function records<Path extends NumberedPath, Item>(
  api: ActOnApi,
  path: Path,
  init: Init<Operation<MethodOf<Path>, Path>>,
  options: PagesOptions & Items<Item>,
): AsyncGenerator<Item, void, undefined>;
export async function* records(
  api: ActOnApi,
  path: string,
  init: LooseInit = {},
  options: LooseOptions = {},
): AsyncGenerator<unknown, void, undefined> {
  for await (const { items } of pagesOf(api, path, init, options)) yield* items;
}

interface LooseInit {
  readonly params?: { readonly query?: Readonly<Record<string, unknown>> };
  readonly signal?: AbortSignal | undefined;
}

type LooseOptions = PagesOptions & Partial<Items<unknown>>;

function pagesOf(
  api: ActOnApi,
  path: string,
  init: LooseInit,
  options: LooseOptions,
): AsyncGenerator<Page<unknown, unknown>, void, undefined> {
  const given = checkOptions<PagesOptions, 'from'>('pages()', pagesRules, options);
  const { offset, page, count, pageSize } = init.params?.query ?? {};
  if (offset !== undefined || page !== undefined)
    throw wrongUse(
      'pages() turns the pages itself. Leave "offset" and "page" out, and give "from".',
    );
  if (Object.hasOwn(offsetPaths, path))
    return offsetPages(api, path as OffsetPath, init, sizeOf('count', count, mostRecords), given);
  if (!Object.hasOwn(pagePaths, path))
    throw wrongUse(
      'pages() takes the paths of lists that come in pages. Call the others directly.',
    );
  const { items } = options;
  if (typeof items !== 'function')
    throw wrongUse(
      '"items" must be a function that finds the records in an answer: no document says where they are.',
    );
  const [, size] = pagePaths[path as NumberedPath];
  return numberedPages(api, path as NumberedPath, init, sizeOf('pageSize', pageSize, size), {
    ...given,
    items,
  });
}

type Given = PagesOptions & { readonly from: number };

async function* offsetPages(
  api: ActOnApi,
  path: OffsetPath,
  init: LooseInit,
  size: number,
  { from, onProgress }: Given,
): AsyncGenerator<Page<unknown, unknown>, void, undefined> {
  for (let done = from; ; ) {
    const answer = await ask(api, 'GET', path, init, { offset: done, count: size });
    const { offset, totalCount, [offsetPaths[path]]: found } = answer as Record<string, unknown>;
    const items = recordsIn(found, 'GET', path);
    // With another page than was asked for records would be missing, or there twice.
    if (items.length > 0 && typeof offset === 'number' && offset !== done)
      throw unlike(
        'GET',
        path,
        `records from ${offset} on where it was asked for those from ${done} on`,
      );
    const total = typeof totalCount === 'number' && totalCount >= 0 ? totalCount : null;
    // The page of a list without records comes, because its headers are there too.
    if (items.length === 0 && done > 0) return;
    done += items.length;
    yield { items, answer, done, total };
    onProgress?.({ done, total });
    // A short page alone is not the end: Act-On may give fewer at once than it is asked for.
    if (items.length === 0 || (total !== null && done >= total)) return;
  }
}

async function* numberedPages(
  api: ActOnApi,
  path: NumberedPath,
  init: LooseInit,
  size: number,
  { from, onProgress, items: itemsOf }: Given & Items<unknown>,
): AsyncGenerator<Page<unknown, unknown>, void, undefined> {
  const [method] = pagePaths[path];
  let previous = '';
  for (let page = Math.floor(from / size); ; page += 1) {
    const answer = await ask(api, method, path, init, { page, pageSize: size });
    const all = recordsIn(itemsOf(answer), method, path);
    if (all.length === 0) return;
    const text = JSON.stringify(all);
    if (text === previous) throw unlike(method, path, 'the same page twice');
    // Pages of another size than was asked for cannot be counted.
    if (previous === 'short' || all.length > size)
      throw unlike(
        method,
        path,
        `pages of another size than "pageSize" (${size}); ask for smaller ones`,
      );
    const items = all.slice(Math.max(0, from - page * size));
    const done = page * size + all.length;
    previous = all.length < size ? 'short' : text;
    if (items.length === 0) continue;
    yield { items, answer, done, total: null };
    onProgress?.({ done, total: null });
  }
}

async function ask(
  api: ActOnApi,
  method: 'GET' | 'POST',
  path: string,
  init: LooseInit,
  where: Readonly<Record<string, number>>,
): Promise<unknown> {
  const params = { ...init.params, query: { ...init.params?.query, ...where } };
  const call = api[method] as (path: string, init: unknown) => Promise<{ data: unknown }>;
  const { data } = await retried(() => call(path, { ...init, params }), init.signal);
  return Object(data);
}

function recordsIn(found: unknown, method: string, path: string): readonly unknown[] {
  if (Array.isArray(found)) return found;
  throw unlike(method, path, 'no array of records');
}

function sizeOf(name: string, asked: unknown, fallback: number): number {
  const size = asked ?? fallback;
  if (Number.isSafeInteger(size) && (size as number) >= 1 && (size as number) <= mostRecords)
    return size as number;
  throw wrongUse(`"${name}" must be from 1 to 1,000, a whole number.`);
}

const wrongUse = (message: string): ActOnTokenError =>
  new ActOnTokenError('configuration', message);

function unlike(method: string, path: string, found: string): ActOnApiError {
  const operation = `${method} ${path}`;
  return new ActOnApiError(
    `Act-On answered ${operation} with ${found}. Nothing of that answer was handed over; what came before it was right.`,
    { operation, status: 200 },
  );
}
