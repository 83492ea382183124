import { type FaultEffect, type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import type { Options } from 'ky';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { actOnKy } from '../src/index.ts';
import { eachKy, withKy } from './support/each-ky.ts';
import { openStranger, type Stranger, signedIn } from './support/world.ts';

type ActOnKy = typeof actOnKy;

// What becomes of a request, by its method and by what Act-On answers first; after that every
// answer is a 200.
//   1, 2   a request to the API with the first token of the session, with the second
//   -      a request to another origin without a token (there must be none with one: it would read "TOKEN!")
//   GET-   the same, with another method than the caller's
//   → 200  what the caller got
//   (r)    one refresh on the way
const expected = `
answer             | GET           | HEAD          | POST          | PUT           | PATCH         | DELETE
401 once           | 1 2 → 200 (r) | 1 2 → 200 (r) | 1 2 → 200 (r) | 1 2 → 200 (r) | 1 2 → 200 (r) | 1 2 → 200 (r)
401 twice          | 1 2 → 401 (r) | 1 2 → 401 (r) | 1 2 → 401 (r) | 1 2 → 401 (r) | 1 2 → 401 (r) | 1 2 → 401 (r)
401, young token   | 1 → 401       | 1 → 401       | 1 → 401       | 1 → 401       | 1 → 401       | 1 → 401
401, streamed body |               |               | 1 → 401 (r)   | 1 → 401 (r)   | 1 → 401 (r)   | 1 → 401 (r)
429, seconds       | 1 1 → 200     | 1 1 → 200     | 1 → 429       | 1 1 → 200     | 1 → 429       | 1 1 → 200
429, HTTP-date     | 1 1 → 200     | 1 1 → 200     | 1 → 429       | 1 1 → 200     | 1 → 429       | 1 1 → 200
503                | 1 1 → 200     | 1 1 → 200     | 1 → 503       | 1 1 → 200     | 1 → 503       | 1 1 → 200
301 to another     | 1 → 301       | 1 → 301       | 1 → 301       | 1 → 301       | 1 → 301       | 1 → 301
302 to another     | 1 → 302       | 1 → 302       | 1 → 302       | 1 → 302       | 1 → 302       | 1 → 302
303 to another     | 1 → 303       | 1 → 303       | 1 → 303       | 1 → 303       | 1 → 303       | 1 → 303
307 to another     | 1 → 307       | 1 → 307       | 1 → 307       | 1 → 307       | 1 → 307       | 1 → 307
308 to another     | 1 → 308       | 1 → 308       | 1 → 308       | 1 → 308       | 1 → 308       | 1 → 308
301 within the API | 1 1 → 200     | 1 1 → 200     | 1 GET1 → 200  | 1 1 → 200     | 1 1 → 200     | 1 1 → 200
302 within the API | 1 1 → 200     | 1 1 → 200     | 1 GET1 → 200  | 1 1 → 200     | 1 1 → 200     | 1 1 → 200
303 within the API | 1 1 → 200     | 1 1 → 200     | 1 GET1 → 200  | 1 GET1 → 200  | 1 GET1 → 200  | 1 GET1 → 200
307 within the API | 1 1 → 200     | 1 1 → 200     | 1 1 → 200     | 1 1 → 200     | 1 1 → 200     | 1 1 → 200
308 within the API | 1 1 → 200     | 1 1 → 200     | 1 1 → 200     | 1 1 → 200     | 1 1 → 200     | 1 1 → 200
`;

interface Row {
  readonly name: string;
  readonly faults: readonly FaultEffect[];
  readonly isYoung?: boolean;
  readonly isStreamed?: boolean;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof methods)[number];
const statuses = [301, 302, 303, 307, 308] as const;
const unauthorized: FaultEffect = { kind: 'unauthorized' };

const rows = (): Row[] => [
  { name: '401 once', faults: [unauthorized] },
  { name: '401 twice', faults: [unauthorized, unauthorized] },
  { name: '401, young token', faults: [unauthorized], isYoung: true },
  { name: '401, streamed body', faults: [unauthorized], isStreamed: true },
  { name: '429, seconds', faults: [{ kind: 'too_many_requests', retryAfter: 30 }] },
  {
    name: '429, HTTP-date',
    faults: [{ kind: 'too_many_requests', retryAfter: new Date(Date.now() + 30_000) }],
  },
  { name: '503', faults: [{ kind: 'status', status: 503 }] },
  ...statuses.map(
    (status): Row => ({
      name: `${status} to another`,
      faults: [{ kind: 'redirect', status, location: `${stranger.url}/api/1/list` }],
    }),
  ),
  ...statuses.map((status): Row => {
    return {
      name: `${status} within the API`,
      faults: [{ kind: 'redirect', status, location: `${emulator.url}/api/1/message` }],
    };
  }),
];

let emulator: ServedEmulator;
let stranger: Stranger;

beforeAll(async () => {
  stranger = await openStranger();
  emulator = await serveEmulator({ apiLimits: null });
});
afterAll(async () => {
  await stranger.close();
  await emulator.close();
});

it('answers alike with each ky, method by method', async () => {
  const tables: Record<string, string> = {};
  for (const { name, load } of eachKy) {
    const { actOnKy } = await withKy(load);
    tables[name] = await tableOf(actOnKy);
  }
  console.log(
    Object.entries(tables)
      .map(([name, table]) => `${name}\n${table}`)
      .join('\n\n'),
  );
  expect(tables).toEqual({ 'ky 2': expected.trim(), 'ky 1': expected.trim() });
});

async function tableOf(actOnKy: ActOnKy): Promise<string> {
  const lines: string[][] = [['answer', ...methods]];
  for (const row of rows()) {
    const cells: string[] = [];
    for (const method of methods) cells.push(await cell(row, method, actOnKy));
    lines.push([row.name, ...cells]);
  }
  return lines.map(asLine).join('\n');
}

async function cell(row: Row, method: Method, actOnKy: ActOnKy): Promise<string> {
  if (row.isStreamed && isBodiless(method)) return '';
  emulator.reset();
  stranger.seen.length = 0;
  const session = await signedIn(emulator, row.isYoung ? { minRefreshInterval: 60_000 } : {});
  const first = session.currentAccessToken();
  const isReplaced = new Promise<void>((resolve) => {
    session.subscribe(() => {
      if (![undefined, first].includes(session.currentAccessToken())) resolve();
    });
  });
  for (const fault of row.faults) emulator.faults.arm({ route: 'api', ...fault });
  emulator.faults.arm({
    route: 'api',
    kind: 'status',
    status: 200,
    times: Number.POSITIVE_INFINITY,
  });
  // How long ky waits is its own affair: here it does not.
  const api = actOnKy(session, { timeout: false, retry: { delay: () => 0, maxRetryAfter: 0 } });
  const { status } = await api('api/1/list', { method, ...bodyFor(row, method) }).catch(refusalOf);
  // The next call is to have a token that works, so this refresh goes on when the caller has its
  // 401 already.
  if (row.isStreamed) await isReplaced;
  await session.close();
  const refreshes = emulator.ledger.counters().grants.refresh_token.sent;
  return [...requestsOf(method), '→', status, ...Array<string>(refreshes).fill('(r)')].join(' ');
}

/** The response in an error of ky, and nothing but that. */
function refusalOf(error: unknown): Response {
  const { response } = error as { response?: unknown };
  if (response instanceof Response) return response;
  throw error;
}

function bodyFor({ isStreamed }: Row, method: Method): Options {
  if (isStreamed)
    return {
      body: new Blob(['{"a":', '1}']).stream(),
      headers: { 'content-type': 'application/json' },
    };
  return isBodiless(method) ? {} : { json: { a: 1 } };
}

const isBodiless = (method: Method): boolean => method === 'GET' || method === 'HEAD';

/** The API's in order, then the stranger's: nothing comes back from there. */
function requestsOf(asked: Method): string[] {
  const calls = emulator.ledger.entries
    .filter(({ route }) => route === 'api')
    .map(({ method, token }) => ({ method, mark: markOf(token) }));
  const strays = stranger.seen.map(({ method, hasToken }) => ({
    method,
    mark: hasToken ? 'TOKEN!' : '-',
  }));
  return [...calls, ...strays].map(({ method, mark }) => (method === asked ? mark : method + mark));
}

/** The emulator's ledger has a label for each token, and no token. */
const markOf = (token: string | null): string => token?.replace('access_token ', '') ?? '-';

function asLine(cells: readonly string[]): string {
  return cells
    .map((text, index) => text.padEnd(index === 0 ? 18 : 13))
    .join(' | ')
    .trimEnd();
}
