import { openAsBlob } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActOnApi } from '@act-on-token/api';
import { describe, expect, it, onTestFinished } from 'vitest';
import { plainServer, type Received } from './support/plain-server.ts';

/** What another implementation of fetch finds in it. */
const fieldsOf = async ({ body, type }: Received) => {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': type },
  }).formData();
  const entries = [...form].map(async ([name, value]) => [
    name,
    value instanceof File ? [value.name, value.type, await value.text()] : value,
  ]);
  return Promise.all(entries);
};

describe('a body goes out as the operation takes it', () => {
  it('as JSON', async () => {
    const { received, session } = await plainServer();
    await createActOnApi(session).PUT('/api/1/list/{listid}/record', {
      params: { path: { listid: 'l-0001' }, query: { email: 'a+b@example.test' } },
      body: { 'E-mail Address': 'a+b@example.test', 'First Name': 'Zoë' },
    });
    const [{ method, url, type, authorization, body }] = received as [Received];
    expect([method, url]).toEqual(['PUT', '/api/1/list/l-0001/record?email=a%2Bb%40example.test']);
    expect([type, authorization]).toEqual(['application/json', 'Bearer secret-access-1']);
    expect(JSON.parse(body.toString())).toEqual({
      'E-mail Address': 'a+b@example.test',
      'First Name': 'Zoë',
    });
  });

  it('as a bare array, in a DELETE too', async () => {
    const { received, session } = await plainServer(() => ({ status: 204 }));
    const { data } = await createActOnApi(session).DELETE('/ucl/v2/{accountId}/contact/ids', {
      params: { path: { accountId: 7 } },
      body: ['one', 'two'],
    });
    expect(data).toBeUndefined();
    const [{ method, url, body }] = received as [Received];
    expect([method, url, body.toString()]).toEqual([
      'DELETE',
      '/ucl/v2/7/contact/ids',
      '["one","two"]',
    ]);
  });

  it('as a form, where a category for each is a field for each', async () => {
    const { received, session } = await plainServer();
    const api = createActOnApi(session);
    await api.PUT('/api/1/subscription/setcategories', {
      body: { email: 'a+b@example.test', category: ['1', '2,3', 'Nächste & übernächste'] },
    });
    await api.PUT('/api/1/subscription/setcategories', { body: { email: 'x', category: [] } });
    await api.POST('/api/1/message/{msgid}/send', {
      params: { path: { msgid: 'd-0004' } },
      body: { senderemail: 'a@example.test', sendername: 'Ada', when: 1_800_000_000_000 },
    });
    expect(new Set(received.map(({ type }) => type))).toEqual(
      new Set(['application/x-www-form-urlencoded']),
    );
    expect(received.map(({ body }) => [...new URLSearchParams(body.toString())])).toEqual([
      [
        ['email', 'a+b@example.test'],
        ['category', '1'],
        ['category', '2,3'],
        ['category', 'Nächste & übernächste'],
      ],
      [['email', 'x']],
      [
        ['senderemail', 'a@example.test'],
        ['sendername', 'Ada'],
        ['when', '1800000000000'],
      ],
    ]);
  });

  it('as multipart, with JSON in fields of text and a file with a name', async () => {
    const { received, session } = await plainServer();
    const uploadspecs = [{ columnHeading: 'E-mail', columnIndex: 0, columnType: 'EMAIL' as const }];
    const form = {
      listname: 'Fair',
      headings: 'Y' as const,
      quotecharacter: 'NONE' as const,
      uploadspecs,
    };
    const api = createActOnApi(session);
    await api.POST('/api/1/list', {
      body: {
        ...form,
        file: new File(['E-mail\na@example.test\n'], 'fair.csv', { type: 'text/csv' }),
      },
    });
    await api.POST('/api/1/list', { body: { ...form, file: new Blob(['x']) } });
    expect(received[0]?.type).toMatch(/^multipart\/form-data; boundary=/);
    expect(await fieldsOf(received[0] as Received)).toEqual([
      ['listname', 'Fair'],
      ['headings', 'Y'],
      ['quotecharacter', 'NONE'],
      ['uploadspecs', JSON.stringify(uploadspecs)],
      ['file', ['fair.csv', 'text/csv', 'E-mail\na@example.test\n']],
    ]);
    expect((await fieldsOf(received[1] as Received)).at(-1)).toEqual([
      'file',
      ['file', 'application/octet-stream', 'x'],
    ]);
  });

  it('the same once more after a 401, a file on disk included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'act-on-api-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const name = join(folder, 'contacts.csv');
    await writeFile(name, 'E-mail\n'.padEnd(300_000, 'a@example.test\n'));
    const { received, session } = await plainServer(({ authorization }) =>
      authorization.endsWith('-1') ? { status: 401 } : { body: '{"data":{"importId":"9"}}' },
    );
    const { data } = await createActOnApi(session).POST(
      '/ucl/v2/{accountId}/import/contacts/{importDefinitionId}',
      {
        params: { path: { accountId: 7, importDefinitionId: '3' } },
        body: { file: await openAsBlob(name) },
      },
    );
    expect(data.data?.importId).toBe('9');
    expect(received.map(({ authorization }) => authorization.at(-1))).toEqual(['1', '2']);
    const [first, second] = await Promise.all(received.map(fieldsOf));
    expect(first).toEqual(second);
    const handle = await open(name);
    expect(first?.[0]?.[1]?.[2]).toBe(await handle.readFile('utf8'));
    await handle.close();
  });

  it('without a field that is undefined or null', async () => {
    const { received, session } = await plainServer();
    const api = createActOnApi(session);
    const missing = { action: undefined } as object;
    await api.PUT('/api/1/subscription/optout', {
      body: { email: 'x', category: '1', ...missing },
    });
    expect(received[0]?.body.toString()).toBe('email=x&category=1');
  });

  it('and a header of the caller changes nothing of that', async () => {
    const { received, session } = await plainServer();
    await createActOnApi(session).PUT('/api/1/subscription/optout', {
      body: { email: 'x', category: '1' },
      headers: {
        'Content-Type': 'application/json',
        Authorization: 'Bearer other',
        'x-trace': '1',
      },
    });
    expect(received[0]).toMatchObject({
      type: 'application/x-www-form-urlencoded',
      authorization: 'Bearer secret-access-1',
    });
  });
});
