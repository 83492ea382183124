import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** `server/main.ts` in a process of its own, as the command of the demo starts it. */
export interface DemoProcess {
  /** What it printed as the URL of the app. */
  readonly url: string;
  /** Presses Ctrl-C; resolves with the exit code. */
  interrupt(): Promise<number | null>;
}

export async function startDemoProcess(): Promise<DemoProcess> {
  const main = fileURLToPath(new URL('../server/main.ts', import.meta.url));
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const interrupt = async (): Promise<number | null> => {
    child.kill('SIGINT');
    return (await exited)[0];
  };
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /The app +(\S+)/.exec(line) ?? [];
    if (url !== undefined) return { url, interrupt };
  }
  throw new Error(`The demo ended before it listened, with exit code ${(await exited)[0]}.`);
}
