import { Writable } from 'node:stream';
import { CommandError } from './command-error.ts';
import { exits } from './exit-codes.ts';
import { printable } from './printable.ts';

/**
 * Asks on the terminal for a line that is not shown while it is typed. Rejects with the signal's
 * reason, and with a CommandError if the person ends the input instead.
 */
export async function askHidden(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // It takes the echo away before the question shows, and edits the line as a shell would.
  const lines = createInterface({
    input: process.stdin,
    output: nowhere,
    terminal: true,
    historySize: 0,
  });
  process.stderr.write(printable(question));
  const abort = (): void => lines.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', (line) => resolve(corrected(line)));
      lines.once('close', () =>
        reject(
          signal.aborted ? signal.reason : new CommandError(exits.usage, 'Nothing was typed.'),
        ),
      );
      // Here the terminal does not turn Ctrl-C into the signal.
      lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      if (signal.aborted) abort();
    });
  } finally {
    signal.removeEventListener('abort', abort);
    lines.close();
    process.stderr.write('\n');
  }
}

/**
 * Readline takes back what was erased, except on a terminal that says it is dumb: there it hands
 * over the keys.
 */
function corrected(line: string): string {
  const kept: string[] = [];
  for (const key of line) {
    if (key === '\b' || key === '\u007f') kept.pop();
    else kept.push(key);
  }
  return kept.join('');
}
