import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/**
 * A terminal that somebody types into: variables and background jobs last from one step to the
 * next.
 */
export interface Shell {
  /** Everything that was printed so far, errors included. */
  readonly printed: string;
  /**
   * Types these commands; resolves when the last one ended. Rejects, with all that was printed, if
   * one fails or takes too long.
   */
  type(commands: string): Promise<void>;
  /** Ends it and whatever it started. */
  close(): void;
}

export function openShell(cwd: string, env: NodeJS.ProcessEnv, patience: number): Shell {
  // A process group of its own, so that the servers that were left running can be ended with it.
  const child = spawn('bash', ['-e'], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [input, , , marks] = child.stdio as unknown as readonly [
    Writable,
    Readable,
    Readable,
    Readable,
  ];
  let printed = '';
  for (const stream of [child.stdout, child.stderr] as Readable[]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  return {
    get printed() {
      return printed;
    },
    async type(commands) {
      const ended = nextMark(child, marks, patience);
      input.write(`${commands}\necho done >&3\n`);
      await ended.catch((error: Error) => {
        throw new Error(`${printed.trimEnd()}\n${error.message}:\n${commands}`);
      });
    },
    close: () => endGroup(child),
  };
}

function nextMark(child: ChildProcess, marks: Readable, patience: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(new Error(`not ended after ${patience / 1000} s`))),
      patience,
    );
    const onMark = () => settle(resolve);
    const onExit = (code: number | null) =>
      settle(() => reject(new Error(`the shell ended with ${code}`)));
    function settle(how: () => void): void {
      clearTimeout(timer);
      marks.off('data', onMark);
      child.off('exit', onExit);
      how();
    }
    marks.once('data', onMark);
    child.once('exit', onExit);
  });
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
