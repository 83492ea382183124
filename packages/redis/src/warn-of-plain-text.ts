import type { Cluster, Redis } from 'ioredis';

interface Place {
  readonly host?: unknown;
  readonly path?: unknown;
  readonly tls?: unknown;
  readonly sentinels?: readonly Place[] | null;
  readonly redisOptions?: Place;
}

/** What `sealedStore()` writes. */
const sealed = 'sealed1.';

/**
 * Warns if this client sends records to another machine as they are: neither through TLS nor
 * sealed. Only a warning, because such a network may be protected otherwise, and a client can be
 * made that shows nothing of where it leads.
 */
export function warnOfPlainText(redis: Redis | Cluster, value: string): void {
  const hosts = value.startsWith(sealed) ? [] : plainHosts(redis);
  if (hosts.length === 0) return;
  const danger = `Tokens go to ${hosts[0]} in clear text, and so does the password of Redis.`;
  console.warn(
    `[act-on-token] ${danger} Use TLS (rediss://), or at least sealedStore() of @act-on-token/core around this store.`,
  );
}

/** The other machines that it reaches without TLS. */
function plainHosts(redis: Redis | Cluster): string[] {
  const { options = {}, startupNodes = [] } = redis as {
    options?: Place;
    startupNodes?: readonly unknown[];
  };
  if (options.tls || options.redisOptions?.tls) return [];
  const places = redis.isCluster ? startupNodes.map(placeOfNode) : (options.sentinels ?? [options]);
  return places
    .filter(({ path, tls }) => !path && !tls)
    .flatMap(({ host }) => (typeof host === 'string' && !isLoopback(host) ? printable(host) : []));
}

/** A node of a Cluster may be a port, a URL or options. */
function placeOfNode(node: unknown): Place {
  if (typeof node !== 'string') return typeof node === 'object' && node !== null ? node : {};
  const url = URL.canParse(node) ? new URL(node) : null;
  return url === null ? {} : { host: url.hostname, tls: url.protocol === 'rediss:' };
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){1,3}|\[?(::1|::ffff:127(\.\d+){3})\]?|)$/i.test(host);
}

const printable = (host: string): string => host.replace(/[^\x21-\x7e]/g, '?');
