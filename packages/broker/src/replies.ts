import { Refusal } from './answers.ts';
import { drained, joined, type Passing } from './body.ts';
import { lookFor } from './look-for.ts';

/** What comes again gets: the answer, a refusal, or another try, because nothing was done. */
type Kept = Reply | Refusal | 'forget';

interface Reply {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: Uint8Array<ArrayBuffer> | null;
}

interface Entry {
  /** What must be the same, as well as the body. */
  readonly print: string;
  /** What came of it; nothing while it is under way. */
  kept?: Kept;
  /** The body's digest, if it went through as a whole. */
  digest: string | null;
  /** Until it was answered: when it counts as over, as if nobody had waited for it. */
  answeredAt: number;
  size: number;
}

/** A request with an idempotency key. */
export interface Named {
  /** Who sent it: keys of one browser never take room from those of another that has fewer. */
  readonly browser: string;
  readonly key: string;
  /** What must be the same when the key comes again, as well as the body. */
  readonly print: string;
  readonly passing: Passing;
}

/** Of one browser, and of all. */
const mostOfOne = { entries: 100, bytes: 2_097_152 };
const mostOfAll = { entries: 1_000, bytes: 8_388_608 };
const largestKept = 65_536;
const keptFor = 120_000;
/** A request that takes longer was ended by the worker that it came to. */
const longestRequest = 3_600_000;

/**
 * Requests that must not be carried out twice. A browser sends a POST once more, key and all, when
 * a connection that it used before breaks: it then gets the answer of the first. What is too large
 * to keep is not repeated but refused, and nothing is sent twice.
 */
export class Replies {
  /** By browser and key, the oldest first. */
  readonly #browsers = new Map<string, Map<string, Entry>>();
  readonly #now: () => number;
  readonly #patience: number;

  /** `patience`: milliseconds that what comes again waits for the answer of the first. */
  constructor(now: () => number, patience = 120_000) {
    this.#now = now;
    this.#patience = patience;
  }

  /**
   * Rejects as `work` does, and with a `Refusal`: for another request under the same key, or an
   * answer that cannot be repeated.
   */
  async once(named: Named, work: () => Promise<Response>): Promise<Response> {
    const entry = this.#browsers.get(named.browser)?.get(named.key);
    if (entry === undefined) return this.#begin(named, work);
    if (entry.print !== named.print) throw another();
    const asked = this.#now();
    const kept = await lookFor(
      () => entry.kept,
      () => this.#now() - asked >= this.#patience,
    );
    if (kept === undefined) throw unanswered();
    if (kept === 'forget') return this.once(named, work);
    const digest = await drained(named.passing);
    if (entry.digest !== null && digest !== entry.digest) throw another();
    if (kept instanceof Refusal) throw kept;
    // Act-On answered before the body had gone through, so nobody can say whether this is the same
    // one.
    if (entry.digest === null) throw unlike();
    return new Response(kept.body, { status: kept.status, headers: kept.headers });
  }

