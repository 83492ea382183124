import { type ActOnApi, createActOnApi } from '@act-on-token/api';
import type { Session } from '@act-on-token/core';

/** Act-On's. */
const callsInASecond = 5;

/**
 * The API, for calls that follow each other: none begins before a second has passed since the answer
 * of the fifth before it, so no second has more than five.
 */
export function pacedApi(session: Session, signal: AbortSignal): ActOnApi {
  const answered: number[] = [];
  const fetch: Session['fetch'] = async (input, init) => {
    const free = (answered.at(-callsInASecond) ?? Number.NEGATIVE_INFINITY) + 1_000;
    await delay(free - performance.now(), signal);
    try {
      return await session.fetch(input, init);
    } finally {
      answered.push(performance.now());
      if (answered.length > callsInASecond) answered.shift();
    }
  };
  return createActOnApi({ fetch, currentAccessToken: () => session.currentAccessToken() });
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  if (!(ms > 0)) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
