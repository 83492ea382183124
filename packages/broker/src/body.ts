import { Refusal } from './answers.ts';
import { BodyDigest } from './body-digest.ts';

/** What the broker's own routes read. */
const smallBody = 4_096;
/**
 * Bodies up to here are read as a whole, so that they can go out once more after a 401; larger ones
 * are passed on as they come.
 */
export const replayable = 1_048_576;

/**
 * The body of a request to one of the broker's own routes, as a whole. Refuses one that is larger
 * than any of them wants.
 */
export async function readSmallBody(request: Request): Promise<Passing> {
  return whole(await readAll(request, smallBody, lengthOf(request.headers)));
}

/** What was read as a whole, as text. */
export function textOf({ body }: Passing): string {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
}

/** A body on its way to Act-On. */
export interface Passing {
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;
  /** Whether all of it was read: only then can Act-On have acted upon it. */
  isComplete(): boolean;
  /** It turned out larger than allowed while it was passed on. */
  isTooLarge(): boolean;
  /** Calls back whenever a part of it went through. */
  onProgress(progress: () => void): void;
  /**
   * Distinguishes it from other bodies; `null` as long as it has not gone through as a whole. Wants
   * `isNamed`.
   */
  digest(): Promise<string | null>;
}

const whole = (body: Uint8Array<ArrayBuffer> | null): Passing => ({
  body,
  isComplete: () => true,
  isTooLarge: () => false,
  onProgress: () => {},
  async digest() {
    const digest = new BodyDigest();
    if (body !== null) await digest.add(body);
    return digest.end();
  },
});

/** The digest of a body that goes nowhere. Rejects with what breaks it off. */
export async function drained(passing: Passing): Promise<string | null> {
  if (passing.body instanceof ReadableStream) {
    const reader = passing.body.getReader();
    for (let next = await read(reader); !next.done; next = await read(reader));
  }
  return passing.digest();
}

/**
 * Refuses at once what says that it is larger than `largest`, and breaks off what turns out to be.
 * `isNamed`: its digest is wanted.
 */
export async function readPassing(
  request: Request,
  largest: number,
  isNamed: boolean,
): Promise<Passing> {
  const length = lengthOf(request.headers);
  if (length !== null && length > largest) throw tooLarge(largest);
  if (request.method === 'GET' || request.method === 'HEAD') return whole(null);
  if (request.body === null) {
    checkLength(length, 0);
    return whole(null);
  }
  if (length === null || length > replayable)
    return passOn(bodyOf(request), largest, length, isNamed ? new BodyDigest() : null);
  return whole(await readAll(request, Math.min(length, largest), length));
}

/** A parser takes it away, and a request without its body is another request. */
function bodyOf({ body, bodyUsed }: Request): ReadableStream<Uint8Array> | null {
  if (bodyUsed || body?.locked) throw alreadyRead();
  return body;
}

function checkLength(length: number | null, size: number): void {
  if (length === null || size === length) return;
  throw size === 0 ? alreadyRead() : new Refusal(400, 'invalid_request', 'The body broke off.');
}

function alreadyRead(): Refusal {
  return new Refusal(
    500,
    'server_error',
    'Something read the body of this request before the broker got it, so nothing was sent. Mount the broker before body parsers, or leave its paths out of them.',
    { code: 'configuration' },
  );
}

function lengthOf(headers: Headers): number | null {
  const length = headers.get('content-length');
  if (length === null) return null;
  if (!/^\d{1,15}$/.test(length))
    throw new Refusal(400, 'invalid_request', 'Content-Length must be one number.');
  return Number(length);
}

function passOn(
  body: ReadableStream<Uint8Array> | null,
  largest: number,
  length: number | null,
  digest: BodyDigest | null,
): Passing {
  let [size, complete, large] = [0, false, false];
  let digested: string | null = null;
  let tellProgress = (): void => {};
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      size += chunk.byteLength;
      large = size > largest;
      tellProgress();
      if (large) return controller.error(tooLarge(largest));
      await digest?.add(chunk);
      controller.enqueue(chunk);
    },
    async flush() {
      checkLength(length, size);
      digested = (await digest?.end()) ?? null;
      complete = true;
    },
  });
  return {
    body: body === null ? null : body.pipeThrough(counted),
    isComplete: () => complete,
    isTooLarge: () => large,
    digest: async () => digested,
    onProgress(progress) {
      tellProgress = progress;
    },
  };
}

async function readAll(
  request: Request,
  largest: number,
  length: number | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = bodyOf(request)?.getReader();
  for (let next = await read(reader); !next.done; next = await read(reader)) {
    size += next.value.byteLength;
    if (size > largest) {
      void reader?.cancel().catch(() => {});
      throw tooLarge(largest);
    }
    chunks.push(next.value);
  }
  checkLength(length, size);
  return joined(chunks, size);
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return (await reader?.read()) ?? { done: true, value: undefined };
  } catch (error) {
    throw error instanceof Refusal
      ? error
      : new Refusal(400, 'invalid_request', 'The body broke off.');
  }
}

export function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

export function tooLarge(largest: number): Refusal {
  return new Refusal(413, 'too_large', `The body is larger than ${largest} bytes.`);
}
