import { writeSync } from 'node:fs';

/**
 * Writes to stdout, at once. Not through process.stdout: to make that stream Node loads its network
 * code, which takes longer than everything else that a valid cached token takes.
 */
export async function answer(text: string): Promise<void> {
  const rest = written(Buffer.from(text));
  if (rest.length > 0) await toStdout(rest);
}

/** Through the stream. Resolves when it was taken; rejects if the reader is gone. */
export function toStdout(text: string | Uint8Array): Promise<void> {
  process.stdout.once('error', () => {}); // Reported below as well, and fatal without a listener.
  return new Promise((resolve, reject) =>
    process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
  );
}

/** What a pipe that is full did not take. */
function written(bytes: Uint8Array): Uint8Array {
  for (let rest = bytes; ; ) {
    if (rest.length === 0) return rest;
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (Object(error).code !== 'EAGAIN') throw error;
      return rest;
    }
  }
}
