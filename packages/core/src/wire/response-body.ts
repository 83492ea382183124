import { untilAborted } from './until-aborted.ts';

/** An answer longer than this is not read on: 1 MiB. */
const longestBody = 1_048_576;

/** A body as the implementations of `fetch` have it: a web stream, a Node stream, or neither. */
type Body =
  | Partial<
      Pick<ReadableStream, 'getReader' | 'cancel'> & AsyncIterable<unknown> & { destroy(): unknown }
    >
  | null
  | undefined;

interface Chunks {
  next(): PromiseLike<{ done?: boolean; value?: unknown }>;
  stop(): unknown;
}

/** `text` is `null` if there is none, and `fault` says why. */
export interface ReadBody {
  readonly text: string | null;
  readonly fault: string;
}

/**
 * The body of a response of any `fetch`: from its stream, or by `text()`, or by `json()`. Bytes
 * that are not UTF-8 become replacement characters. Never rejects, and ends with the signal.
 */
export async function readBody(response: Response, signal?: AbortSignal): Promise<ReadBody> {
  try {
    const chunks = chunksOf(response.body as Body);
    if (chunks !== null)
      return await readChunks(chunks, signal).finally(() => quietly(chunks.stop));
    if (typeof response.text === 'function')
      return sized(await untilAborted(response.text(), signal));
    if (typeof response.json === 'function')
      return sized(JSON.stringify(await untilAborted(response.json(), signal)));
    return {
      text: null,
      fault: 'the response that "fetch" returned has no body stream, no text() and no json()',
    };
  } catch {
    return { text: null, fault: 'its body broke off' };
  }
}

function chunksOf(body: Body): Chunks | null {
  if (body?.getReader) {
    const reader = body.getReader() as ReadableStreamDefaultReader;
    return { next: () => reader.read(), stop: () => reader.cancel() };
  }
  const iterator = body?.[Symbol.asyncIterator]?.();
  return iterator
    ? {
        next: () => iterator.next(),
        stop: () => (body?.destroy ? body.destroy() : iterator.return?.()),
      }
    : null;
}

async function readChunks(chunks: Chunks, signal: AbortSignal | undefined): Promise<ReadBody> {
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; size <= longestBody; ) {
    const { done, value } = await untilAborted(chunks.next(), signal);
    if (done) return { text: text + decoder.decode(), fault: '' };
    const isText = typeof value === 'string';
    size += isText ? value.length : (value as Uint8Array).byteLength;
    text += isText ? value : decoder.decode(value as Uint8Array, { stream: true });
  }
  return tooLong;
}

const tooLong: ReadBody = { text: null, fault: 'its body is longer than 1 MiB' };
const sized = (text: string): ReadBody =>
  text.length > longestBody ? tooLong : { text, fault: '' };

/** Frees the connection of a response that is not read. */
export function discard(response: Response): void {
  const body = response.body as Body;
  quietly(() => (body?.cancel ? body.cancel() : body?.destroy?.()));
}

/** Neither waits nor fails. */
function quietly(end: () => unknown): void {
  void (async () => end())().catch(() => {});
}
