import type { Socket } from 'node:net';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** `*` if it names none. */
  readonly origin: string;
  readonly body: string;
}

/** Hands over each request of a connection once all of it has arrived. */
export function readRequests(socket: Socket, handle: (request: RawRequest) => void): void {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    for (let first = cutFirst(text); first !== null; first = cutFirst(text)) {
      text = first.rest;
      handle(first.request);
    }
  });
}

function cutFirst(text: string): { request: RawRequest; rest: string } | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const head = text.slice(0, headEnd);
  if (/^transfer-encoding:/im.test(head))
    throw new Error('This server reads bodies with a content-length only.');
  const header = (name: string) => new RegExp(`^${name}: *(\\S+)`, 'im').exec(head)?.[1];
  const bodyEnd = headEnd + 4 + Number(header('content-length') ?? 0);
  if (text.length < bodyEnd) return null;
  const [method = '', path = ''] = head.split(' ', 2);
  return {
    request: {
      method,
      path,
      origin: header('origin') ?? '*',
      body: text.slice(headEnd + 4, bodyEnd),
    },
    rest: text.slice(bodyEnd),
  };
}
