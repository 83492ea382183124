import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { setup } from './helpers.ts';

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly 'x-undocumented'?: boolean }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const document: Document = JSON.parse(
  readFileSync(new URL('../../api/act-on-api.json', import.meta.url), 'utf8'),
);
/** The emulator's routes of the API, with their parameters as the document writes them. */
const routes = createApp({ switches: { cors: [] } } as never)
  .routes.filter(({ method, path }) => method !== 'ALL' && /^\/(api|ucl)\//.test(path))
  .map(({ method, path }) => ({ method, path: path.replace(/:(\w+)/g, '{$1}') }));

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, 'document');
const validatorOf = (path: string, method: string) => {
  const pointer = [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    '200',
    'content',
    'application/json',
    'schema',
  ];
  const escaped = pointer.map((step) =>
    encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return ajv.compile({ $ref: `document#/${escaped.join('/')}` });
};

const multipart = (fields: Readonly<Record<string, string>>) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields))
    body.append(name, name === 'file' ? new Blob([value]) : value);
  return { body };
};
const uploadspecs = JSON.stringify([
  { columnHeading: 'Email', columnIndex: 0, columnType: 'EMAIL' },
]);
const mergespecs = JSON.stringify([{ mergeMode: 'UPSERT', dstListId: 'l-0001', columnMap: [] }]);
const file = 'Email\nnew@example.test\nada.archer@example.test\nnobody\n';
const upload = { headings: 'Y', quotecharacter: 'NONE', uploadspecs, mergespecs, file };
const json = (body: unknown) => ({ body: JSON.stringify(body) });

/** What is asked of each route. Each is asked in its turn, of one emulator. */
const asked: Readonly<Record<string, readonly [path: string, init?: RequestInit]>> = {
  'GET /api/1/account': ['/api/1/account'],
  'GET /api/1/list': ['/api/1/list?count=2'],
  'POST /api/1/list': ['/api/1/list', multipart({ ...upload, listname: 'Made' })],
  'GET /api/1/list/optout': ['/api/1/list/optout?count=1&offset=1'],
  'PUT /api/1/list/optout': ['/api/1/list/optout', multipart({ file })],
  'GET /api/1/list/{listid}': ['/api/1/list/l-0001?count=3'],
  'PUT /api/1/list/{listid}': ['/api/1/list/l-0001', multipart(upload)],
  'GET /api/1/list/{jobid}/status': ['/api/1/list/1/status'],
  'POST /api/1/list/{listid}/record': [
    '/api/1/list/l-0001/record',
    json({ Email: 'x@example.test' }),
  ],
  'PUT /api/1/list/{listid}/record': ['/api/1/list/l-0001/record?email=y%40example.test', json({})],
  'GET /api/1/list/{listid}/record/{recordid}': ['/api/1/list/l-0001/record/l-0001:a'],
  'GET /api/1/message': ['/api/1/message?type=SENT&count=3'],
  'POST /api/1/message/{msgid}/send': [
    '/api/1/message/d-0001/send',
    { body: new URLSearchParams({ when: '1' }) },
  ],
  'GET /ucl/v2/{accountId}/contact/': ['/ucl/v2/1000/contact/?pageSize=3'],
  'POST /ucl/v2/{accountId}/contact/byFields': [
    '/ucl/v2/1000/contact/byFields?page=1',
    json(['email']),
  ],
};

describe('the routes of the emulator and the document of the API', () => {
  it('every route is an operation of the document', () => {
    const unknown = routes.filter(
      ({ method, path }) => !document.paths[path]?.[method.toLowerCase()],
    );
    expect(unknown).toEqual([]);
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      Object.keys(asked).sort(),
    );
  });

  it('every answer is what the document says, where it says anything', async () => {
    const { api, pair, emulator } = setup({ apiLimits: null });
    const { access_token } = await pair();
    const failed = [];
    for (const { method, path } of routes) {
      const [url, init] = asked[`${method} ${path}`] ?? [''];
      const answer = await api(url, access_token, { method, ...init });
      const documented = document.paths[path]?.[method.toLowerCase()]?.responses['200'];
      const validate = validatorOf(path, method);
      // The upload is done when it is asked for.
      if (method === 'PUT') emulator.clock.advance(3_000);
      if (answer.status !== 200) failed.push([method, path, answer.status, answer.text]);
      else if (!documented?.['x-undocumented'] && !validate(answer.body))
        failed.push([method, path, answer.text, validate.errors]);
    }
    expect(failed).toEqual([]);
  });

  it('notices an answer that is not', () => {
    const validate = validatorOf('/api/1/list/{listid}', 'GET');
    const page = { listId: 'l-0001', offset: 0, count: 1, totalCount: 1, headers: [], data: [[1]] };
    expect(validate(page)).toBe(false);
    expect(validate({ ...page, data: [['1']] })).toBe(true);
  });

  it('every body is taken as the document says', () => {
    const kinds = routes.flatMap(({ method, path }) => {
      const { requestBody } = document.paths[path]?.[method.toLowerCase()] ?? {};
      const [, init] = asked[`${method} ${path}`] ?? [];
      const kind =
        init?.body instanceof FormData
          ? 'multipart/form-data'
          : init?.body instanceof URLSearchParams
            ? 'application/x-www-form-urlencoded'
            : 'application/json';
      return requestBody ? [[`${method} ${path}`, Object.keys(requestBody.content), kind]] : [];
    });
    expect(kinds.filter(([, takes, kind]) => !takes?.includes(kind as string))).toEqual([]);
  });
});
