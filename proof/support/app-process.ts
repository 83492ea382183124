import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { freePort } from './listen.ts';

/** An example that is a server with a broker, in a process of its own, and its Act-On. */
export interface AppProcess {
  /** As a browser sees it; to a browser the emulator, at 127.0.0.1, is another site. */
  readonly origin: string;
  readonly emulator: ServedEmulator;
  /** Ends the process, and starts it again with these secrets, over the same store. */
  restart(secrets: string): Promise<void>;
  close(): Promise<void>;
}

/** Two secrets that seal cookies; a cookie of the older one is renewed where both are given. */
export const [older, newer] = [
  'Zm9yIHRlc3RzIG9ubHksIG9sZGVyLCBubyBzZWNyZXQ',
  'Zm9yIHRlc3RzIG9ubHksIG5ld2VyLCBubyBzZWNyZXQ',
];

/** Starts `node main.ts` with the older secret. `autoConsent`: says Yes for everyone, at once. */
export async function startApp(main: string, autoConsent: boolean): Promise<AppProcess> {
  const port = await freePort(20_000, 30_000);
  const origin = `http://localhost:${port}`;
  const store = mkdtempSync(join(tmpdir(), 'act-on-token-app-'));
  const emulator = await serveEmulator({
    redirectUris: [`${origin}/auth/callback`],
    apiLimits: null,
    ...(autoConsent && { autoConsent: 'marketer@example.test' }),
  });
  const start = async (secrets: string): Promise<ChildProcess> => {
    const env = {
      PATH: process.env.PATH,
      PORT: String(port),
      APP_URL: origin,
      SESSION_SECRET: secrets,
      ACT_ON_CLIENT_ID: emulator.client.id,
      ACT_ON_CLIENT_SECRET: emulator.client.secret,
      ACT_ON_BASE_URL: emulator.url,
      ACT_ON_STORE: join(store, 'tokens'),
    };
    const child = spawn(process.execPath, [main], { cwd: dirname(main), env, stdio: 'pipe' });
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          printed += chunk;
          if (printed.includes('shows the app')) resolve();
        });
      child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${printed}`)));
    });
    return child;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = await exit;
    if (code !== 0) throw new Error(`The app ended with ${code} after SIGTERM.`);
  };
  let child = await start(older);
  return {
    origin,
    emulator,
    async restart(secrets) {
      await end(child);
      child = await start(secrets);
    },
    async close() {
      await end(child);
      await emulator.close();
      rmSync(store, { recursive: true, force: true });
    },
  };
}
