import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runtime as projectNode, root } from '../../tooling/bootstrap/paths.mjs';

export type RuntimeName = 'Node 22' | 'Node 24' | 'Node 26' | 'Deno' | 'Bun';

/**
 * One of the runtimes that this repository brings as packages, so that everybody tries the same
 * versions.
 */
export interface Runtime {
  readonly name: RuntimeName;
  readonly file: string;
  /** The arguments before those of a JavaScript program that has all rights. */
  readonly program: readonly string[];
  /** The arguments that start vitest in it, and its tests with it. */
  readonly vitest: readonly string[];
}

const modules = join(root, 'proof', 'runtimes', 'node_modules');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const executable = process.platform === 'win32' ? '.exe' : '';

const node = (name: RuntimeName, file: string): Runtime => ({
  name,
  file,
  program: [],
  vitest: [vitest],
});
const packagedNode = (major: 22 | 26): Runtime =>
  node(`Node ${major}`, join(modules, `node-${major}`, 'bin', `node${executable}`));

export const runtimes: readonly Runtime[] = [
  packagedNode(22),
  node('Node 24', projectNode),
  packagedNode(26),
  {
    name: 'Deno',
    file: join(modules, 'deno', `deno${executable}`),
    program: ['run', '--allow-all', '--no-prompt', '--no-config'],
    vitest: ['run', '--allow-all', '--no-prompt', '--node-modules-dir=manual', 'npm:vitest'],
  },
  // Its worker processes are none that vitest could talk to, so there the tests run in threads.
  {
    name: 'Bun',
    file: join(modules, 'bun', 'bin', 'bun.exe'),
    program: [],
    vitest: ['--bun', vitest, '--pool=threads'],
  },
];

/** The oldest Node that may start the commands of this repository; nothing else runs in it. */
export const oldestNode: string = join(modules, 'node-20', 'bin', `node${executable}`);

/** What the runtime says its version is; that of workerd is a day. */
export async function versionOf({ file }: { readonly file: string }): Promise<string> {
  const { stdout } = await promisify(execFile)(file, ['--version']);
  return /\d+[.-]\d+[.-]\d+/.exec(stdout)?.[0] ?? stdout.trim();
}
