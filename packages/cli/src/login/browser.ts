import { spawn } from 'node:child_process';
import type { Environment } from '../settings.ts';

/**
 * What shows an address in this person's browser; `null` where there is none to be seen, as behind
 * SSH.
 */
export function browserCommand(
  address: string,
  platform: NodeJS.Platform,
  env: Environment,
): readonly [string, ...string[]] | null {
  const isRemote = Boolean(env.SSH_CONNECTION);
  if (platform === 'win32')
    return isRemote ? null : ['rundll32', 'url.dll,FileProtocolHandler', address];
  if (platform === 'darwin') return isRemote ? null : ['open', address];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', address] : null;
}

/** Tries to open it. Nothing depends on it: the terminal shows the address too. */
export function openBrowser(address: string, env: Environment): void {
  const command = browserCommand(address, process.platform, env);
  if (command === null) return;
  const [file, ...args] = command;
  // No shell, and none of our secrets in the environment of a browser that may live for days.
  const inherited = Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('ACT_ON_')),
  );
  const child = spawn(file, args, { env: inherited, stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
