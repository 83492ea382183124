// The objects are in workerd; the processes reach them through a Worker that hands on requests.
import { durableObjectStore } from '@act-on-token/cloudflare';

export function open(origin: string) {
  const namespace = {
    idFromName: (name: string) => name,
    get: (name: string) => ({
      fetch: (_: string, init: { method: string; body: string }) =>
        fetch(`${origin}/${name}`, init),
    }),
  };
  return durableObjectStore({ namespace, interval: 100 });
}
