import { describe, expect, it } from 'vitest';
import { setup } from './helpers.ts';

async function signedIn(options: Parameters<typeof setup>[0] = {}) {
  const all = setup({ apiLimits: null, ...options });
  const { access_token } = await all.pair();
  const call = (path: string, init: RequestInit = {}) => all.api(path, access_token, init);
  const upload = (path: string, method: string, fields: Readonly<Record<string, unknown>>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields))
      if (name === 'file') body.append(name, new Blob([String(value)]), 'x.csv');
      else body.append(name, typeof value === 'string' ? value : JSON.stringify(value));
    return call(path, { method, body });
  };
  return { ...all, call, upload };
}
const uploadspecs = [
  { columnHeading: 'Email', columnIndex: '0', columnType: 'EMAIL' },
  { columnHeading: 'First Name', columnIndex: 1 },
  { columnHeading: 'Last Name', columnIndex: 2, ignoreColumn: 'Y' },
];
const mergespecs = (mergeMode: string) => [{ mergeMode, dstListId: 'l-0003', columnMap: [] }];
const form = {
  headings: 'Y',
  fieldseparator: 'SEMICOLON',
  quotecharacter: 'DOUBLE_QUOTE',
  uploadspecs,
};
const file =
  'E;F;L\r\nADA.archer@example.test;"Ada; ""Countess""";x\r\nnew@example.test;New;x\nnobody;;\n';

describe('an upload', () => {
  it('is pending, runs, and then is in the list', async () => {
    const { call, upload, emulator } = await signedIn();
    const { body } = await upload('/api/1/list/l-0003', 'PUT', {
      ...form,
      mergespecs: mergespecs('UPSERT'),
      file,
    });
    const status = async () => (await call(`/api/1/list/${body.jobId}/status`)).body;
    expect(await status()).toEqual({ status: 'The job is pending' });
    emulator.clock.advance(1_000);
    expect(await status()).toEqual({ status: 'The job is running' });
    expect((await call('/api/1/list/l-0003')).body.totalCount).toBe(3);
    emulator.clock.advance(2_000);
    const details = {
      status: 'ok',
      listId: 'l-0003',
      appendCount: 1,
      updateCount: 1,
      failedCount: 0,
      rejectedCount: 1,
    };
    expect(await status()).toEqual({
      status: 'success',
      details,
      jobDetails: JSON.stringify(details),
    });
    const { data } = (await call('/api/1/list/l-0003')).body;
    expect(data).toHaveLength(4);
    expect(data).toContainEqual(['ADA.archer@example.test', 'Ada; "Countess"', 'Archer']);
    expect(data).toContainEqual(['new@example.test', 'New', '']);
  });

  it.each([
    ['APPEND', 5],
    ['APPEND_NO_DUPLICATES', 4],
    ['UPSERT', 4],
    ['UPDATE_ONLY', 3],
    ['REPLACE', 2],
  ])('that is to %s leaves %i rows', async (mode, rows) => {
    const { call, upload, emulator } = await signedIn();
    await upload('/api/1/list/l-0003', 'PUT', { ...form, mergespecs: mergespecs(mode), file });
    emulator.clock.advance(3_000);
    expect((await call('/api/1/list/l-0003')).body.totalCount).toBe(rows);
  });

  it('is forgotten after a day', async () => {
    const { call, upload, emulator } = await signedIn({ realLifetime: 172_800 });
    await upload('/api/1/list', 'POST', { ...form, listname: 'Full', file });
    emulator.clock.advance(86_399_999);
    expect((await call('/api/1/list/1/status')).body.status).toBe('success');
    emulator.clock.advance(1);
    const { status, body } = await call('/api/1/list/1/status');
    expect([status, body.errorCode]).toEqual([400, 10017]);
  });

  it('goes on in an emulator that is made of the state', async () => {
    const { upload, emulator, client } = await signedIn();
    await upload('/api/1/list/l-0003', 'PUT', { ...form, mergespecs: mergespecs('UPSERT'), file });
    const later = setup({ state: emulator.exportState(), apiLimits: null });
    later.emulator.clock.advance(3_000);
    const { access_token } = await later.pair(client);
    expect((await later.api('/api/1/list/l-0003', access_token)).body.totalCount).toBe(4);
  });

  it('makes a list, with a file or without', async () => {
    const { call, upload, emulator } = await signedIn();
    const empty = await upload('/api/1/list', 'POST', { ...form, listname: 'Empty' });
    expect(empty.body).toMatchObject({ status: 'success', listId: 'l-0004' });
    const full = await upload('/api/1/list', 'POST', { ...form, listname: 'Full', file });
    expect(full.body).toEqual({ status: 'success', message: expect.any(String), jobId: '1' });
    emulator.clock.advance(3_000);
    const { details } = (await call('/api/1/list/1/status')).body;
    expect(details).toMatchObject({ listId: 'l-0005', appendCount: 2 });
  });

  it('is refused without a file, an address or a way to merge, and into no list', async () => {
    const { call, upload } = await signedIn();
    const codes = async (path: string, method: string, fields: object) => {
      const { status, body } = await upload(path, method, { ...fields });
      return [status, body.errorCode];
    };
    const whole = { ...form, mergespecs: mergespecs('UPSERT'), file };
    const { file: _, ...fileless } = whole;
    expect(await codes('/api/1/list/l-0003', 'PUT', fileless)).toEqual([400, 10003]);
    expect(await codes('/api/1/list/l-9999', 'PUT', whole)).toEqual([404, 10004]);
    const wrong = [
      { uploadspecs: uploadspecs.slice(1) },
      { uploadspecs: '{' },
      { mergespecs: [] },
      { mergespecs: [{ mergeMode: 'UPSERT', columnMap: [1] }] },
      { mergespecs: mergespecs('MIX') },
    ];
    for (const each of wrong)
      expect(await codes('/api/1/list/l-0003', 'PUT', { ...whole, ...each })).toEqual([400, 10121]);
    const strange = [...uploadspecs, { columnHeading: 'Shoe size', columnIndex: 3 }];
    expect(await codes('/api/1/list/l-0003', 'PUT', { ...whole, uploadspecs: strange })).toEqual([
      400, 10010,
    ]);
    expect((await call('/api/1/list/l-0003', { method: 'PUT', body: 'x' })).status).toBe(400);
    expect((await call('/api/1/list/77/status')).body.errorCode).toBe(10017);
  });

  it('of opt-outs adds each address once, and no one says how many there are', async () => {
    const { call, upload } = await signedIn();
    const rows = 'a@example.test\nB@example.test,more\nnobody\na@example.test\n';
    await upload('/api/1/list/optout', 'PUT', { file: rows });
    await upload('/api/1/list/optout', 'PUT', { file: rows });
    const { body } = await call('/api/1/list/optout?count=1&offset=1');
    expect(body).toEqual({
      offset: 1,
      count: 1,
      totalCount: -1,
      result: [{ email: 'b@example.test', timestamp: expect.any(Number), origin: 'API' }],
    });
    expect((await call('/api/1/list/optout', { method: 'PUT' })).body.errorCode).toBe(10003);
  });
});

