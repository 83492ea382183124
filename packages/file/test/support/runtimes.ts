import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromSource, plainEnv } from '../../../../proof/support/processes.ts';

/** Runs programs of this folder from the sources: Bun finds those by tsconfig.json. */
export interface Runtime {
  readonly name: string;
  /** The program and its arguments, with the rights to these directories and no more. */
  command(directories: readonly string[]): string[];
}

const importMap = new URL('./import-map.json', import.meta.url);

export const runtimes: readonly Runtime[] = (['Node', 'Deno', 'Bun'] as const).map((name) => ({
  name,
  command: (directories) => fromSource(name, { importMap, rights: rightsTo(directories) }),
}));

/** What lies below /dev Deno lets nobody touch but who may do everything. */
function rightsTo(directories: readonly string[]): string[] {
  if (directories.length === 0) return [];
  if (directories.some((directory) => directory.startsWith('/dev/'))) return ['--allow-all'];
  return [`--allow-read=${directories}`, `--allow-write=${directories}`];
}

/**
 * Runs one of the programs in this folder with these arguments; what it printed. Rejects if it
 * fails. `home` is where Deno and Bun may keep things.
 */
export async function runProgram(
  command: readonly string[],
  program: string,
  args: readonly string[],
  home: string,
) {
  const [file = '', ...before] = command;
  const path = fileURLToPath(new URL(`./${program}`, import.meta.url));
  return promisify(execFile)(file, [...before, path, ...args], {
    env: plainEnv(home),
    maxBuffer: 2 ** 26,
  });
}
