import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Exchange } from '../../judge/evidence.ts';
import type { GrantName } from '../../judge/history.ts';
import { print, printOrNull } from '../../judge/record-view.ts';
import { listen } from '../../support/listen.ts';
import { type Tag, tagName } from '../worker/watched-fetch.ts';
import { remove } from './sockets.ts';

/** Waits for a token request, and decides what becomes of it. */
export interface WireTrap {
  /** Before the server gets it. */
  before?(exchange: Exchange): Promise<void> | void;
  /** When the server has answered, and nobody has heard of it. */
  after?(exchange: Exchange): Promise<void> | void;
  /** When the answer was handed to the network. */
  delivered?(exchange: Exchange): void;
  /**
   * `refused`: the connection is reset before the server gets the request; `lost`: after it
   * answered; `cut`: in the middle of the answer.
   */
  readonly fate: 'whole' | 'refused' | 'lost' | 'cut';
}

/**
 * Stands between all workers and Act-On, writes down every token request, and breaks things as
 * networks do.
 */
export interface Wire {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** The next token request meets it. Returns what takes the trap away again. */
  arm(trap: WireTrap): () => void;
  close(): Promise<void>;
}

/** What the wire knows of an exchange fills up as it goes on. */
export type OpenExchange = { -readonly [Name in keyof Exchange]: Exchange[Name] };

export async function startWire(actOnUrl: string): Promise<Wire> {
  const exchanges: OpenExchange[] = [];
  const traps: WireTrap[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming).catch(() => null);
    if (body === null) return; // Its sender is gone.
    const exchange = openExchange(incoming, body);
    exchanges.push(exchange);
    await carry(exchange, traps.shift() ?? { fate: 'whole' }, actOnUrl, {
      body,
      incoming,
      outgoing,
    });
  });
  // An idle connection is not ended from here: that would be a fault that nobody armed.
  server.keepAliveTimeout = 0;
  const { port, close } = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    arm(trap) {
      traps.push(trap);
      return () => remove(traps, trap);
    },
    close,
  };
}

function openExchange(incoming: IncomingMessage, body: string): OpenExchange {
  const tag: Tag = JSON.parse(String(incoming.headers[tagName] ?? '{}'));
  const form = new URLSearchParams(body);
  const token = form.get('refresh_token');
  return {
    ...tag,
    at: Date.now(),
    doneAt: null,
    grant: form.get('grant_type') as GrantName,
    token: token && print(token),
    status: null,
    access: null,
    refresh: null,
    fate: 'open',
  };
}

interface Parties {
  readonly body: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** A request that was sent goes on to the server even if its sender is dead by then. */
async function carry(
  exchange: OpenExchange,
  trap: WireTrap,
  actOnUrl: string,
  parties: Parties,
): Promise<void> {
  await trap.before?.(exchange);
  if (trap.fate === 'refused') return end(exchange, 'refused', parties);
  const answer = await forward(actOnUrl, parties);
  const issued = JSON.parse(answer.body);
  Object.assign(exchange, {
    status: answer.status,
    access: printOrNull(issued.access_token),
    refresh: printOrNull(issued.refresh_token),
  });
  await trap.after?.(exchange);
  if (parties.incoming.socket.destroyed) return end(exchange, 'abandoned', parties);
  if (trap.fate === 'lost') return end(exchange, 'lost', parties);
  return deliver(exchange, trap, answer, parties);
}

async function deliver(
  exchange: OpenExchange,
  trap: WireTrap,
  answer: Answer,
  parties: Parties,
): Promise<void> {
  const { outgoing } = parties;
  const bytes = Buffer.from(answer.body);
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': bytes.length });
  if (trap.fate === 'cut')
    return void outgoing.write(bytes.subarray(0, bytes.length / 2), () =>
      end(exchange, 'cut', parties),
    );
  exchange.fate = 'delivered';
  exchange.doneAt = Date.now();
  outgoing.end(bytes, () => trap.delivered?.(exchange));
}

function end(exchange: OpenExchange, fate: Exchange['fate'], { incoming }: Parties): void {
  exchange.fate = fate;
  exchange.doneAt = Date.now();
  incoming.socket.resetAndDestroy();
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** On a connection of its own, so that nothing comes in between that is no fault of ours. */
async function forward(actOnUrl: string, { body, incoming }: Parties): Promise<Answer> {
  const { method = 'POST', url = '/' } = incoming;
  const headers = {
    'content-type': incoming.headers['content-type'] ?? '',
    accept: incoming.headers.accept ?? '',
  };
  const outgoing = request(new URL(url, actOnUrl), { method, headers, agent: false }).end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return {
    status: answer.statusCode ?? 0,
    headers: { 'content-type': answer.headers['content-type'] ?? '' },
    body: await text(answer),
  };
}