describe('contacts, messages and lists as CSV', () => {
  it('contacts come in numbered pages of 50, everyone once', async () => {
    const rows = Array.from({ length: 120 }, (_, row) => [`${row}@example.test`]);
    const lists = ['One', 'Two'].map((name) => ({ name, headers: ['Email'], rows }));
    const { call } = await signedIn({ lists });
    const page = async (query: string) => {
      const { data } = (await call(`/ucl/v2/1000/contact/${query}`)).body;
      return (data as { email: string }[]).map(({ email }) => email);
    };
    const pages = await Promise.all(['', '?page=1', '?page=2', '?page=3'].map(page));
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20, 0]);
    expect(pages.flat()).toEqual(rows.flat());
    expect(await page('?page=3&pageSize=7')).toEqual(rows.flat().slice(21, 28));
    expect((await call('/ucl/v2/1001/contact/')).status).toBe(404);
    expect((await call('/ucl/v2/1001/contact/')).text).toBe('');
    const picked = await call('/ucl/v2/1000/contact/byFields?pageSize=1', {
      method: 'POST',
      body: '["email"]',
    });
    expect(picked.body).toEqual({ data: [{ email: '0@example.test' }] });
    const wrong = await call('/ucl/v2/1000/contact/byFields', { method: 'POST', body: '{}' });
    expect([wrong.status, wrong.body.errors]).toEqual([400, [expect.any(String)]]);
  });

  it('messages are in msgresult', async () => {
    const { call } = await signedIn();
    const { body } = await call('/api/1/message?type=SENT&offset=20&count=10');
    expect(body).toMatchObject({ offset: 20, count: 5, totalCount: 25, id: 0 });
    expect((body.msgresult as unknown[])[0]).toMatchObject({
      msgId: 's-0015-2601',
      msgType: 'SENT',
    });
    expect((await call('/api/1/message')).body.totalCount).toBe(75);
  });

  it('a list as CSV comes whole', async () => {
    const lists = [
      { name: 'x', headers: ['Email', 'Note'], rows: [['a@example.test', 'Say "hi", or\nnot']] },
    ];
    const { call } = await signedIn({ lists });
    const { text, headers } = await call('/api/1/list/l-0001?responseformat=CSV&count=0');
    expect(text).toBe('Email,Note\r\na@example.test,"Say ""hi"", or\nnot"\r\n');
    expect(headers.get('content-type')).toBe('text/csv');
  });

  it('a record is the bare row, by the hexadecimal number in its id', async () => {
    const { call } = await signedIn();
    expect((await call('/api/1/list/l-0001/record/l-0001:a')).text).toMatch(/^\["/);
    for (const id of ['l-0001:ff', 'l-0002:1', 'l-0001', 'l-0001:0', 'l-0001:x'])
      expect((await call(`/api/1/list/l-0001/record/${id}`)).body.errorCode).toBe(10008);
  });
});
