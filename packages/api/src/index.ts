export {
  type ActOnApi,
  type ActOnApiOptions,
  type Answer,
  type ApiSession,
  type Call,
  createActOnApi,
} from './api.ts';
export { ActOnApiError, type ApiErrorDetails, isActOnApiError } from './api-error.ts';
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
