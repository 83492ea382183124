import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../proof/support/listen.ts';
import { fromSource } from '../../../proof/support/processes.ts';

// A server that speaks the protocol of Redis and means no good.

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const time = ':1800000000000\r\n';
const nested = `${'*1\r\n'.repeat(100_000)}:1\r\n`;

let server: Listening;
/** What a script is answered. */
let reply: string;
beforeEach(async () => {
  const answering = createServer((socket) => {
    socket.on('data', (data) => {
      for (const command of String(data).split(/^\*/m).slice(1)) {
        // Neither protocol 3 nor a name is granted.
        const [name = ''] = /hello|info|eval/i.exec(command) ?? [];
        const answers = {
          hello: '-NOPROTO no\r\n',
          info: bulk('redis_version:7.0.0\r\nloading:0'),
          eval: reply,
        };
        socket.write(answers[name.toLowerCase() as keyof typeof answers] ?? '-ERR no\r\n');
      }
    });
  });
  server = await listen(answering);
});
afterEach(() => server.close());

const record = { version: 'a-version', value: 'SECRET-VALUE' };

async function outcomes(): Promise<unknown[]> {
  const redis = new Redis({ port: server.port, retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  const store = redisStore(redis);
  const all = await Promise.allSettled([store.read('key'), store.swap('key', null, record)]);
  await store.close();
  redis.disconnect();
  return all.map((each) => (each.status === 'fulfilled' ? each.value : each.reason));
}

describe('a server that answers a script', () => {
  it.each([
    [
      'as Redis does',
      `*4\r\n${time}${bulk('a-version')}${bulk('x')}${bulk('0123456789abcdef'.repeat(2))}`,
    ],
    [
      'as Redis does where nothing is',
      `*4\r\n${time}$-1\r\n$-1\r\n${bulk('0123456789abcdef'.repeat(2))}`,
    ],
    [
      'as Redis does that may not say its name',
      `*4\r\n${time}${bulk('a-version')}${bulk('x')}$-1\r\n`,
    ],
    ['without a name', `*3\r\n${time}$-1\r\n$-1\r\n`],
  ])('%s is believed', async (_, text) => {
    reply = text;
    expect(await outcomes()).toEqual([
      expect.objectContaining({ now: 1_800_000_000_000 }),
      expect.objectContaining({ now: 1_800_000_000_000 }),
    ]);
  });

  it.each([
    ['with a text', bulk('abc')],
    ['with one word', '+abc\r\n'],
    ['with a number', ':7\r\n'],
    ['with nothing', '$-1\r\n'],
    ['with no list', '*-1\r\n'],
    ['with an empty list', '*0\r\n'],
    ['without the value', `*2\r\n${time}${bulk('a-version')}`],
    ['with a version and null', `*3\r\n${time}${bulk('a-version')}$-1\r\n`],
    ['with a value and no version', `*3\r\n${time}$-1\r\n${bulk('x')}`],
    ['with a list as the version', `*3\r\n${time}*1\r\n${bulk('a-version')}${bulk('x')}`],
    ['with a number as the value', `*3\r\n${time}${bulk('a-version')}:7\r\n`],
    ['with no time', `*3\r\n$-1\r\n${bulk('a-version')}${bulk('x')}`],
    ['with words as the time', `*3\r\n${bulk('noon')}${bulk('a-version')}${bulk('x')}`],
    ['with an endless time', `*3\r\n${bulk('1e999')}${bulk('a-version')}${bulk('x')}`],
    ['with a time before there was Redis', `*3\r\n:-5\r\n${bulk('a-version')}${bulk('x')}`],
    ['with a number as its name', `*4\r\n${time}${bulk('a-version')}${bulk('x')}:7\r\n`],
    ['with a list as its name', `*4\r\n${time}${bulk('a-version')}${bulk('x')}*1\r\n${bulk('a')}`],
    ['with an empty name', `*4\r\n${time}${bulk('a-version')}${bulk('x')}${bulk('')}`],
    [
      'with a name without end',
      `*4\r\n${time}${bulk('a-version')}${bulk('x')}${bulk('a'.repeat(100_000))}`,
    ],
    ['with lists in lists in lists', nested],
    ['with a text of more bytes than there are', '$999999999999999\r\nabc\r\n'],
    ['with what is no protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['with an error that repeats the value', '-ERR SECRET-VALUE \u001b[2J\r\n'],
    ['with an error without end', `-${'X'.repeat(100_000)}\r\n`],
  ])('%s is unavailable, in words of ours', async (_, text) => {
    reply = text;
    for (const error of await outcomes()) {
      expect(error).toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(/^Redis [\x20-\x7e]{20,220}$/),
      });
      expect(String(error)).not.toContain('SECRET-VALUE');
    }
  });
});

describe('a deeply nested reply', () => {
  const program = fileURLToPath(new URL('./support/read-once.ts', import.meta.url));

  it.each([
    ['ioredis', 0, /^store_unavailable: Redis gave no answer/],
    // Nothing that the store could catch: it is thrown where the bytes arrive. So ioredis 6 is
    // recommended.
    ['ioredis-5', 7, /RangeError: Maximum call stack size exceeded/],
  ])(
    'is an error with ioredis 6, and ends the process with ioredis 5: %s',
    async (client, exit, says) => {
      reply = nested;
      const [file = '', ...before] = fromSource('Node');
      const child = spawn(file, [...before, program, client, `${server.port}`]);
      let printed = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
      const [code] = await once(child, 'close');
      expect({ code, printed }).toEqual({ code: exit, printed: expect.stringMatching(says) });
    },
  );
});
