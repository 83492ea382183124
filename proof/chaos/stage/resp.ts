// As much of the Redis protocol as it takes to tell one message from the next, in either direction.
// https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2 and RESP3)

export type RespValue = string | number | null | RespError | readonly RespValue[];

export class RespError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export interface Message {
  readonly value: RespValue;
  /** As it came, to be passed on. */
  readonly bytes: Buffer;
  /** It answers nothing: Redis had something to say. */
  readonly isPush: boolean;
}

const push = '>'.charCodeAt(0);

/** Takes bytes as they come and hands out the messages that are complete. */
export class RespReader {
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: Message[] = [];
    for (let found = parse(this.#rest, 0); found !== null; found = parse(this.#rest, 0)) {
      messages.push({
        value: found.value,
        bytes: this.#rest.subarray(0, found.end),
        isPush: this.#rest[0] === push,
      });
      this.#rest = this.#rest.subarray(found.end);
    }
    return messages;
  }
}

interface Parsed {
  readonly value: RespValue;
  readonly end: number;
}

/** The value that begins at `start`; `null` if it is not all there yet. */
function parse(bytes: Buffer, start: number): Parsed | null {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd < 0) return null;
  const head = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  const type = bytes.toString('latin1', start, start + 1);
  switch (type) {
    case '-':
      return { value: new RespError(head), end };
    case ':':
      return { value: Number(head), end };
    case '_':
      return { value: null, end };
    case '+':
    case ',':
    case '#':
    case '(':
      return { value: head, end };
    case '$':
    case '=':
    case '!':
      return parseBulk(bytes, Number(head), end);
    case '*':
    case '~':
    case '>':
      return parseArray(bytes, Number(head), end);
    case '%':
      return parseArray(bytes, 2 * Number(head), end);
    default:
      throw new Error(`A message that begins with "${type}" is not one of Redis.`);
  }
}

function parseBulk(bytes: Buffer, length: number, start: number): Parsed | null {
  if (length < 0) return { value: null, end: start };
  const end = start + length + 2;
  return bytes.length < end ? null : { value: bytes.toString('utf8', start, end - 2), end };
}

function parseArray(bytes: Buffer, length: number, start: number): Parsed | null {
  if (length < 0) return { value: null, end: start };
  const items: RespValue[] = [];
  let end = start;
  while (items.length < length) {
    const item = parse(bytes, end);
    if (item === null) return null;
    items.push(item.value);
    end = item.end;
  }
  return { value: items, end };
}
