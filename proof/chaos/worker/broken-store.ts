import type { TokenStore } from '@act-on-token/core';

/** A store that forgot to compare versions: whoever writes last wins. The judge has to find out. */
export function brokenStore(store: TokenStore): TokenStore {
  return {
    reach: store.reach,
    read: (key) => store.read(key),
    async swap(key, _expected, next) {
      for (;;) {
        const { record } = await store.read(key);
        const answer = await store.swap(key, record?.version ?? null, next);
        if (answer.ok) return answer;
      }
    },
    watch: (key, onChange) => store.watch(key, onChange),
    close: () => store.close(),
  };
}
