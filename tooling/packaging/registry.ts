import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checksums, type PublishedManifest } from './tarball.ts';

/** One version of one package. */
export interface Offer {
  readonly manifest: PublishedManifest;
  tarball(): Promise<Uint8Array>;
}

/** Where the registry finds packages: every version of that name, or none. */
export type Shelf = (name: string) => readonly Offer[];

export interface Registry {
  readonly url: string;
  /** What was asked for and could not be had. */
  readonly missing: ReadonlySet<string>;
  close(): Promise<void>;
}

/**
 * An npm registry on a free port of the loopback: the first shelf that has a name answers for it,
 * and what no shelf has is fetched from `upstream`, a registry's address; without one it does not
 * exist. It never changes what is published elsewhere.
 */
export async function serveRegistry(
  shelves: readonly Shelf[],
  upstream?: string,
): Promise<Registry> {
  const missing = new Set<string>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      missing.add(
        `${request.method} ${request.url}: ${error instanceof Error ? error.message : error}`,
      );
      send(response, 502, { error: 'the registry behind this one did not answer' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, missing, close: () => close(server) };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { name, version } = readPath(request.url ?? '/');
    const offers = firstOf(shelves, name);
    const offer = offers.find(({ manifest }) => manifest.version === version);
    if (offer !== undefined) return sendBytes(response, await offer.tarball());
    if (offers.length > 0 && version === undefined)
      return send(response, 200, await packument(name, offers, url));
    if (upstream !== undefined) return forward(request, response, upstream, url);
    missing.add(decodeURIComponent(request.url ?? '/'));
    send(response, 404, { error: `${name} is on no shelf` });
  }
}

/**
 * `/name`, `/@scope%2fname`, and the tarballs that we name ourselves:
 * `/@scope/name/-/name-1.2.3.tgz`.
 */
function readPath(url: string): { name: string; version?: string } {
  const [path = ''] = decodeURIComponent(url).slice(1).split('?');
  const [name = '', file] = path.split('/-/');
  const base = name.split('/').at(-1) ?? '';
  if (file === undefined) return { name };
  return { name, version: file.slice(base.length + 1, -'.tgz'.length) };
}

function firstOf(shelves: readonly Shelf[], name: string): readonly Offer[] {
  for (const shelf of shelves) {
    const offers = shelf(name);
    if (offers.length > 0) return offers;
  }
  return [];
}

async function packument(name: string, offers: readonly Offer[], url: string): Promise<object> {
  const entries = await Promise.all(offers.map((offer) => entryOf(offer, url)));
  const latest = [...offers].sort((a, b) => compare(a.manifest.version, b.manifest.version)).at(-1)
    ?.manifest.version;
  // Long ago: package managers may be told to leave alone what was published just now.
  const time = Object.fromEntries(
    offers.map(({ manifest: { version } }) => [version, '2020-01-01T00:00:00.000Z']),
  );
  return { name, 'dist-tags': { latest }, versions: Object.fromEntries(entries), time };
}

async function entryOf({ manifest, tarball }: Offer, url: string): Promise<[string, object]> {
  const { name, version } = manifest;
  const address = `${url}/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
  return [version, { ...manifest, dist: { tarball: address, ...checksums(await tarball()) } }];
}

const compare = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/**
 * Addresses in the answer lead here too, so that a package manager that trusts one host only needs
 * no other.
 */
async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: string,
  url: string,
): Promise<void> {
  const base = upstream.replace(/\/$/, '');
  const accept = request.headers.accept ?? '*/*';
  const answer = await fetch(base + request.url, { headers: { accept } });
  const type = answer.headers.get('content-type') ?? 'application/octet-stream';
  const body = Buffer.from(await answer.arrayBuffer());
  const isJson = type.includes('json');
  response.writeHead(answer.status, { 'content-type': type });
  response.end(isJson ? body.toString().replaceAll(`"${base}/`, `"${url}/`) : body);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendBytes(response: ServerResponse, body: Uint8Array): void {
  response
    .writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length })
    .end(body);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
