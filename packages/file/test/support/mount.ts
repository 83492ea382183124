import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file system of its own, which nobody else sees and which is gone with the tests, however they
 * end.
 */
export interface Mount {
  readonly directory: string;
  /** Runs a command where the mount is `$at`. Rejects if it fails. */
  run(command: string): Promise<void>;
  unmount(): Promise<void>;
}

const ownNamespace = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user'];

/**
 * Linux lets root mount, and mostly others as well in a name space of their own; containers may
 * forbid it.
 */
export const isMountAllowed: boolean =
  spawnSync('unshare', [...ownNamespace, 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

/**
 * Mounts with these arguments of mount(8), with `$at` for the mount point. The name space is that
 * of a shell, through which we look.
 */
export async function mount(args: string): Promise<Mount> {
  const point = mkdtempSync(join(tmpdir(), 'act-on-token-mount-'));
  const shell = spawn('unshare', [...ownNamespace, 'sh', '-s'], {
    env: { ...process.env, at: point },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const run = (command: string) => runIn(shell, command);
  await run(`mount ${args}`);
  return {
    directory: `/proc/${shell.pid}/root${point}`,
    run,
    async unmount() {
      shell.stdin.end();
      await once(shell, 'exit');
      rmdirSync(point);
    },
  };
}

async function runIn(shell: ChildProcess, command: string): Promise<void> {
  shell.stdin?.write(`${command} && echo done || echo failed\n`);
  const [answer] = await once(shell.stdout ?? shell, 'data');
  if (String(answer).trim() !== 'done') throw new Error(`It failed: ${command}`);
}
