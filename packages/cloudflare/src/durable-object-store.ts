import {
  checkOptions,
  defineStore,
  type OptionRules,
  type PlaceAnswer,
  type TokenStore,
} from '@act-on-token/core';
import type { AccountCall } from './act-on-account.ts';

export interface DurableObjectStoreOptions {
  /**
   * The namespace that is bound to the class `ActOnAccount`: `env.ACCOUNTS`. A binding belongs to
   * one request or event, so each makes its store.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the caller's own types of Workers decide.
  namespace: { idFromName(name: string): any; get(id: any): DurableObject };
  /**
   * Milliseconds from one look for changes to the next, while something is watched. Default: 1,000.
   */
  interval?: number | undefined;
}

interface DurableObject {
  fetch(url: string, init: { method: string; body: string }): Promise<Response>;
}

export const durableObjectRules: OptionRules<DurableObjectStoreOptions> = {
  namespace: [
    'idFromName get',
    null,
    'the binding of a Durable Object namespace, such as env.ACCOUNTS',
  ],
  interval: [[1, 86_400_000], undefined],
};

/**
 * Keeps records in Durable Objects, an object for each account. One request to the object for each
 * call; leases go by the clock of the object.
 *
 * ```ts
 * const store = durableObjectStore({ namespace: env.ACCOUNTS });
 * ```
 *
 * The Worker exports `ActOnAccount` and binds a namespace to it. Calls reject with
 * `store_unavailable`, at the latest after 2.5 s; wrong options throw `configuration`.
 */
export function durableObjectStore(options: DurableObjectStoreOptions): TokenStore {
  const { namespace, interval } = checkOptions('durableObjectStore()', durableObjectRules, options);
  const ask = async (key: string, call: AccountCall): Promise<PlaceAnswer> => {
    const object = namespace.get(namespace.idFromName(key));
    const body = JSON.stringify(call);
    const answer = await object.fetch('https://account/', { method: 'POST', body });
    if (!answer.ok) throw Object.assign(new Error(), { code: `HTTP_${answer.status}` });
    return answer.json();
  };
  return defineStore({
    name: 'Durable Object',
    reach: 'network',
    interval,
    read: (key) => ask(key, {}),
    swap: (key, expected, { version, value }) => ask(key, { expected, next: { version, value } }),
    // The object was restarted or moved: the next call reaches the new one.
    isBusy: (error) => Object(error).retryable === true && Object(error).overloaded !== true,
    remedy: () =>
      'Check that the Worker exports ActOnAccount, and that its configuration binds the namespace to that class.',
  });
}
