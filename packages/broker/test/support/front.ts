import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { close, listen } from './act-on.ts';

/**
 * What stands before the servers of an app, as a load balancer does: every request goes to the next
 * of them.
 */
export interface Front {
  readonly origin: string;
  /** The ports of the servers behind it, in turn. Those that do not answer are passed over. */
  ports: readonly number[];
  close(): Promise<void>;
}

export async function startFront(): Promise<Front> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    turn += 1;
    pass(incoming, outgoing, [...front.ports.slice(turn % front.ports.length), ...front.ports]);
  });
  const front: Front = { origin: await listen(server), ports: [], close: () => close(server) };
  return front;
}

function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  [port, ...others]: readonly number[],
): void {
  if (port === undefined) return void outgoing.writeHead(502).end();
  const { method, url: path, rawHeaders: headers } = incoming;
  const upstream = request({ host: '127.0.0.1', port, method, path, headers, setHost: false });
  upstream.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
    outgoing.on('close', () => answer.destroy());
  });
  upstream.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody listens there any more, so nothing was sent.
    if (error.code === 'ECONNREFUSED') pass(incoming, outgoing, others);
    else outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end();
  });
  incoming.pipe(upstream);
}
