import { describe, expect, it } from 'vitest';
import { postgresReader } from '../stage/postgres-protocol.ts';
import type { Asked, Reader, Said } from '../stage/protocol.ts';
import { redisReader } from '../stage/redis-protocol.ts';
import { swapOf } from '../stage/swap.ts';

const claim = { id: 'claim', purpose: 'refresh', at: 1, until: 2 };
const value = JSON.stringify({
  schema: 1,
  lineage: 1,
  generation: 2,
  pair: null,
  ended: null,
  suspect: false,
  claim,
});

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const command = (...words: string[]): Buffer =>
  Buffer.from(`*${words.length}\r\n${words.map(bulk).join('')}`);

/** A message of PostgreSQL: its letter (none at the start of a connection), its length, its body. */
function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(type), int(4, body.length + 4), body]);
}
function int(size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeIntBE(value, 0, size);
  return bytes;
}
const columns = (...values: (string | null)[]): Buffer =>
  Buffer.concat([
    int(2, values.length),
    ...values.flatMap((each) =>
      each === null ? [int(4, -1)] : [int(4, Buffer.byteLength(each)), Buffer.from(each)],
    ),
  ]);
const start = message('', int(4, 196_608), 'user\0postgres\0\0');
const bind = (...values: (string | null)[]): Buffer =>
  message('B', 'portal\0', 'statement\0', int(2, 1), int(2, 0), columns(...values), int(2, 0));
const sync = message('S');
const ready = message('Z', 'I');

/** What a reader makes of this, however it is cut. */
function read<Piece>(bytes: Buffer, size: number, take: (bytes: Buffer) => Piece[]): Piece[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) =>
    take(bytes.subarray(index * size, (index + 1) * size)),
  ).flat();
}

const wires: [name: string, open: () => Reader, request: Buffer, others: Buffer, answer: Buffer][] =
  [
    [
      'Redis',
      redisReader,
      command('evalsha', 'digest', '1', 'key', '=before', 'version', value, '', 'channel'),
      Buffer.concat([command('get', value), command('EVALSHA', 'digest', '1', 'key')]),
      Buffer.concat([
        Buffer.from('-NOSCRIPT No such script\r\n'),
        command('another', value),
        command('1', 'version', value),
      ]),
    ],
    [
      'PostgreSQL',
      postgresReader,
      Buffer.concat([start, message('P', 'statement\0'), bind('key', 'version', value, 'x'), sync]),
      Buffer.concat([start, message('Q', value, '\0'), bind('key', null), bind(), sync]),
      Buffer.concat([
        message('E', 'SERROR\0\0'),
        ready,
        message('D', columns('another', value, '1')),
        ready,
        message('2'),
        message('D', columns('version', null, '1')),
        ready,
      ]),
    ],
  ];

describe.each(wires)('a swap over the wire of %s', (_, open, request, others, answer) => {
  it.each([1, 2, 3, 7, 10_000])('is found in pieces of %i bytes, and passed on whole', (size) => {
    const asked = read<Asked>(request, size, open().asked);
    expect(asked.flatMap(({ written }) => written ?? [])).toEqual([
      { key: 'key', version: 'version', value },
    ]);
    expect(Buffer.concat(asked.map(({ bytes }) => bytes))).toEqual(request);
    expect(asked.at(-1)?.isEnd).toBe(true);
  });

  it('is not seen in another request', () => {
    expect(
      open()
        .asked(others)
        .map(({ written }) => written),
    ).toSatisfy((all) => (all as unknown[]).every((each) => each === null));
  });

  it.each([1, 5, 10_000])('was carried out if the answer names its version (%i)', (size) => {
    const said = read<Said>(answer, size, open().said);
    const answers = said.reduce<Said[][]>(
      (all, piece) => {
        all.at(-1)?.push(piece);
        if (piece.place === 'end') all.push([]);
        return all;
      },
      [[]],
    );
    expect(
      answers.slice(0, -1).map((pieces) => pieces.some((piece) => piece.has('version'))),
    ).toEqual([false, false, true]);
    expect(Buffer.concat(said.map(({ bytes }) => bytes))).toEqual(answer);
  });
});

describe('the reader of the protocol of PostgreSQL', () => {
  it('knows what answers nothing', () => {
    const bytes = Buffer.concat([message('A', 'news'), message('N', 'notice'), message('S', 'x')]);
    const pieces = postgresReader().said(bytes);
    expect(pieces.map(({ place }) => place)).toEqual(['push', 'push', 'push']);
  });

  it('refuses a connection that asks for TLS, into which it could not look', () => {
    expect(() => postgresReader().asked(message('', int(4, 80_877_103)))).toThrow(
      'A connection of PostgreSQL begins in a way that the link does not know.',
    );
  });
});

describe('a swap', () => {
  it('makes a claim only once', () => {
    const claims = new Set<string>();
    const written = { key: 'key', version: 'version', value };
    expect(swapOf(written, claims)).toMatchObject({
      key: 'key',
      version: 'version',
      next: { generation: 2, claim },
      isClaim: true,
    });
    expect(swapOf(written, claims).isClaim).toBe(false);
  });
});
