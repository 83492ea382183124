import { type Clock, pollingWatch, type TokenStore } from '@act-on-token/core';

/**
 * One call of the store as it goes over the network; what is answered is what the store answers.
 */
export type StoreCall =
  | readonly ['read', string]
  | readonly ['swap', ...Parameters<TokenStore['swap']>];

/**
 * A store of a worker: each call is a request, which belongs to the request that the worker serves.
 */
export function networkStore(url: string, clock: Clock): TokenStore {
  const call = async (...call: StoreCall) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(call) });
    if (!response.ok) throw new Error('The store failed.');
    return response.json();
  };
  const read: TokenStore['read'] = (key) => call('read', key) as ReturnType<TokenStore['read']>;
  return {
    reach: 'network',
    read,
    swap: (key, expected, next) =>
      call('swap', key, expected, next) as ReturnType<TokenStore['swap']>,
    watch: (key, onChange) => pollingWatch(() => read(key), onChange, { clock }),
    close: async () => {},
  };
}
