import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  type AuthorizationCodeGrant,
  type AuthorizationRequest,
  readCallback,
} from '@act-on-token/core';
import { wrongUse } from '../command-error.ts';
import { headersOf, htmlOf, type Page, pages } from './pages.ts';

/** The answer to a request for authorization, wherever it came from. */
export interface Callback {
  readonly grant: AuthorizationCodeGrant;
  /** Shows in the browser how it ended, if a browser waits for that. Never rejects. */
  conclude(page: Page): Promise<void>;
}

export interface Loopback {
  /** Rejects with `callback` if Act-On says no. Whatever else comes in is turned away. */
  readonly callback: Promise<Callback>;
  close(): void;
}

/** Whether the browser can be sent to this very machine (RFC 8252 §7.3). */
export function isLoopback(redirectUri: string): boolean {
  const { protocol, hostname } = new URL(redirectUri);
  return protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Listens where the redirect goes to, on this machine's own interface only. Rejects with
 * `configuration` if that port cannot be had: to go on without it could hand the code to any program that
 * has it.
 */
export async function listen(request: AuthorizationRequest): Promise<Loopback> {
  const { port } = new URL(request.redirectUri);
  if (port === '0') throw wrongUse('--redirect-uri must name its port: 0 is none.');
  // To name it loads all that Node has for the web, so it is named only here.
  const { createServer } = await import('node:http');
  const servers = addressesOf(request.redirectUri).map((address) => ({
    address,
    server: createServer(),
  }));
  const callback = answered(
    servers.map(({ server }) => server),
    request,
  );
  callback.catch(() => {}); // A caller that waits for it gets the rejection; none may have begun to.
  const close = (): void => {
    for (const { server } of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  const all = servers.map(({ server, address }) =>
    listening(server, Number(port || 80), address, servers.length > 1),
  );
  const failed = (await Promise.allSettled(all)).find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    close();
    throw unavailable(request.redirectUri, failed.reason);
  }
  return { callback, close };
}

/**
 * A browser may take either address of the name, so another program must have neither (RFC 8252
 * §8.3).
 */
function addressesOf(redirectUri: string): string[] {
  const { hostname } = new URL(redirectUri);
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/[[\]]/g, '')];
}

/** An address that this machine does not have, no other program can have either. */
async function listening(
  server: Server,
  port: number,
  address: string,
  isOneOfSeveral: boolean,
): Promise<void> {
  server.listen({ port, host: address, ipv6Only: address === '::1' });
  await once(server, 'listening').catch((error: unknown) => {
    if (
      !isOneOfSeveral ||
      address !== '::1' ||
      !/^(EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(Object(error).code)
    )
      throw error;
  });
}

function answered(servers: readonly Server[], request: AuthorizationRequest): Promise<Callback> {
  let isUsed = false;
  return new Promise((resolve, reject) => {
    const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      const page = isUsed ? pages.used : misplaced(incoming, request);
      if (page !== null) return void show(outgoing, page);
      isUsed = true;
      try {
        const grant = readCallback(urlOf(incoming, request), request);
        resolve({ grant, conclude: (end) => show(outgoing, end) });
      } catch (error) {
        show(outgoing, pages.failed).then(() => reject(error));
      }
    };
    for (const server of servers) server.on('request', answer);
  });
}

/**
 * What to answer a request that does not belong to our sign-in, be it a stray one or an attack; `null`
 * if it does.
 */
function misplaced(incoming: IncomingMessage, request: AuthorizationRequest): Page | null {
  const expected = new URL(request.redirectUri);
  if (incoming.method !== 'GET' || !URL.canParse(incoming.url ?? '', expected))
    return pages.unknown;
  const { host, pathname } = new URL(urlOf(incoming, request));
  if (host !== expected.host || pathname !== expected.pathname) return pages.unknown;
  return answers(urlOf(incoming, request), request) ? null : pages.strange;
}

function urlOf(incoming: IncomingMessage, { redirectUri }: AuthorizationRequest): string {
  return new URL(incoming.url ?? '', redirectUri).href;
}

/**
 * Whether a redirect carries the state of this request: then what it says is final, be it a code or
 * a refusal.
 */
export function answers(url: string, { state }: AuthorizationRequest): boolean {
  return URL.canParse(url) && new URL(url).searchParams.getAll('state').join() === state;
}

async function show(outgoing: ServerResponse, page: Page): Promise<void> {
  const nonce = randomUUID();
  outgoing.writeHead(page.status, headersOf(nonce));
  await new Promise<void>((resolve) =>
    outgoing.once('close', resolve).end(htmlOf(page, nonce), resolve),
  );
}

function unavailable(redirectUri: string, error: unknown): Error {
  const { host } = new URL(redirectUri);
  const remedy =
    'End what listens there, or give another --redirect-uri that is registered with Act-On.';
  return wrongUse(`Nothing can listen at ${host} (${Object(error).code}). ${remedy}`);
}
