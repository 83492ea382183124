import { type Reader, writtenIn } from './protocol.ts';
import { RespReader, type RespValue } from './resp.ts';

const wordOf = (command: RespValue): string =>
  Array.isArray(command) ? String(command[0]).toLowerCase() : '';

/** Every command is a request of its own. A swap is a script. */
export function redisReader(): Reader {
  const [fromWorker, fromServer] = [new RespReader(), new RespReader()];
  /** What Redis says to a subscriber answers nothing. */
  let isSubscriber = false;
  return {
    asked: (bytes) =>
      fromWorker.push(bytes).map(({ value, bytes }) => {
        const word = wordOf(value);
        if (word === 'subscribe') isSubscriber = true;
        const isScript = Array.isArray(value) && ['evalsha', 'eval'].includes(word);
        return { bytes, written: isScript ? writtenIn(value, 3) : null, isEnd: true };
      }),
    said: (bytes) =>
      fromServer.push(bytes).map(({ value, bytes, isPush }) => ({
        bytes,
        place: isPush || isSubscriber ? 'push' : 'end',
        has: (text) => Array.isArray(value) && value.includes(text),
      })),
  };
}
