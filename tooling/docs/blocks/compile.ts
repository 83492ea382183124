import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../bootstrap/paths.mjs';
import { runQuietly } from '../../bootstrap/processes.mjs';
import type { Module } from './assemble.ts';

const home = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/**
 * What the compiler has against these modules, at the lines of their pages. One program for all of
 * them.
 */
export async function compile(modules: readonly Module[]): Promise<string[]> {
  const project = join(home, '.blocks', `tsconfig-${process.pid}.json`);
  mkdirSync(dirname(project), { recursive: true });
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      allowJs: true,
      checkJs: true,
      // Readers' own compilers differ: nothing but the types of a block is judged.
      noUnusedLocals: false,
      noUnusedParameters: false,
      noImplicitReturns: false,
      noImplicitAny: true,
      typeRoots: [join(home, 'node_modules', '@types')],
    },
    files: modules.map(({ path }) => path),
    include: [],
  };
  writeFileSync(project, JSON.stringify(config));
  try {
    const said = await runQuietly(process.execPath, [tsc, '-p', project, '--pretty', 'false'], {
      cwd: root,
    }).catch((error: Error) => error.message);
    return complaints(said, modules);
  } finally {
    rmSync(project);
  }
}

/** Those about the packages are left out: `npm run check` judges them. */
function complaints(said: string, modules: readonly Module[]): string[] {
  // A complaint is one line, and the lines of its reasons are indented.
  const lines = said.split(/\n(?! )/).filter((line) => / ?error TS\d+: /.test(line));
  return lines.flatMap((line) => {
    const [, file, at = '1', text] = /^(.*?)\((\d+),\d+\): error TS\d+: (.*)$/s.exec(line) ?? [];
    if (file === undefined) return [line];
    const found = modules.find(({ path }) => path === resolve(root, file));
    if (found !== undefined)
      return [`${found.block.page}:${Number(at) - 1 - found.offset + found.block.line}: ${text}`];
    return relative(home, resolve(root, file)).startsWith('..') ? [] : [line];
  });
}
