import { json } from '../gateway.ts';
import { apiError } from './api-error.ts';
import { createList } from './contact-list.ts';
import { readCsv } from './csv.ts';
import type { ApiCall } from './guard.ts';
import { listNotFound, listsOf } from './lists.ts';
import { readMultipart } from './multipart.ts';
import { type MergeMode, mergeModes, type Upload, uploadTimes } from './upload-jobs.ts';

/** POST /api/1/list: an empty list at once, or one that a file gets into. */
export async function createListFrom(call: ApiCall): Promise<Response> {
  const form = await readMultipart(call.received);
  const name = form?.get('listname') ?? '';
  const columns = columnsOf(form?.get('uploadspecs'));
  if (!form || name === '' || columns === null) return missing('listname or uploadspecs');
  const lists = listsOf(call);
  const headers = columns.map(({ columnHeading }) => columnHeading);
  const list = createList({ name, headers }, lists.size, call.actOn.clock.now());
  const emailColumn = columns.find(({ columnType }) => columnType === 'EMAIL')?.columnHeading;
  lists.set(list.id, { ...list, emailColumn: emailColumn ?? list.emailColumn });
  const file = form.get('file');
  return file === undefined
    ? json(200, { status: 'success', message: 'List created', listId: list.id })
    : accept(call, list.id, 'APPEND', form, columns, file);
}

/** PUT /api/1/list/{listid}: merges a file. */
export async function updateList(call: ApiCall): Promise<Response> {
  const list = listsOf(call).get(call.param('listid'));
  if (!list) return listNotFound();
  const form = await readMultipart(call.received);
  const columns = columnsOf(form?.get('uploadspecs'));
  const mode = modeOf(form?.get('mergespecs'));
  const file = form?.get('file');
  if (file === undefined) return apiError(400, 10003, 'No file was sent');
  if (!form || columns === null || mode === null) return missing('uploadspecs or mergespecs');
  const unknown = columns.find(({ columnHeading }) => !list.headers.includes(columnHeading));
  if (unknown) return apiError(400, 10010, 'A column is not in the list');
  return accept(call, list.id, mode, form, columns, file);
}

/** GET /api/1/list/{jobid}/status. It succeeds with the outer status, and says in the inner how. */
export function getUploadStatus(call: ApiCall): Response {
  const lists = listsOf(call); // With what is finished.
  const job = call.actOn.state.uploads.get(call.param('jobid'));
  const age = call.actOn.clock.now() - (job?.startedAt ?? 0);
  if (!job || job.account !== call.user.account || age >= uploadTimes.forgotten)
    return apiError(400, 10017, 'Job not found');
  if (job.counts === null)
    return json(200, {
      status: age < uploadTimes.pending ? 'The job is pending' : 'The job is running',
    });
  const isThere = lists.has(job.listId);
  const details = { status: isThere ? 'ok' : 'failed', listId: job.listId, ...job.counts };
  return json(200, { status: 'success', details, jobDetails: JSON.stringify(details) });
}

interface Column {
  readonly columnHeading: string;
  readonly columnIndex: number;
  readonly columnType?: string;
  readonly ignoreColumn?: string;
}

const separators: Readonly<Record<string, string>> = { SEMICOLON: ';', TAB: '\t' };
const quotes: Readonly<Record<string, string>> = { NONE: '', SINGLE_QUOTE: "'" };

function accept(
  { actOn, user }: ApiCall,
  listId: string,
  mode: MergeMode,
  form: ReadonlyMap<string, string>,
  columns: readonly Column[],
  file: string,
): Response {
  const separator = separators[form.get('fieldseparator') ?? ''] ?? ',';
  const rows = readCsv(file, separator, quotes[form.get('quotecharacter') ?? ''] ?? '"');
  const records = rows
    .slice(form.get('headings') === 'Y' ? 1 : 0)
    .map((row) =>
      Object.fromEntries(
        columns
          .filter(({ ignoreColumn }) => ignoreColumn !== 'Y')
          .map(({ columnHeading, columnIndex }) => [columnHeading, row[columnIndex] ?? '']),
      ),
    );
  const jobId = String(1 + actOn.state.uploads.size);
  const startedAt = actOn.clock.now();
  const upload: Upload = { account: user.account, listId, mode, records, startedAt, counts: null };
  actOn.state.uploads.set(jobId, upload);
  return json(200, { status: 'success', message: 'Upload accepted', jobId });
}

/** One of them must hold the address. */
function columnsOf(specs: string | undefined): Column[] | null {
  const columns = parsed(specs)?.map((each) => {
    const column = Object(each) as Record<keyof Column, unknown>;
    return { ...column, columnIndex: Number(column.columnIndex) } as Column;
  });
  const isRight = columns?.every(
    ({ columnHeading, columnIndex }) =>
      typeof columnHeading === 'string' && Number.isSafeInteger(columnIndex) && columnIndex >= 0,
  );
  return isRight && columns?.some(({ columnType }) => columnType === 'EMAIL') ? columns : null;
}

/** `columnMap` must be empty: the columns are in the order of the list. */
function modeOf(specs: string | undefined): MergeMode | null {
  const [spec, ...others] = parsed(specs) ?? [];
  const { mergeMode, columnMap } = Object(spec) as Record<string, unknown>;
  if (others.length > 0 || !Array.isArray(columnMap) || columnMap.length > 0) return null;
  return mergeModes.find((mode) => mode === mergeMode) ?? null;
}

function parsed(text: string | undefined): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

const missing = (what: string): Response =>
  apiError(400, 10121, `Missing, or not as it must be: ${what}`);
