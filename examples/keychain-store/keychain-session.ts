// A Secret Service for tests: a D-Bus session with an unlocked GNOME Keyring, in a home of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { component } from '../../tooling/component.ts';

export const isKeychainThere: boolean =
  component('gnome-keyring-daemon') !== undefined && component('dbus-run-session') !== undefined;

/** Unlocks the keyring with its first password; all ends when standard input does. */
const script =
  'printf "secret\\n" | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null && echo "$DBUS_SESSION_BUS_ADDRESS" && cat >/dev/null';

export interface KeychainSession {
  /** For DBUS_SESSION_BUS_ADDRESS. */
  readonly address: string;
  end(): Promise<void>;
}

export async function startKeychain(): Promise<KeychainSession> {
  const home = mkdtempSync(join(tmpdir(), 'keychain-'));
  const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home };
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  const [address] = await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data'),
    exit.then(() => Promise.reject(new Error('The keychain did not start.'))),
  ]);
  return {
    address: String(address).trim(),
    async end() {
      child.stdin.end();
      await exit;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
