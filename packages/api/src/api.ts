import { ActOnTokenError, checkOptions, type OptionRules, type Session } from '@act-on-token/core';
import createClient from 'openapi-fetch';
import { readAnswer, readProblem } from './answer.ts';
import { encodeBody } from './body.ts';
import { operations } from './generated/tables.ts';
import type {
  ApiMethod,
  CallInit,
  Data,
  Init,
  Operation,
  PathsOf,
  Readings,
  Rest,
} from './types.ts';

/** A session of core, of a broker on a server or in a page, or one that `throttle()` returned. */
export type ApiSession = Pick<Session, 'fetch'> & Partial<Pick<Session, 'currentAccessToken'>>;

export interface ActOnApiOptions {
  /**
   * Milliseconds that a call may take, its waiting for a token and its body included; then it
   * rejects with `timeout`. Default 300,000.
   */
  timeout?: number | undefined;
}

export const apiRules: OptionRules<ActOnApiOptions> = { timeout: [[1, 86_400_000], 300_000] };

/** What a call resolves with. */
export interface Answer<Data> {
  /** Typed where Act-On documents it, `unknown` where it does not, `undefined` for a 204. */
  readonly data: Data;
  /** For its status and headers; its body is read. */
  readonly response: Response;
}

/**
 * One method of the API. Rejects with {@link ActOnApiError} for whatever Act-On answers that is not
 * an answer of success, with what `session.fetch` rejects with, and with `timeout`.
 */
export interface Call<Method extends ApiMethod> {
  <Path extends PathsOf<Method>, As extends keyof Readings>(
    path: Path,
    init: Init<Operation<Method, Path>> & { parseAs: As },
  ): Promise<Answer<Readings[As]>>;
  <Path extends PathsOf<Method>>(
    path: Path,
    ...rest: Rest<Operation<Method, Path>>
  ): Promise<Answer<Data<Operation<Method, Path>>>>;
}

/** Act-On's API: its paths as the documents write them, and its four methods. */
export interface ActOnApi {
  readonly GET: Call<'get'>;
  readonly POST: Call<'post'>;
  readonly PUT: Call<'put'>;
  readonly DELETE: Call<'delete'>;
}

/**
 * Act-On's API over a session. Bodies are plain objects: whether they go out as a form, as
 * multipart or as JSON is the operation's, not the caller's. Throws `configuration`.
 *
 * @example
 * const api = createActOnApi(session);
 * const { data } = await api.GET('/api/1/list', { params: { query: { count: 100 } } });
 */
export function createActOnApi(session: ApiSession, options: ActOnApiOptions = {}): ActOnApi {
  const { timeout } = checkOptions<ActOnApiOptions, 'timeout'>(
    'createActOnApi()',
    apiRules,
    options,
  );
  const client = createClient({ Request: Outgoing as unknown as typeof Request, pathSerializer });
  const call = async (method: 'GET', path: string, init: LooseInit): Promise<Answer<unknown>> => {
    const operation = `${method} ${path}`;
    const words = (operations[operation] ?? '').split(' ');
    const encoded = init.body === undefined ? null : encodeBody(words, init.body);
    const { signal, end } = startDeadline(operation, timeout, init.signal);
    const work = async (): Promise<Answer<unknown>> => {
      const { response } = await client[method](
        path as never,
        {
          params: init.params,
          headers: { ...init.headers, ...(encoded?.type && { 'content-type': encoded.type }) },
          signal,
          ...(encoded && { body: encoded, bodySerializer: () => encoded.body }),
          parseAs: 'stream',
          fetch: (request: unknown) => send(session, request as Outgoing, operation),
        } as never,
      );
      return { data: await readAnswer(response, words, operation, init.parseAs), response };
    };
    return untilAborted(signal, work()).finally(() => end(init.parseAs === 'stream'));
  };
  const methods = ['GET', 'POST', 'PUT', 'DELETE'].map((method) => [
    method,
    async (path: string, init: LooseInit = {}) => call(method as 'GET', path, init),
  ]);
  return Object.fromEntries(methods) as ActOnApi;
}

interface LooseInit extends CallInit {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly parseAs?: keyof Readings;
}

/**
 * What openapi-fetch makes in place of a `Request`. A session takes URL and options apart, and can
 * send such a body twice without holding all of a file in memory.
 */
class Outgoing {
  readonly url: string;
  readonly init: RequestInit;

  constructor(url: string, init: RequestInit) {
    this.url = url;
    this.init = init;
  }
}

async function send(session: ApiSession, request: Outgoing, operation: string): Promise<Response> {
  const before = session.currentAccessToken?.();
  const response = await session.fetch(request.url, request.init);
  if (response.ok) return response;
  throw await readProblem(response, operation, [before, session.currentAccessToken?.()]);
}

/**
 * The path with its ids, encoded. An id that is missing, empty or a dot would name another
 * resource: DELETE of the record ".." would be that of its list.
 */
function pathSerializer(path: string, values: Record<string, unknown>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(values[name] ?? '');
    if (/^\.{0,2}$/.test(value))
      throw new ActOnTokenError(
        'configuration',
        `"${name}" of ${path} must be an id: not empty, "." or "..".`,
      );
    return encodeURIComponent(value);
  });
}

interface Deadline {
  readonly signal: AbortSignal;
  /** A stream is read after the call, for as long as it takes, and can still be aborted. */
  end(isStream: boolean): void;
}

/** Aborts with the caller's signal, and with `timeout` when the time is over. */
function startDeadline(
  operation: string,
  timeout: number,
  signal: AbortSignal | undefined,
): Deadline {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => {
    const message = `Act-On did not answer ${operation} within ${timeout.toLocaleString('en')} ms ("timeout"). It may have done what was asked; if such calls take longer, raise "timeout".`;
    controller.abort(new ActOnTokenError('timeout', message));
  }, timeout);
  return {
    signal: controller.signal,
    end: (isStream) => {
      clearTimeout(timer);
      if (!isStream) signal?.removeEventListener('abort', abort);
    },
  };
}

/** Not every fetch ends when its signal does. */
function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, (error) => reject(signal.aborted ? signal.reason : error));
  });
}
