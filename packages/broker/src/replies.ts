import { Refusal } from './answers.ts';
import { joined } from './body.ts';
import { lookFor } from './look-for.ts';

/** What whoever comes again gets: the answer, a refusal, or another try, because nothing was done. */
type Kept = Reply | Refusal | 'forget';

interface Reply {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: Uint8Array<ArrayBuffer> | null;
}

interface Entry {
  /** What else must be the same. */
  readonly print: string;
  /** What came of it; nothing while it is under way. */
  kept?: Kept;
  /** Until then: when it counts as over, as if nobody had waited for it. */
  answeredAt: number;
  size: number;
}

const mostEntries = 1_000;
const mostBytes = 8_388_608;
const largestKept = 65_536;
const keptFor = 120_000;
/** A request that takes longer was ended by the worker that it came to. */
const longestRequest = 3_600_000;

/**
 * Requests that must not be carried out twice. A browser sends a POST once more, key and all, when a connection that it used before
 * breaks: it then gets the answer of the first. What is too large to keep is not repeated but refused, and nothing is sent twice.
 */
export class Replies {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  readonly #patience: number;
  #bytes = 0;

  /** `patience`: milliseconds that whoever comes again waits for the answer of the first. */
  constructor(now: () => number, patience = 120_000) {
    this.#now = now;
    this.#patience = patience;
  }

  /** `name` names the request (who, with what key); `print` is what else must be the same. Rejects as `work` does, and with a `Refusal`. */
  async once(name: string, print: string, work: () => Promise<Response>): Promise<Response> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return this.#begin(name, print, work);
    if (entry.print !== print) throw new Refusal(422, 'invalid_request', 'This idempotency key was used for another request.');
    const asked = this.#now();
    const kept = await lookFor(
      () => entry.kept,
      () => this.#now() - asked >= this.#patience,
    );
    if (kept === undefined) throw unanswered();
    if (kept === 'forget') return this.once(name, print, work);
    if (kept instanceof Refusal) throw kept;
    return new Response(kept.body, { status: kept.status, headers: kept.headers });
  }

  async #begin(name: string, print: string, work: () => Promise<Response>): Promise<Response> {
    this.#sweep();
    const entry: Entry = { print, answeredAt: this.#now() + longestRequest, size: 0 };
    this.#entries.set(name, entry);
    try {
      const { kept, answer } = await keep(await work());
      this.#conclude(name, entry, kept);
      return answer;
    } catch (error) {
      this.#conclude(name, entry, mayHaveBeenSent(error) ? error : 'forget');
      throw error;
    }
  }

  #conclude(name: string, entry: Entry, kept: Kept): void {
    entry.answeredAt = this.#now();
    entry.kept = kept;
    if (this.#entries.get(name) !== entry) return;
    entry.size = kept !== 'forget' && !(kept instanceof Refusal) ? (kept.body?.byteLength ?? 0) : 0;
    this.#bytes += entry.size;
    if (kept === 'forget') this.#forget(name, entry);
  }

  /** The oldest first; what is still under way stays. */
  #sweep(): void {
    for (const [name, entry] of this.#entries) {
      const isFull = this.#entries.size >= mostEntries || this.#bytes > mostBytes;
      const isOld = this.#now() - entry.answeredAt > keptFor;
      if (isOld || (isFull && entry.kept !== undefined)) this.#forget(name, entry);
    }
  }

  #forget(name: string, { size }: Entry): void {
    this.#bytes -= size;
    this.#entries.delete(name);
  }
}

function unanswered(): Refusal {
  return new Refusal(504, 'gateway_timeout', 'This request was sent already and is not answered; nobody knows whether it was carried out.');
}

/** After all other failures nothing has reached Act-On. */
function mayHaveBeenSent(error: unknown): error is Refusal {
  return error instanceof Refusal && (error.error === 'bad_gateway' || error.error === 'gateway_timeout');
}

/** Reads an answer as far as it may be kept. What is longer goes on to the browser, and is not kept. */
async function keep(response: Response): Promise<{ kept: Kept; answer: Response }> {
  const { status } = response;
  const headers = [...response.headers];
  const chunks: Uint8Array[] = [];
  const reader = response.body?.getReader();
  let size = 0;
  for (let next = await read(reader); !next.done; next = await read(reader)) {
    chunks.push(next.value);
    size += next.value.byteLength;
    if (reader !== undefined && size > largestKept)
      return { kept: tooLargeToRepeat(), answer: new Response(onward(chunks, reader), { status, headers }) };
  }
  const body = reader === undefined ? null : joined(chunks, size);
  return { kept: { status, headers, body }, answer: new Response(body, { status, headers }) };
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<ReadableStreamReadResult<Uint8Array>> {
  if (reader === undefined) return { done: true, value: undefined };
  try {
    return await reader.read();
  } catch {
    throw new Refusal(502, 'bad_gateway', 'The answer of Act-On broke off; nobody knows what it was.');
  }
}

function tooLargeToRepeat(): Refusal {
  return new Refusal(409, 'duplicate_request', 'This request was sent already, and its answer is too large to be repeated.');
}

function onward(chunks: readonly Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
