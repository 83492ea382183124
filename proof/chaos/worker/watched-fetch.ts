import type { Fetch } from '@act-on-token/core';
import type { GrantName } from '../../judge/history.ts';
import { print, printOrNull } from '../../judge/record-view.ts';
import type { Diary } from './diary.ts';
import type { Held } from './watched-store.ts';

/** The name of the header by which a token request says whose it is. Act-On would ignore it. */
export const tagName = 'x-chaos';

export interface Tag {
  readonly worker: string;
  readonly account: string;
  readonly request: number;
  /** The claim under which it is sent. */
  readonly claim: string | null;
}

/**
 * The runtime's fetch, for one account's token requests: what goes out and what comes back goes
 * into the diary.
 */
export function watchedFetch(worker: string, diary: Diary, held: Held): Fetch {
  const { account } = held;
  let requests = 0;
  return async (input, init) => {
    requests += 1;
    const request = requests;
    const form = new URLSearchParams(String(init?.body));
    const token = form.get('refresh_token');
    const tag: Tag = { worker, account, request, claim: held.claim };
    const headers = new Headers(init?.headers);
    headers.set(tagName, JSON.stringify(tag));
    diary.write({
      type: 'sending',
      account,
      request,
      grant: form.get('grant_type') as GrantName,
      token: token && print(token),
    });
    const response = await fetch(input, { ...init, headers });
    void listen(response.clone(), account, request, diary);
    return response;
  };
}

/** An answer that does not arrive whole leaves no line. */
async function listen(
  response: Response,
  account: string,
  request: number,
  diary: Diary,
): Promise<void> {
  const text = await response.text().catch(() => null);
  if (text === null) return;
  diary.write({
    type: 'answered',
    account,
    request,
    status: response.status,
    refresh: printOrNull(parsed(text).refresh_token),
  });
}

function parsed(text: string): { refresh_token?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
