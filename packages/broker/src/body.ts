import { Refusal } from './answers.ts';

/** What the broker's own routes read. */
const smallBody = 4_096;
/** Bodies up to here are read as a whole, so that they can go out once more after a 401; larger ones are passed on as they come. */
export const replayable = 1_048_576;

/** The body as text. Refuses one that is larger than any the broker's own routes want. */
export async function readSmallBody(request: Request): Promise<string> {
  return new TextDecoder().decode(await readAll(request.body, smallBody));
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
}

const whole = (body: Passing['body']): Passing => ({ body, isComplete: () => true, isTooLarge: () => false, onProgress: () => {} });

/** Refuses at once what says that it is larger than `largest`, and breaks off what turns out to be. */
export async function readPassing(request: Request, largest: number): Promise<Passing> {
  const length = lengthOf(request.headers);
  if (length !== null && length > largest) throw tooLarge(largest);
  if (request.body === null || request.method === 'GET' || request.method === 'HEAD') return whole(null);
  if (length === null || length > replayable) return passOn(request.body, largest);
  return whole(await readAll(request.body, Math.min(length, largest)));
}

function lengthOf(headers: Headers): number | null {
  const length = headers.get('content-length');
  if (length === null) return null;
  if (!/^\d{1,15}$/.test(length)) throw new Refusal(400, 'invalid_request', 'Content-Length must be one number.');
  return Number(length);
}

function passOn(body: ReadableStream<Uint8Array>, largest: number): Passing {
  let [size, complete, large] = [0, false, false];
  let tellProgress = (): void => {};
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      large = size > largest;
      tellProgress();
      if (large) controller.error(tooLarge(largest));
      else controller.enqueue(chunk);
    },
    flush() {
      complete = true;
    },
  });
  return {
    body: body.pipeThrough(counted),
    isComplete: () => complete,
    isTooLarge: () => large,
    onProgress(progress) {
      tellProgress = progress;
    },
  };
}

async function readAll(body: ReadableStream<Uint8Array> | null, largest: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (let next = await read(reader); !next.done; next = await read(reader)) {
    size += next.value.byteLength;
    if (size > largest) {
      void reader?.cancel().catch(() => {});
      throw tooLarge(largest);
    }
    chunks.push(next.value);
  }
  return joined(chunks, size);
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return (await reader?.read()) ?? { done: true, value: undefined };
  } catch {
    throw new Refusal(400, 'invalid_request', 'The body broke off.');
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
