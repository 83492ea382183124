// As much of PostgreSQL's protocol as it takes to tell one message from the next, and to see a swap.
// https://www.postgresql.org/docs/current/protocol-message-formats.html (version 3, without TLS)
import { type Asked, type Reader, type Said, writtenIn } from './protocol.ts';

interface Message {
  /** A letter; none at the start of a connection. */
  readonly type: string;
  readonly body: Buffer;
  readonly bytes: Buffer;
}

const version3 = 196_608;

export function postgresReader(): Reader {
  const fromWorker = messageReader(true);
  const fromServer = messageReader(false);
  return {
    asked: (bytes) => fromWorker(bytes).map(asked),
    said: (bytes) => fromServer(bytes).map(said),
  };
}

/** The server answers until the start of a connection, a Query or a Sync is done with. */
function asked({ type, body, bytes }: Message): Asked {
  if (type === '' && body.readInt32BE(0) !== version3)
    throw new Error('A connection of PostgreSQL begins in a way that the link does not know.');
  const written = type === 'B' ? writtenIn(bound(body), 0) : null;
  return { bytes, written, isEnd: ['', 'Q', 'S'].includes(type) };
}

/** Notifications, notices and settings may come at any time; ReadyForQuery ends an answer. */
function said({ type, body, bytes }: Message): Said {
  const place = ['A', 'N', 'S'].includes(type) ? 'push' : type === 'Z' ? 'end' : 'part';
  const has = (text: string): boolean => type === 'D' && columns(body, 0).includes(text);
  return { bytes, place, has };
}

/** The values of a Bind: after the names of portal and statement, and a list of formats. */
function bound(body: Buffer): (string | null)[] {
  const formatsAt = body.indexOf(0, body.indexOf(0) + 1) + 1;
  return columns(body, formatsAt + 2 + 2 * body.readInt16BE(formatsAt));
}

/** A count, then for each value its length (-1: null) and its bytes. */
function columns(bytes: Buffer, start: number): (string | null)[] {
  let at = start + 2;
  return Array.from({ length: bytes.readInt16BE(start) }, () => {
    const [from, length] = [at + 4, bytes.readInt32BE(at)];
    at = from + Math.max(length, 0);
    return length < 0 ? null : bytes.toString('utf8', from, at);
  });
}

/** A message is a letter, the length of what follows with itself, and a body. */
function messageReader(isWorker: boolean): (bytes: Buffer) => Message[] {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = isWorker;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const messages: Message[] = [];
    for (;;) {
      const lengthAt = isStart ? 0 : 1;
      if (rest.length < lengthAt + 4) return messages;
      const end = lengthAt + rest.readInt32BE(lengthAt);
      if (rest.length < end) return messages;
      messages.push({
        type: rest.toString('latin1', 0, lengthAt),
        body: rest.subarray(lengthAt + 4, end),
        bytes: rest.subarray(0, end),
      });
      rest = rest.subarray(end);
      isStart = false;
    }
  };
}
