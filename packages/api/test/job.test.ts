import { createActOnApi, job } from '@act-on-token/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { importState, uploadState } from '../src/job.ts';
import { plainServer } from './support/plain-server.ts';
import { listsOf, signedIn } from './support/signed-in.ts';

afterEach(() => void vi.useRealTimers());
const uploadspecs = [{ columnHeading: 'Email', columnIndex: 0, columnType: 'EMAIL' as const }];
const form = {
  headings: 'N' as const,
  quotecharacter: 'NONE' as const,
  uploadspecs,
  mergespecs: [{ mergeMode: 'UPSERT' as const, dstListId: 'l-0001', columnMap: [] }],
  file: new Blob(['new@example.test\n0-0@example.test\nnobody\n']),
};
const begin = async () => {
  vi.useFakeTimers({ now: Date.now() });
  const all = await signedIn({ lists: listsOf(3) });
  const { data } = await all.api.PUT('/api/1/list/{listid}', {
    params: { path: { listid: 'l-0001' } },
    body: form,
  });
  return { ...all, upload: data.jobId };
};

describe('an upload into a list', () => {
  it('is asked after, ever less often, until it has ended', async () => {
    const { api, upload, calls } = await begin();
    const seen: unknown[] = [];
    const run = job(
      api,
      { upload },
      {
        onProgress: ({ answer, waited }) =>
          seen.push([(answer as { status: string }).status, waited]),
      },
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await run).details).toEqual({
      status: 'ok',
      listId: 'l-0001',
      appendCount: 1,
      updateCount: 1,
      failedCount: 0,
      rejectedCount: 1,
    });
    expect(seen).toEqual([
      ['The job is pending', 0],
      ['The job is running', 1_000],
      ['The job is running', 2_500],
      ['success', 4_750],
    ]);
    expect(calls()).toHaveLength(5);
  });

  it('that Act-On does not know any more is an error with its code', async () => {
    const { api } = await begin();
    await expect(job(api, { upload: 'x' })).rejects.toMatchObject({ status: 400, code: '10017' });
  });

  it('is waited for as long as the caller has patience, or wants', async () => {
    const { api, upload } = await begin();
    const impatient = expect(job(api, { upload }, { patience: 1_500 })).rejects.toMatchObject({
      code: 'timeout',
    });
    await vi.advanceTimersByTimeAsync(1_500);
    await impatient;
    const leaving = new AbortController();
    const left = expect(job(api, { upload }, { signal: leaving.signal })).rejects.toBe('enough');
    await vi.advanceTimersByTimeAsync(100);
    leaving.abort('enough');
    await left;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on to be waited for when a look at it fails', async () => {
    const { api, upload, emulator } = await begin();
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503 });
    emulator.faults.arm({ route: 'api', kind: 'drop_before' });
    const run = job(api, { upload });
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await run).status).toBe('success');
  });
});

describe('the other jobs', () => {
  const server = async (...answers: readonly unknown[]) => {
    const left = [...answers];
    const { session, received } = await plainServer(() => ({ body: JSON.stringify(left.shift()) }));
    return { api: createActOnApi(session), received };
  };

  it('an upload of custom events', async () => {
    const { api, received } = await server({
      status: 'success',
      details: { status: 'ok', appendCount: 3 },
    });
    expect((await job(api, { events: 77 })).details?.appendCount).toBe(3);
    expect(received[0]?.url).toBe('/api/1/customevents/77/status');
  });

  it('an import of contacts', async () => {
    const { api, received } = await server({
      data: { importId: '9', importStatus: 'COMPLETED', createdCount: 2 },
    });
    expect((await job(api, { import: '9', accountId: 7 })).createdCount).toBe(2);
    expect(received[0]?.url).toBe('/ucl/v2/7/import/status/9');
    const failed = await server({
      data: { importId: '9', importStatus: 'FAILED', errorMessage: 'x' },
    });
    await expect(job(failed.api, { import: '9', accountId: 7 })).rejects.toMatchObject({
      name: 'ActOnApiError',
      code: 'job_failed',
    });
  });

  it('an ingest, whose words the caller knows', async () => {
    const { api, received } = await server({ phase: 'Z' });
    const state = (answer: unknown) =>
      (answer as { phase: string }).phase === 'Z' ? 'done' : 'running';
    expect(await job(api, { ingest: 'j1', accountId: 7, state })).toEqual({ phase: 'Z' });
    expect(received[0]?.url).toBe('/custom-objects/v1/7/data/status/j1');
  });
});

describe('the words of jobs', () => {
  it.each([
    [{ status: 'The job is pending' }, 'running'],
    [{ status: 'The job is running' }, 'running'],
    [{ status: 'A sentence that no one knows' }, 'running'],
    [{}, 'running'],
    [null, 'running'],
    [{ status: 'success', details: { status: 'ok' } }, 'done'],
    [{ status: 'success', jobDetails: '{"status": "ok"}' }, 'done'],
    [{ status: 'success' }, 'done'],
    [{ status: 'success', details: { status: 'failed' } }, 'failed'],
    [{ status: 'success', jobDetails: '{"listId":"l-1","status":"error"}' }, 'failed'],
  ])('of an upload: %j is %s', (answer, state) => expect(uploadState(answer)).toBe(state));

  it.each([
    [{ importStatus: 'RUNNING' }, 'running'],
    [{ importStatus: 'RUNNING', errorMessage: 'some rows' }, 'running'],
    [{ importStatus: 'QUEUED' }, 'running'],
    [{ importStatus: 'QUEUED', errorMessage: null }, 'running'],
    [undefined, 'running'],
    [{ importStatus: 'COMPLETED' }, 'done'],
    [{ importStatus: 'COMPLETED', errorMessage: 'some rows' }, 'done'],
    [{ importStatus: 'FAILED' }, 'failed'],
    [{ importStatus: 'COMPLETED_WITH_ERRORS' }, 'failed'],
    [{ importStatus: 'STOPPED', errorMessage: 'no file' }, 'failed'],
  ])('of an import: %j is %s', (answer, state) => expect(importState(answer)).toBe(state));
});
