import {
  type ActOnApi,
  type ActOnApiError,
  createActOnApi,
  isActOnApiError,
  job,
  pages,
  records,
  type Schemas,
} from '@act-on-token/api';
import type { BrokerSession } from '@act-on-token/broker/client';
import type { Session } from '@act-on-token/core';

declare const session: Session;
declare const page: BrokerSession;
declare const file: File;

export const api: ActOnApi = createActOnApi(session);
export const inPage: ActOnApi = createActOnApi(page, { timeout: 30_000 });

const lists = await api.GET('/api/1/list', { params: { query: { count: 1 } } });
export const first: Schemas['ListAsset'] | undefined = lists.data.result[0];
export const total: number = lists.data.totalCount;
export const status: number = lists.response.status;
await api.GET('/api/1/account', { signal: new AbortController().signal });
await api.GET('/api/1/account');

const listid = 'l-0001';
const csv = await api.GET('/api/1/list/{listid}', {
  params: { path: { listid }, query: { responseformat: 'CSV' } },
  parseAs: 'stream',
});
export const stream: ReadableStream<Uint8Array> = csv.data;

// What Act-On does not document is unknown.
const senders = await api.GET('/api/1/account/senders');
export const unknown: unknown = senders.data;
// @ts-expect-error and nothing is guessed about it
senders.data.length;

await api.PUT('/api/1/subscription/setcategories', { body: { email: 'x', category: ['1', '2'] } });
await api.PUT('/api/1/list/{listid}', {
  params: { path: { listid } },
  body: {
    file,
    quotecharacter: 'DOUBLE_QUOTE',
    uploadspecs: [{ columnHeading: 'E-mail', columnIndex: 0, columnType: 'EMAIL' }],
    mergespecs: [{ mergeMode: 'UPSERT', dstListId: listid, columnMap: [] }],
  },
});

export const isGone = (error: unknown): error is ActOnApiError => isActOnApiError(error, '10004');

// Wrong parameters.
// @ts-expect-error there is no such parameter in the query
api.GET('/api/1/list', { params: { query: { limit: 1 } } });
// @ts-expect-error a number, not a text
api.GET('/api/1/list', { params: { query: { count: '1' } } });
// @ts-expect-error not a type of list
api.GET('/api/1/list', { params: { query: { listingtype: 'everything' } } });
// @ts-expect-error the list must be named
api.GET('/api/1/list/{listid}');
// @ts-expect-error by its own name
api.GET('/api/1/list/{listid}', { params: { path: { id: listid } } });
// @ts-expect-error there is no such option
api.GET('/api/1/account', { timeout: 1 });

// Wrong bodies: the package makes the form, the multipart body and the JSON.
// @ts-expect-error no form
api.PUT('/api/1/subscription/optout', { body: new URLSearchParams() });
// @ts-expect-error no text
api.PUT('/api/1/subscription/optout', { body: 'email=x&category=1' });
// @ts-expect-error no FormData
api.POST('/api/1/image', { body: new FormData() });
// @ts-expect-error a file is a Blob
api.POST('/api/1/media', { body: { file: 'contacts.csv' } });
// @ts-expect-error an array of texts, not a text
api.PUT('/api/1/subscription/setcategories', { body: { email: 'x', category: '1,2' } });
// @ts-expect-error JSON is not handed in as text
api.POST('/api/1/user', { body: '[]' });
// @ts-expect-error a field that is required
api.PUT('/api/1/subscription/optout', { body: { email: 'x' } });
// @ts-expect-error a field that it does not have
api.PUT('/api/1/subscription/optout', { body: { email: 'x', category: '1', list: 'l-0001' } });
// @ts-expect-error a GET has no body
api.GET('/api/1/account', { body: {} });
// @ts-expect-error this one needs a body
api.PUT('/api/1/subscription/optout');

// Unknown operations.
// @ts-expect-error no such path
api.GET('/api/1/lists');
// @ts-expect-error as the document writes it, with its slash
api.GET('/api/1/media');
// @ts-expect-error an account has no DELETE
api.DELETE('/api/1/account');
// @ts-expect-error tokens are the session's
api.POST('/token', { body: {} });
// @ts-expect-error Act-On has no PATCH
api.PATCH;

// Pages and jobs.
const init = { params: { path: { listid } } };
for await (const { items, answer, done, total } of pages(api, '/api/1/list/{listid}', init, {
  from: 1_000,
  onProgress: (at) => console.log(at.done, at.total),
})) {
  const rows: readonly string[][] = items;
  const headers: string[] = answer.headers;
  console.log(rows, headers, done, total?.toFixed());
}
for await (const message of records(api, '/api/1/message')) console.log(message.msgId);
for await (const email of records(
  api,
  '/ucl/v2/{accountId}/contact/byFields',
  { params: { path: { accountId: 7 } }, body: ['email'] },
  { items: (answer) => answer as string[] },
))
  console.log(email.length);

export const appended: number | undefined = (await job(api, { upload: 'x' })).details?.appendCount;
export const created: number | undefined = (await job(api, { import: 'x', accountId: 7 }))
  .createdCount;

// @ts-expect-error that one has no pages
pages(api, '/api/1/account');
// @ts-expect-error a list has an id
pages(api, '/api/1/list/{listid}');
// @ts-expect-error where contacts are no document says
pages(api, '/ucl/v2/{accountId}/contact/', { params: { path: { accountId: 7 } } });
// @ts-expect-error an import is one of an account
job(api, { import: 'x' });
// @ts-expect-error whether an ingest is done no document says
job(api, { ingest: 'x', accountId: 7 });
