import { ActOnTokenError, checkOptions, type OptionRules } from '@act-on-token/core';
import type { ActOnApi } from './api.ts';
import { ActOnApiError } from './api-error.ts';
import { retried, sleep } from './retry.ts';
import type { Schemas } from './types.ts';

/** A job that Act-On works on, by the id that the call which began it answered with. */
export type Job =
  /** `jobId` of an upload into a list. */
  | { readonly upload: string | number }
  /** `jobId` of an upload of custom events. */
  | { readonly events: string | number }
  /** `data.importId` of an import of contacts. */
  | { readonly import: string; readonly accountId: string | number }
  /** Of an ingest of custom data. What its status looks like is not documented: `state` reads it. */
  | {
      readonly ingest: string;
      readonly accountId: string | number;
      readonly state: (answer: unknown) => JobState;
    };

export type JobState = 'running' | 'done' | 'failed';

/** What Act-On says of a job that is done. */
export type JobResult<Which extends Job> = Which extends { upload: unknown }
  ? Schemas['ListJobStatus']
  : Which extends { events: unknown }
    ? Schemas['CustomEventJobStatus']
    : Which extends { import: unknown }
      ? Schemas['ImportStatus']
      : unknown;

export interface JobOptions {
  /** Milliseconds to wait for its end. Then the job goes on without anyone waiting. Default an hour. */
  patience?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called with each answer, and with the milliseconds since `job()` was called. */
  onProgress?:
    | ((progress: { readonly answer: unknown; readonly waited: number }) => void)
    | undefined;
}

export const jobRules: OptionRules<JobOptions> = {
  patience: [[0, 86_400_000], 3_600_000],
  signal: [(value) => typeof Object(value).aborted === 'boolean', undefined, 'an AbortSignal'],
  onProgress: ['function'],
};

/** The first pause between two looks; each is half as long again as the one before, up to 30 s. */
const firstPause = 1_000;
const longestPause = 30_000;

/**
 * Waits until a job has ended, and resolves with what Act-On says of it: how many rows it took and
 * how many it rejected. Act-On calls no one back, so it is asked, ever less often. Rejects with
 * {@link ActOnApiError} whose code is `job_failed`, or Act-On's own (`10017`: it does not know the
 * job any more); and with `timeout` when `patience` is over.
 *
 * @example
 * const { data } = await api.PUT('/api/1/list/{listid}', { … });
 * const { details } = await job(api, { upload: data.jobId });
 */
export async function job<Which extends Job>(
  api: ActOnApi,
  which: Which,
  options: JobOptions = {},
): Promise<JobResult<Which>> {
  const { patience, signal, onProgress } = checkOptions<JobOptions, 'patience'>(
    'job()',
    jobRules,
    options,
  );
  const { name, ask, stateOf } = kindOf(api, which, signal);
  const began = performance.now();
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    const answer = await retried(ask, signal);
    const waited = performance.now() - began;
    onProgress?.({ answer, waited });
    const state = stateOf(answer);
    if (state === 'done') return answer as JobResult<Which>;
    if (state === 'failed')
      throw new ActOnApiError(
        `The ${name} ended, and not with success. What became of its rows is in the answer that "onProgress" gets.`,
        { operation: name, status: 200, code: 'job_failed' },
      );
    if (waited + pause > patience)
      throw new ActOnTokenError(
        'timeout',
        `The ${name} did not end within ${patience.toLocaleString('en')} ms ("patience"). It goes on at Act-On: call job() with its id again to wait for it.`,
      );
    await sleep(pause, signal);
  }
}

interface Kind {
  readonly name: string;
  ask(): Promise<unknown>;
  stateOf(answer: unknown): JobState;
}

function kindOf(api: ActOnApi, which: Job, signal: AbortSignal | undefined): Kind {
  const call = signal && { signal };
  if ('upload' in which) {
    const path = { jobid: String(which.upload) };
    return {
      name: 'upload into a list',
      ask: async () =>
        (await api.GET('/api/1/list/{jobid}/status', { params: { path }, ...call })).data,
      stateOf: uploadState,
    };
  }
  if ('events' in which) {
    const path = { id: String(which.events) };
    return {
      name: 'upload of custom events',
      ask: async () =>
        (await api.GET('/api/1/customevents/{id}/status', { params: { path }, ...call })).data,
      stateOf: uploadState,
    };
  }
  if ('import' in which) {
    const path = { accountId: which.accountId, importId: which.import };
    return {
      name: 'import of contacts',
      ask: async () =>
        (
          await api.GET('/ucl/v2/{accountId}/import/status/{importId}', {
            params: { path },
            ...call,
          })
        ).data.data,
      stateOf: importState,
    };
  }
  const path = { accountId: which.accountId, jobId: which.ingest };
  return {
    name: 'ingest of custom data',
    ask: async () =>
      (
        await api.GET('/custom-objects/v1/{accountId}/data/status/{jobId}', {
          params: { path },
          ...call,
        })
      ).data,
    stateOf: which.state,
  };
}

/**
 * "success" says that the job has ended, and the status in its details how. Any other text is a
 * sentence about a job that is pending or running, as far as is known.
 */
export function uploadState(answer: unknown): JobState {
  const { status, details, jobDetails } = Object(answer) as Partial<Schemas['ListJobStatus']>;
  if (status !== 'success') return 'running';
  // The details come as text too.
  const inner = details?.status ?? /"status"\s*:\s*"(\w+)"/.exec(jobDetails ?? '')?.[1];
  return inner === undefined || /^(ok|success)$/i.test(String(inner)) ? 'done' : 'failed';
}

/** Which words end it without success is not known: those that say so, or a message of an error. */
export function importState(answer: unknown): JobState {
  const { importStatus, errorMessage } = Object(answer) as Partial<Schemas['ImportStatus']>;
  if (importStatus === 'COMPLETED') return 'done';
  if (/fail|error|abort|cancel|reject/i.test(String(importStatus))) return 'failed';
  return importStatus !== 'RUNNING' && typeof errorMessage === 'string' && errorMessage !== ''
    ? 'failed'
    : 'running';
}
