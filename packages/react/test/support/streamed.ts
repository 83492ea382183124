import { Writable } from 'node:stream';
import type { PipeableStream } from 'react-dom/server';

/** All that React sends for a page, once nothing is left to come. */
export function streamed(begin: (done: () => void) => PipeableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let html = '';
    const sink = new Writable({
      write(chunk, _, next) {
        html += chunk;
        next();
      },
    });
    sink.on('finish', () => resolve(html)).on('error', reject);
    const stream = begin(() => stream.pipe(sink));
  });
}
