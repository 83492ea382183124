import type { TokenStore } from '@act-on-token/core';
import type { Cluster, Redis } from 'ioredis';

interface Watched {
  readonly watchers: Set<{ readonly onChange: () => void }>;
  lastHeard?: string | null;
}

/**
 * Pub/sub on one connection for all records, there while anything is watched; a record's channel is
 * named after its key. A connection takes a moment to be made and may break: once it stands, a look
 * at the versions shows what was missed. A failure is not reported here, because every waiter polls as
 * well and hears of it from the next call.
 */
export function createHints(
  redis: Redis | Cluster,
  read: TokenStore['read'],
): Pick<TokenStore, 'watch'> & { stop(): void } {
  const watched = new Map<string, Watched>();
  let subscriber: Redis | Cluster | null = null;

  const tell = (name: string, version: string | null) => {
    const entry = watched.get(name) ?? { watchers: new Set() };
    entry.lastHeard = version;
    for (const watcher of entry.watchers)
      queueMicrotask(() => entry.watchers.has(watcher) && watcher.onChange());
  };
  const look = async (name: string) => {
    const answer = await read(name).catch(() => null);
    const entry = watched.get(name);
    if (answer === null || entry === undefined) return;
    const version = answer.record?.version ?? null;
    if (entry.lastHeard === undefined) entry.lastHeard = version;
    else if (entry.lastHeard !== version) tell(name, version);
  };
  const subscribe = async (name: string) => {
    const done = await subscriber?.subscribe(name).catch(() => undefined);
    if (done !== undefined) await look(name);
  };
  const start = () => {
    // Subscribing again is done here, since ioredis would not say when it has done so: that is when
    // to look.
    const alone = { lazyConnect: false, autoResubscribe: false };
    subscriber = redis.isCluster
      ? (redis as Cluster).duplicate([], { lazyConnect: false })
      : (redis as Redis).duplicate(alone);
    subscriber.on('error', () => {}); // Without a listener ioredis prints every failure.
    subscriber.on('message', tell).on('ready', () => [...watched.keys()].map(subscribe));
  };
  const stop = () => {
    for (const { watchers } of watched.values()) watchers.clear();
    watched.clear();
    subscriber?.disconnect();
    subscriber = null;
  };
  const begin = (name: string) => {
    const entry: Watched = { watchers: new Set() };
    watched.set(name, entry);
    void look(name);
    if (subscriber === null) start();
    else if (subscriber.status === 'ready') void subscribe(name);
    return entry;
  };
  const end = (name: string) => {
    watched.delete(name);
    if (watched.size === 0) stop();
    else subscriber?.unsubscribe(name).catch(() => {});
  };
  const watch: TokenStore['watch'] = (name, onChange) => {
    const { watchers } = watched.get(name) ?? begin(name);
    const watcher = { onChange };
    watchers.add(watcher);
    return () => {
      if (watchers.delete(watcher) && watchers.size === 0) end(name);
    };
  };
  return { watch, stop };
}
