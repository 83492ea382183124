import {
  actOnEndpoint,
  type Fetch,
  type Session,
  type SessionOptions,
  type TokenEndpoint,
} from '@act-on-token/core';
import { type World, world } from '../../packages/core/test/support/world.ts';
import type { Vault } from './vault.ts';

/** Something that a program could print, and where it got it. */
export interface Find {
  readonly place: string;
  readonly value: unknown;
}

/**
 * An Act-On whose secrets all go into the vault, and that can be told to repeat what it was sent.
 */
export interface Stage extends World {
  readonly endpoint: TokenEndpoint;
  readonly finds: Find[];
  readonly fetch: Fetch;
  /**
   * Answers token requests with this status and error, and with the whole request as its
   * description.
   */
  echo(status: number, error: string): void;
  /** Fails token requests with an error that holds the whole request. */
  breakDown(code: string | undefined): void;
  /** Lets token requests through again. */
  listen(): void;
  keep(place: string, value: unknown): void;
  /** A session all of whose events and snapshots are kept. */
  open(options?: Partial<SessionOptions>): Session;
  /** Keeps the refusal, once time has passed for as long as it takes. */
  refusal(place: string, call: Promise<unknown> | (() => unknown)): Promise<void>;
  /** The same where time is real. */
  refusalInTime(place: string, call: Promise<unknown>): Promise<void>;
}

export function createStage(vault: Vault): Stage {
  const place = world({ grantLimit: null, redirectUris: ['https://app.example/callback'] });
  const { emulator, clock } = place;
  const finds: Find[] = [];
  const keep: Stage['keep'] = (where, value) => void finds.push({ place: where, value });
  vault.add('client secret', emulator.client.secret);
  vault.add('password', emulator.user.password);
  let instead: ((sent: string) => Response) | null = null;
  const fetch: Fetch = async (input, init) => {
    const { url } = input instanceof Request ? input : { url: String(input) };
    keep('a URL that was asked for', url);
    const sent = typeof init?.body === 'string' ? init.body : '';
    if (instead !== null && new URL(url).pathname === '/token') return instead(sent);
    const response = await emulator.fetch(input, init);
    if (new URL(url).pathname === '/token') await learn(vault, response.clone());
    return response;
  };
  const { id, secret } = emulator.client;
  const endpoint = actOnEndpoint({ clientId: id, clientSecret: secret, fetch });
  const open: Stage['open'] = (options) => {
    const session = place.session({ endpoint, ...options });
    session.on((event) => keep(`the event ${event.type}`, event));
    session.subscribe(() => keep('a snapshot', session.getSnapshot()));
    keep('a session', session);
    return session;
  };
  const refusalInTime: Stage['refusalInTime'] = (where, call) =>
    call.then(
      () => {}, // Who asked for a token and got one has what he wanted.
      (reason: unknown) => keep(where, reason),
    );
  const refusal: Stage['refusal'] = async (where, call) => {
    const asked = new Promise((resolve) => resolve(typeof call === 'function' ? call() : call));
    await clock.settle(refusalInTime(where, asked));
  };
  return {
    ...place,
    endpoint,
    finds,
    fetch,
    keep,
    open,
    refusal,
    refusalInTime,
    echo: (status, error) => {
      instead = (sent) => echo(status, error, sent);
    },
    breakDown: (code) => {
      instead = (sent) => failure(code, sent);
    },
    listen: () => {
      instead = null;
    },
  };
}

/** A server that tells everything it was told, in every shape in which servers do. */
function echo(status: number, error: string, sent: string): Response {
  const values = [...new URLSearchParams(sent).values()];
  const shapes = [
    sent,
    decodeURIComponent(sent),
    values.join(' '),
    JSON.stringify(values),
    values.map(encodeURIComponent).join('&'),
  ];
  const body = {
    error,
    error_description: shapes.join(' | '),
    error_uri: `https://act-on.example/?${sent}`,
  };
  return new Response(JSON.stringify(body), {
    status,
    statusText: 'Refused',
    headers: { 'content-type': 'application/json' },
  });
}

/** As HTTP clients fail that think of those who debug them. */
function failure(code: string | undefined, sent: string): never {
  const cause = Object.assign(new Error(`${code} ${sent}`), { code, request: { body: sent } });
  throw Object.assign(new TypeError(`fetch failed for ${sent}`, { cause }), {
    config: { data: sent },
  });
}

async function learn(vault: Vault, answer: Response): Promise<void> {
  const { access_token, refresh_token } = (await answer.json().catch(() => ({}))) as Record<
    string,
    unknown
  >;
  vault.add('access token', access_token);
  vault.add('refresh token', refresh_token);
}
