import { createReadStream, fstatSync } from 'node:fs';
import { wrongUse } from './command-error.ts';

/**
 * Far more than any secret has, in bytes: a caller that passes the wrong descriptor gets an error and is not kept
 * waiting.
 */
const longest = 65_536;

/**
 * What a file descriptor holds, without the line break at its end: `--password-fd 3 3<file`. Throws
 * `configuration`, naming the option, if nothing is there, if it is a terminal, which would show
 * what is typed, or if it holds no single line.
 */
export async function readSecret(option: string, fd: number): Promise<string> {
  const { isatty } = await import('node:tty');
  if (isatty(fd))
    throw wrongUse(
      `${option} ${fd} is a terminal, which would show what is typed. Redirect a file or a pipe to it.`,
    );
  const text = (await readAll(option, fd)).replace(/\r?\n$/, '');
  if (text === '' || /[\r\n]/.test(text))
    throw wrongUse(`${option} ${fd} must hold one line: nothing but the secret.`);
  return text;
}

async function readAll(option: string, fd: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of open(fd)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longest) throw wrongUse(`${option} ${fd} holds more than any secret does.`);
    }
  } catch (error) {
    throw typeof Object(error).syscall === 'string'
      ? unreadable(option, fd, Object(error).code)
      : error;
  }
  return Buffer.concat(chunks).toString();
}

/**
 * A number that nothing was redirected to may be one that Node uses itself: that one is neither a
 * file nor a pipe, and stays open.
 */
function open(fd: number): AsyncIterable<Buffer> {
  // The stream that Node has for standard input copes with whatever that may be.
  if (fd === 0) return process.stdin;
  const file = fstatSync(fd);
  const isReadable = file.isFile() || file.isFIFO() || file.isSocket() || file.isCharacterDevice();
  if (!isReadable) throw Object.assign(new Error(), { syscall: 'fstat', code: 'EBADF' });
  return createReadStream('', { fd, autoClose: false });
}

function unreadable(option: string, fd: number, code: string): Error {
  return wrongUse(
    `${option} ${fd} cannot be read (${code}). Redirect something to it: ${option} ${fd} ${fd}<file`,
  );
}
