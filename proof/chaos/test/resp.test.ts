import { describe, expect, it } from 'vitest';
import { RespError, RespReader } from '../stage/resp.ts';

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const command = (...words: string[]): string => `*${words.length}\r\n${words.map(bulk).join('')}`;

/** What a reader makes of this, however it is cut. */
function read(text: string, size: number) {
  const reader = new RespReader();
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return pieces.flatMap((piece) => reader.push(piece));
}

describe('the reader of the Redis protocol', () => {
  const text = [
    ...[
      '+OK\r\n',
      '-NOSCRIPT No such script\r\n',
      ':42\r\n',
      '$-1\r\n',
      '*-1\r\n',
      '_\r\n',
      '*0\r\n',
      '#t\r\n',
      ',1.5\r\n',
    ],
    ...[
      command('SET', 'key', 'vålue\r\n'),
      `*2\r\n:7\r\n*2\r\n${bulk('a')}$-1\r\n`,
      `%1\r\n+server\r\n${bulk('redis')}`,
    ],
    `>3\r\n${bulk('message')}${bulk('channel')}${bulk('text')}`,
  ].join('');
  const values = [
    ...['OK', new RespError('NOSCRIPT No such script'), 42, null, null, null, [], 't', '1.5'],
    ...[
      ['SET', 'key', 'vålue\r\n'],
      [7, ['a', null]],
      ['server', 'redis'],
      ['message', 'channel', 'text'],
    ],
  ];

  it.each([1, 2, 3, 7, 1_000])('finds the same messages in pieces of %i bytes', (size) => {
    const messages = read(text, size);
    expect(messages.map(({ value }) => value)).toEqual(values);
    expect(Buffer.concat(messages.map(({ bytes }) => bytes)).toString()).toBe(text);
    expect(messages.filter(({ isPush }) => isPush)).toHaveLength(1);
  });

  it('refuses what is none', () => {
    expect(() => read('GET / HTTP/1.1\r\n', 100)).toThrow(
      'A message that begins with "G" is not one of Redis.',
    );
  });
});
