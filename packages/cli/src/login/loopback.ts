import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AuthorizationCodeGrant, type AuthorizationRequest, readCallback } from '@act-on-token/core';
import { wrongUse } from '../command-error.ts';
import { headersOf, htmlOf, type Page, pages } from './pages.ts';

/** The answer to a request for authorization, wherever it came from. */
export interface Callback {
  readonly grant: AuthorizationCodeGrant;
  /** Tells the browser how it ended, if there is a browser that waits for that. Never rejects. */
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
 * Listens where the redirect goes to, on this machine's own interface only. Rejects with `configuration` if that port cannot be had: to
 * go on without it could hand the code to whoever has it.
 */
export async function listen(request: AuthorizationRequest): Promise<Loopback> {
  const { port, hostname } = new URL(request.redirectUri);
  // To name it loads all that Node has for the web, so it is named only here.
  const { createServer } = await import('node:http');
  const server = createServer();
  const callback = answered(server, request);
  callback.catch(() => {}); // Whoever waits for it hears of it; nobody may have begun to.
  server.listen(Number(port || 80), hostname.replace(/[[\]]/g, ''));
  await once(server, 'listening').catch((error: unknown) => Promise.reject(unavailable(request.redirectUri, error)));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { callback, close };
}

function answered(server: Server, request: AuthorizationRequest): Promise<Callback> {
  let isUsed = false;
  return new Promise((resolve, reject) => {
    server.on('request', (incoming, outgoing) => {
      const page = isUsed ? pages.used : misplaced(incoming, request);
      if (page !== null) return void show(outgoing, page);
      isUsed = true;
      try {
        const grant = readCallback(urlOf(incoming, request), request);
        resolve({ grant, conclude: (end) => show(outgoing, end) });
      } catch (error) {
        show(outgoing, pages.failed).then(() => reject(error));
      }
    });
  });
}

/** What to tell a request that does not answer ours, be it a stray one or somebody's attempt; `null` if it does. */
function misplaced(incoming: IncomingMessage, request: AuthorizationRequest): Page | null {
  const expected = new URL(request.redirectUri);
  if (incoming.method !== 'GET' || !URL.canParse(incoming.url ?? '', expected)) return pages.unknown;
  const { host, pathname } = new URL(urlOf(incoming, request));
  if (host !== expected.host || pathname !== expected.pathname) return pages.unknown;
  return answers(urlOf(incoming, request), request) ? null : pages.strange;
}

function urlOf(incoming: IncomingMessage, { redirectUri }: AuthorizationRequest): string {
  return new URL(incoming.url ?? '', redirectUri).href;
}

/** Whether a redirect carries the state of this request: then what it says is final, be it a code or a refusal. */
export function answers(url: string, { state }: AuthorizationRequest): boolean {
  return URL.canParse(url) && new URL(url).searchParams.getAll('state').join() === state;
}

async function show(outgoing: ServerResponse, page: Page): Promise<void> {
  const nonce = randomUUID();
  outgoing.writeHead(page.status, headersOf(nonce));
  await new Promise<void>((resolve) => outgoing.once('close', resolve).end(htmlOf(page, nonce), resolve));
}

function unavailable(redirectUri: string, error: unknown): Error {
  const { host } = new URL(redirectUri);
  const remedy = 'End what listens there, or give another --redirect-uri that is registered with Act-On.';
  return wrongUse(`Nothing can listen at ${host} (${Object(error).code}). ${remedy}`);
}
