import type { Fetch } from '@act-on-token/core';
import type { Happening } from '../model/happening.ts';
import { fingerprint } from '../model/record.ts';
import { type Life, never } from './depot.ts';
import type { Time } from './time.ts';

/** What is to happen to the next request. */
export type Mishap = 'lose_request' | 'lose_reply' | 'hold_reply';

/** The way from the tabs to Act-On. It takes its time, and what goes wrong on it can be ordered. */
export interface Wire {
  readonly armed: Mishap | null;
  /** Replies that are held. */
  readonly held: number;
  arm(mishap: Mishap | null): void;
  letGo(): void;
  fetchFor(life: Life): Fetch;
}

/** One way, in milliseconds of the world's time. */
const latency = 300;

export function createWire(time: Time, actOn: Fetch, log: (happening: Happening) => void): Wire {
  const held = new Set<() => void>();
  let armed: Mishap | null = null;

  const travel = (): Promise<void> => new Promise((arrive) => void time.after(latency, arrive));
  const hold = (): Promise<void> =>
    new Promise((goOn) => {
      held.add(goOn);
    });
  const take = (): Mishap | null => {
    const mishap = armed;
    armed = null;
    return mishap;
  };

  /** As a browser does it: it never says whether the request arrived. */
  const lose = (life: Life, type: 'request_lost' | 'reply_lost'): never => {
    log({ type, tab: life.tab });
    throw new TypeError('Failed to fetch');
  };

  const send = async (
    life: Life,
    input: string | URL | Request,
    init: RequestInit,
    isOver: () => boolean,
  ): Promise<Response> => {
    const { tab } = life;
    const mishap = take();
    log({ type: 'request', tab, ...contentOf(init.body) });
    await travel();
    if (mishap === 'lose_request') return lose(life, 'request_lost');
    const answer = await time.during(actOn(input, { ...init, signal: null }).then(readAll));
    if (mishap === 'hold_reply') {
      log({ type: 'reply_held', tab });
      await hold();
    }
    await travel();
    if (mishap === 'lose_reply') return lose(life, 'reply_lost');
    if (life.isDead || isOver()) {
      log({ type: 'reply_for_nobody', tab });
      return never();
    }
    const { status, headers, body } = answer;
    log({ type: 'reply', tab, status, text: meaningOf(answer) });
    return new Response(streamOf(body), { status, headers });
  };

  return {
    get armed() {
      return armed;
    },
    get held() {
      return held.size;
    },
    arm(mishap) {
      armed = mishap;
    },
    letGo() {
      for (const goOn of held) goOn();
      held.clear();
    },
    fetchFor: (life) => (input, init) => {
      const signal = init?.signal;
      return new Promise((resolve, reject) => {
        const giveUp = (): void => {
          log({ type: 'given_up', tab: life.tab });
          reject(signal?.reason);
        };
        const end = (): void => signal?.removeEventListener('abort', giveUp);
        signal?.addEventListener('abort', giveUp, { once: true });
        send(life, input, init ?? {}, () => signal?.aborted === true)
          .finally(end)
          .then(resolve, reject);
      });
    },
  };
}

/** What a token request asks for, and a fingerprint of what it carries. */
function contentOf(body: RequestInit['body']): {
  what: 'refresh' | 'password';
  print: string | null;
} {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  const token = form.get('refresh_token');
  return token === null
    ? { what: 'password', print: null }
    : { what: 'refresh', print: fingerprint(token) };
}

/** An answer that has arrived to its last byte. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

async function readAll(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/**
 * Read without leaving this turn of the event loop: while a tab reads its answer, no time passes.
 */
function streamOf(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

function meaningOf({ status, body }: Answer): string {
  if (status < 300) return 'a new pair';
  const [, error] = /"error"\s*:\s*"(\w+)"/.exec(body) ?? [];
  return error ?? (status === 429 ? 'too many requests' : 'no answer of Act-On');
}
