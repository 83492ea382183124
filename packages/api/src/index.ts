export {
  type ActOnApi,
  type ActOnApiOptions,
  type Answer,
  type ApiSession,
  type Call,
  createActOnApi,
} from './api.ts';
export { ActOnApiError, type ApiErrorDetails, isActOnApiError } from './api-error.ts';
export { csvLine } from './csv-line.ts';
export { type Job, type JobOptions, type JobResult, type JobState, job } from './job.ts';
export {
  type Items,
  type ListRest,
  type NumberedPath,
  type OffsetPath,
  type Page,
  type PagesOptions,
  type Progress,
  pages,
  type RecordOf,
  records,
} from './pages.ts';
export type {
  ApiMethod,
  ApiPath,
  CallInit,
  Data,
  Init,
  Operation,
  PathsOf,
  Readings,
  Rest,
  Schemas,
} from './types.ts';
