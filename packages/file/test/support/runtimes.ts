import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runtime as projectNode } from '../../../../tooling/bootstrap/paths.mjs';

/** Runs programs of this folder from the sources: Bun finds those by tsconfig.json. */
export interface Runtime {
  readonly name: string;
  /** The program and its arguments, with the rights to these directories and no more. */
  command(directories: readonly string[]): string[];
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const programs = at('../../../../examples/one-file/node_modules');

export const runtimes: readonly Runtime[] = [
  { name: 'Node', command: () => [projectNode, '--import', at('../../../../tooling/from-source.ts')] },
  {
    name: 'Deno',
    command: (directories) => [
      join(programs, 'deno/deno'),
      ...['run', '--no-prompt', '--no-config', `--import-map=${at('./import-map.json')}`],
      ...rightsTo(directories),
    ],
  },
  { name: 'Bun', command: () => [join(programs, 'bun/bin/bun.exe'), 'run'] },
];

/** What lies below /dev Deno lets nobody touch but who may do everything. */
function rightsTo(directories: readonly string[]): string[] {
  if (directories.length === 0) return [];
  if (directories.some((directory) => directory.startsWith('/dev/'))) return ['--allow-all'];
  return [`--allow-read=${directories}`, `--allow-write=${directories}`];
}

/** Runs one of the programs in this folder with these arguments; what it printed. Rejects if it fails. `home` is where Deno and Bun may keep things. */
export async function runProgram(command: readonly string[], program: string, args: readonly string[], home: string) {
  const [file = '', ...before] = command;
  const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  return promisify(execFile)(file, [...before, at(`./${program}`), ...args], { env, maxBuffer: 2 ** 26 });
}
