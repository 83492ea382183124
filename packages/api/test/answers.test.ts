import { ActOnApiError, createActOnApi, isActOnApiError } from '@act-on-token/api';
import { describe, expect, it } from 'vitest';
import { plainServer, type Reply } from './support/plain-server.ts';

const api = async (reply: Reply | null, options = {}) =>
  createActOnApi((await plainServer(() => reply)).session, options);
const errorOf = async (work: Promise<unknown>): Promise<ActOnApiError> =>
  work.then(
    () => expect.fail('it should have been an error'),
    (error) => error,
  );
const list = (reply: Reply) =>
  api(reply).then(({ GET }) =>
    GET('/api/1/list/{listid}', { params: { path: { listid: 'l-0001' } } }),
  );
const html = { 'content-type': 'text/html' };
const plain = { 'content-type': 'text/plain' };

describe('whatever Act-On says instead of an answer becomes one error', () => {
  it.each<[string, Reply, string | null, string | null]>([
    [
      '/api/1',
      { status: 404, body: '{"errorCode":10004,"message":"List not found"}' },
      '10004',
      'List not found',
    ],
    [
      '/api/1 with a code that is a text',
      { status: 400, body: '{"errorCode":"10010","message":"x"}' },
      '10010',
      'x',
    ],
    [
      'the gateway',
      {
        status: 404,
        body: '{"httpCode":"404","httpMessage":"Not Found","moreInformation":"No resources match"}',
      },
      '404',
      'Not Found; No resources match',
    ],
    [
      'the gateway without more',
      { status: 403, body: '{"httpCode":"403","httpMessage":"Forbidden","moreInformation":""}' },
      '403',
      'Forbidden',
    ],
    ['contacts', { status: 400, body: '{"errors":["One","Two"]}' }, null, 'One; Two'],
    ['contacts, empty', { status: 409, headers: plain }, null, null],
    [
      'contacts, a sentence',
      { status: 413, headers: plain, body: 'The file is too large.' },
      null,
      'The file is too large.',
    ],
    [
      'templated mail',
      { status: 400, body: '{"errorName":"BadTemplate","message":"No such"}' },
      'BadTemplate',
      'No such',
    ],
    [
      'templated mail that is suppressed',
      { status: 400, body: '{"success":false,"suppressedRecipients":["a@example.test"]}' },
      'suppressed',
      'suppressed recipients: 1',
    ],
    [
      'custom data',
      {
        status: 404,
        body: '{"errorId":"7","requestUri":"/x","errorMessage":"No schema","errorList":["a","b"],"status":"404 NOT_FOUND"}',
      },
      'NOT_FOUND',
      'No schema; a; b',
    ],
    [
      'the issuer of tokens',
      { status: 403, body: '{"error":"invalid_grant","error_description":"Unknown"}' },
      'invalid_grant',
      'Unknown',
    ],
    [
      'the gateway until 2023',
      {
        status: 500,
        body: '{"fault":{"code":900901,"message":"Invalid Credentials","description":"d"}}',
      },
      '900901',
      'Invalid Credentials; d',
    ],
    [
      'a page',
      { status: 502, headers: html, body: '<!DOCTYPE html><html><body>Bad Gateway</body></html>' },
      null,
      'a page of HTML',
    ],
    [
      'a page under a wrong type',
      { status: 503, body: ' <html>no</html>' },
      null,
      'a page of HTML',
    ],
    ['broken JSON', { status: 500, body: '{"errorCode":1' }, null, '{"errorCode":1'],
    ['JSON of no known shape', { status: 500, body: '[1]' }, null, null],
    ['a JSON text', { status: 500, body: '"x"' }, null, null],
    ['null', { status: 500, body: 'null' }, null, null],
  ])('%s', async (_, reply, code, text) => {
    const error = await errorOf(list(reply));
    expect(error).toBeInstanceOf(ActOnApiError);
    expect(isActOnApiError(error, code ?? undefined)).toBe(true);
    expect(error).toMatchObject({
      name: 'ActOnApiError',
      operation: 'GET /api/1/list/{listid}',
      status: reply.status,
      code,
      text,
    });
    expect(error.message).toMatch(
      /^Act-On answered GET \/api\/1\/list\/\{listid\} with \d{3}.*\. \S.*[.]$/,
    );
    if (text !== null) expect(error.message).toContain(text);
    expect(isActOnApiError(JSON.parse(JSON.stringify(error)))).toBe(false);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ status: reply.status, code, text });
  });

  it('with when to come back, if Act-On says so', async () => {
    const limited = { status: 429, headers: { 'retry-after': '30' }, body: '{"httpCode":"429"}' };
    const before = Date.now();
    const { retryAt } = await errorOf(list(limited));
    expect(retryAt).toBeGreaterThanOrEqual(before + 30_000);
    expect(retryAt).toBeLessThanOrEqual(Date.now() + 30_000);
    const date = { status: 503, headers: { 'retry-after': 'Fri, 01 Jan 2027 00:00:00 GMT' } };
    expect((await errorOf(list(date))).retryAt).toBe(Date.UTC(2027, 0, 1));
    expect(
      (await errorOf(list({ status: 503, headers: { 'retry-after': 'soon' } }))).retryAt,
    ).toBeNull();
  });

  it('and says of a call that is not a GET that it may have been done', async () => {
    const { DELETE, POST } = await api({ status: 500 });
    const path = { listid: 'l-0001' };
    const first = await errorOf(DELETE('/api/1/list/{listid}', { params: { path } }));
    expect(first.message).toContain('It may have done what was asked');
    const second = await errorOf(
      POST('/api/1/list/{listid}/record', { params: { path }, body: {} }),
    );
    expect(second.message).toContain('It may have done what was asked');
  });

  it('without the token, in whatever way Act-On says it again', async () => {
    for (const token of ['secret-access-1', 'secret-access-2'])
      for (const text of [
        `Token ${token} is not known`,
        `Bearer ${token}`,
        `secret-\u200baccess-${token.at(-1)}`,
        'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln',
        'Authorization: Bearer some.other/token+x=',
      ])
        for (const body of [
          text,
          JSON.stringify({ errorCode: text, message: text }),
          JSON.stringify({ errors: [text] }),
        ]) {
          const error = await errorOf(list({ status: 401, body }));
          const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.text} ${error.code}`;
          expect(shown).not.toMatch(/secret-access-\d|eyJ|some\.other/);
        }
  });

  it('in printable characters, and few of them', async () => {
    const { text, message } = await errorOf(
      list({
        status: 400,
        body: JSON.stringify({ errorCode: 1, message: `\u001b[31mä\u202e\n${'x'.repeat(1_000)}` }),
      }),
    );
    expect(text).toMatch(/^\[31mä x{200,300}…$/);
    expect(message.length).toBeLessThan(600);
  });

  it('and reads no more than it needs of an endless one', async () => {
    const { text } = await errorOf(list({ status: 500, body: 'x'.repeat(5_000_000) }));
    expect(text).toBeNull();
  });
});

describe('an answer of success is read as the operation answers', () => {
  it('a page of HTML under 200 is an error, and so are other texts and nothing at all', async () => {
    const page = await errorOf(
      list({ headers: html, body: '<!doctype html><title>Maintenance</title>' }),
    );
    expect(page).toMatchObject({ status: 200, code: null });
    expect(page.message).toContain('a page of HTML in place of data');
    expect((await errorOf(list({ body: 'a,b\n' }))).message).toContain('parseAs: "text"');
    expect((await errorOf(list({ body: '' }))).message).toContain('an empty body');
    expect((await errorOf(list({ body: '{"listId":' }))).message).toContain('not JSON');
  });

  it('a page of HTML is none of the answers that are not documented either', async () => {
    const { DELETE } = await api({ body: '<html></html>' });
    const error = await errorOf(
      DELETE('/api/1/list/{listid}', { params: { path: { listid: 'l-0001' } } }),
    );
    expect(error.message).toContain('It may have done what was asked');
  });

  it('JSON under text/plain is JSON', async () => {
    const { DELETE } = await api({
      headers: plain,
      body: '{"success_count":1,"fail_count":1,"failedList":[]}',
    });
    const { data } = await DELETE('/api/1/list/{listid}/record', {
      params: { path: { listid: 'l-0001' }, query: { contactids: 'l-0001:1,l-0001:2' } },
    });
    expect(data.fail_count).toBe(1);
  });

  it('a message is HTML, and rejected rows are CSV', async () => {
    const message = await api({ headers: html, body: '<html>Hello</html>' });
    const path = { id: 's-0001', recid: 'l-0001:1' };
    expect((await message.GET('/api/1/message/{id}/{recid}', { params: { path } })).data).toBe(
      '<html>Hello</html>',
    );
    const rows = await api({ headers: { 'content-type': 'text/csv' }, body: 'a,b\n' });
    const query = { rejectfilename: 'x' } as never;
    expect((await rows.GET('/api/1/list/rejectedUploadRecords', { params: { query } })).data).toBe(
      'a,b\n',
    );
  });

  it('what is not documented is handed over as it is: JSON, a text or nothing', async () => {
    const senders = async (reply: Reply) =>
      (await (await api(reply)).GET('/api/1/account/senders')).data;
    expect(await senders({ body: '{"a":[1]}' })).toEqual({ a: [1] });
    expect(await senders({ body: 'Fine' })).toBe('Fine');
    expect(await senders({ body: '' })).toBeUndefined();
    expect(await senders({ status: 204 })).toBeUndefined();
  });

  it('as text, a Blob or a stream, where the caller wants that', async () => {
    const { GET } = await api({ headers: { 'content-type': 'text/csv' }, body: 'a,b\n' });
    const params = { path: { listid: 'l-0001' }, query: { responseformat: 'CSV' as const } };
    const text = await GET('/api/1/list/{listid}', { params, parseAs: 'text' });
    const blob = await GET('/api/1/list/{listid}', { params, parseAs: 'blob' });
    const stream = await GET('/api/1/list/{listid}', { params, parseAs: 'stream' });
    expect([text.data, await blob.data.text(), await new Response(stream.data).text()]).toEqual(
      Array(3).fill('a,b\n'),
    );
    const page = await api({ headers: html, body: '<html></html>' });
    for (const parseAs of ['text', 'blob', 'stream'] as const)
      expect(
        (await errorOf(page.GET('/api/1/list/{listid}', { params, parseAs }))).message,
      ).toContain('a page of HTML');
  });

  it('with the response for its status and headers', async () => {
    const { GET } = await api({ headers: { 'x-request-id': '7' }, body: '{"account_id":1}' });
    const { response } = await GET('/api/1/account');
    expect([response.status, response.headers.get('x-request-id')]).toEqual([200, '7']);
  });
});

describe('a body without an end', () => {
  it('is not read beyond 64 MiB, but as a stream', async () => {
    const { GET } = await api({ body: Buffer.alloc(67_108_865, ' ') });
    const params = { path: { listid: 'l-0001' } };
    const error = await errorOf(GET('/api/1/list/{listid}', { params }));
    expect(error.message).toContain('more than 64 MiB of text. Pass parseAs: "stream"');
    const { data } = await GET('/api/1/list/{listid}', { params, parseAs: 'stream' });
    expect((await new Response(data).arrayBuffer()).byteLength).toBe(67_108_865);
  });
});

describe('a call ends', () => {
  it('with "timeout", if Act-On never answers', async () => {
    const { POST } = await api(null, { timeout: 50 });
    const error = await errorOf(
      POST('/api/1/list/{listid}/record', { params: { path: { listid: 'x' } }, body: {} }),
    );
    expect(error).toMatchObject({ name: 'ActOnTokenError', code: 'timeout' });
    expect(error.message).toContain('POST /api/1/list/{listid}/record within 50 ms ("timeout")');
  });

  it('with the reason of its signal, before it is sent and after', async () => {
    const { received, session } = await plainServer(() => null);
    const { GET } = createActOnApi(session);
    await expect(GET('/api/1/account', { signal: AbortSignal.abort('early') })).rejects.toBe(
      'early',
    );
    expect(received).toEqual([]);
    const controller = new AbortController();
    const call = GET('/api/1/account', { signal: controller.signal });
    controller.abort('late');
    await expect(call).rejects.toBe('late');
  });

  it('before it is sent, if an id would make it another one', async () => {
    const { received, session } = await plainServer();
    const { DELETE } = createActOnApi(session);
    for (const recordid of ['', '.', '..', undefined as never])
      await expect(
        DELETE('/api/1/list/{listid}/record/{recordid}', {
          params: { path: { listid: 'l-0001', recordid } },
        }),
      ).rejects.toMatchObject({ code: 'configuration' });
    expect(received).toEqual([]);
    await DELETE('/api/1/list/{listid}/record/{recordid}', {
      params: { path: { listid: 'l-0001', recordid: '../../l-0002:1?x#y' } },
    });
    expect(received[0]?.url).toBe('/api/1/list/l-0001/record/..%2F..%2Fl-0002%3A1%3Fx%23y');
  });

  it('with "configuration" for an option that it does not take', async () => {
    const { session } = await plainServer();
    expect(() => createActOnApi(session, { timeout: 0 })).toThrow('"timeout" must be from 1');
  });
});
