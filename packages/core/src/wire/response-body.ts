import { untilAborted } from './until-aborted.ts';

/** An answer longer than this is not read on: 1 MiB. */
const longestBody = 1_048_576;

/** A body as the implementations of `fetch` have it: a web stream, a Node stream, or neither. */
type Body = Partial<Omit<ReadableStream, typeof Symbol.asyncIterator>> & Partial<AsyncIterable<unknown>> & { destroy?(): unknown };

/** `text` is `null` if there is none, and `fault` says why. */
export type ReadBody = { readonly text: string; readonly fault: null } | { readonly text: null; readonly fault: string };

/**
 * The body of a response of any `fetch`: from its stream, else by `text()`, else by `json()`. Bytes that are not UTF-8 become
 * replacement characters. Never rejects, and ends with the signal.
 */
export async function readBody(response: Response, signal?: AbortSignal): Promise<ReadBody> {
  const body = response.body as Body | null | undefined;
  try {
    if (typeof body?.getReader === 'function') {
      const reader = body.getReader();
      return await readChunks(
        () => reader.read(),
        () => reader.cancel(),
        signal,
      );
    }
    if (typeof body?.[Symbol.asyncIterator] === 'function') {
      const iterator = (body as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      return await readChunks(
        () => iterator.next(),
        () => (body.destroy ? body.destroy() : iterator.return?.()),
        signal,
      );
    }
    if (typeof response.text === 'function') return sized(await untilAborted(response.text(), signal));
    if (typeof response.json === 'function') return sized(JSON.stringify(await untilAborted(response.json(), signal)));
    return { text: null, fault: 'the response that "fetch" returned has no body stream, no text() and no json()' };
  } catch {
    return { text: null, fault: 'its body broke off' };
  }
}

const sized = (text: string): ReadBody => (text.length > longestBody ? tooLong : { text, fault: null });
const tooLong: ReadBody = { text: null, fault: 'its body is longer than 1 MiB' };

async function readChunks(
  next: () => PromiseLike<{ done?: boolean | undefined; value?: unknown }>,
  stop: () => unknown,
  signal: AbortSignal | undefined,
): Promise<ReadBody> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(next(), signal);
      if (done) return { text: text + decoder.decode(), fault: null };
      const isText = typeof value === 'string';
      size += isText ? value.length : (value as Uint8Array).byteLength;
      if (size > longestBody) break;
      text += isText ? value : decoder.decode(value as Uint8Array, { stream: true });
    }
  } catch (error) {
    quietly(stop);
    throw error;
  }
  quietly(stop);
  return tooLong;
}

/** Frees the connection of a response that is not read. */
export function discard(response: Response): void {
  const body = response.body as Body | null | undefined;
  quietly(() => (body?.cancel ? body.cancel() : body?.destroy?.()));
}

/** Neither waits nor fails. */
function quietly(end: () => unknown): void {
  void (async () => end())().catch(() => {});
}
