/**
 * A request in the two parts that `fetch` takes. Its body can go out again, unless it is a stream.
 */
export interface Parts {
  readonly url: string | URL;
  readonly init: RequestInit;
}

/**
 * Takes a request apart: a `Request` cannot be sent to another URL than its own in every browser,
 * body included, so what it holds is read first.
 */
export async function partsOf(
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Parts> {
  if (!(input instanceof Request)) return { url: input, init };
  const { url, method, headers, signal } = input;
  const hasBody = method !== 'GET' && method !== 'HEAD' && init.body == null;
  const body = hasBody ? await input.clone().blob() : null;
  return {
    url,
    init: { method, headers, signal, ...(body !== null && body.size > 0 ? { body } : {}), ...init },
  };
}

/** Only this wait ends; what is waited for goes on for others. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

export function isStream(body: unknown): boolean {
  return typeof ReadableStream !== 'undefined' && body instanceof ReadableStream;
}