  async #begin(named: Named, work: () => Promise<Response>): Promise<Response> {
    const entry: Entry = {
      print: named.print,
      digest: null,
      answeredAt: this.#now() + longestRequest,
      size: 0,
    };
    const entries = this.#browsers.get(named.browser) ?? new Map<string, Entry>();
    this.#browsers.set(named.browser, entries.set(named.key, entry));
    this.#sweep(named.browser);
    try {
      const { kept, answer } = await keep(await work());
      await this.#conclude(named, entry, kept);
      return answer;
    } catch (error) {
      await this.#conclude(named, entry, mayHaveBeenSent(error) ? error : 'forget');
      throw error;
    }
  }

  async #conclude({ browser, key, passing }: Named, entry: Entry, kept: Kept): Promise<void> {
    if (kept !== 'forget') entry.digest = await passing.digest();
    entry.answeredAt = this.#now();
    entry.kept = kept;
    entry.size = kept !== 'forget' && !(kept instanceof Refusal) ? (kept.body?.byteLength ?? 0) : 0;
    if (kept === 'forget' && this.#browsers.get(browser)?.get(key) === entry)
      this.#forget(browser, key);
  }

  /**
   * What is old goes, then the oldest of this browser if it has too many, then of whoever has most.
   * What is under way stays.
   */
  #sweep(current: string): void {
    for (const [browser, entries] of this.#browsers) {
      for (const [key, { answeredAt }] of entries) {
        if (this.#now() - answeredAt > keptFor) this.#forget(browser, key);
      }
    }
    const own = (): readonly Entry[] => [...(this.#browsers.get(current)?.values() ?? [])];
    const all = (): readonly Entry[] =>
      [...this.#browsers.values()].flatMap((entries) => [...entries.values()]);
    while (isBeyond(loadOf(own()), mostOfOne) && this.#forgetOldest(current)) {}
    while (isBeyond(loadOf(all()), mostOfAll) && this.#forgetOldest(this.#largest())) {}
  }

  #forget(browser: string, key: string): void {
    const entries = this.#browsers.get(browser);
    entries?.delete(key);
    if (entries?.size === 0) this.#browsers.delete(browser);
  }

  /** False if all of them are under way. */
  #forgetOldest(browser: string): boolean {
    for (const [key, { kept }] of this.#browsers.get(browser) ?? []) {
      if (kept === undefined) continue;
      this.#forget(browser, key);
      return true;
    }
    return false;
  }

  /** Whose answered requests take most of the room. */
  #largest(): string {
    let [largest, most] = ['', 0];
    for (const [browser, entries] of this.#browsers) {
      const { entries: count, bytes } = loadOf(
        [...entries.values()].filter(({ kept }) => kept !== undefined),
      );
      const share = Math.max(count / mostOfAll.entries, bytes / mostOfAll.bytes);
      if (share > most) [largest, most] = [browser, share];
    }
    return largest;
  }
}

interface Load {
  readonly entries: number;
  readonly bytes: number;
}

const loadOf = (entries: readonly Entry[]): Load => ({
  entries: entries.length,
  bytes: entries.reduce((sum, { size }) => sum + size, 0),
});
const isBeyond = (load: Load, most: Load): boolean =>
  load.entries > most.entries || load.bytes > most.bytes;

function unanswered(): Refusal {
  return new Refusal(
    504,
    'gateway_timeout',
    'This request was sent already and is not answered; it is unknown whether Act-On carried it out.',
  );
}

function another(): Refusal {
  return new Refusal(422, 'invalid_request', 'This idempotency key was used for another request.');
}

function unlike(): Refusal {
  return new Refusal(
    409,
    'duplicate_request',
    'This request was answered before its body had come, so it cannot be compared with the first.',
  );
}

/** After all other failures nothing has reached Act-On. */
function mayHaveBeenSent(error: unknown): error is Refusal {
  return (
    error instanceof Refusal && (error.error === 'bad_gateway' || error.error === 'gateway_timeout')
  );
}

/**
 * Reads an answer as far as it may be kept. What is longer goes on to the browser, and is not kept.
 */
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
      return {
        kept: tooLargeToRepeat(),
        answer: new Response(onward(chunks, reader), { status, headers }),
      };
  }
  const body = reader === undefined ? null : joined(chunks, size);
  return { kept: { status, headers, body }, answer: new Response(body, { status, headers }) };
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  if (reader === undefined) return { done: true, value: undefined };
  try {
    return await reader.read();
  } catch {
    throw new Refusal(
      502,
      'bad_gateway',
      'The answer of Act-On broke off, so its content is unknown.',
    );
  }
}

function tooLargeToRepeat(): Refusal {
  return new Refusal(
    409,
    'duplicate_request',
    'This request was sent already, and its answer is too large to be repeated.',
  );
}

function onward(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
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
