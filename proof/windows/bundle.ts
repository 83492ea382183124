import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { fromSource } from '../support/bundle.ts';

const home = fileURLToPath(new URL('.', import.meta.url));
const vitest: Plugin = {
  name: 'vitest-for-windows',
  setup({ onResolve }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: join(home, 'vitest-for-windows.ts') }));
  },
};

/** Writes a program, with all that it imports, into a folder. Gives the file to start. */
export async function bundleProgram(program: string, folder: string): Promise<string> {
  const file = join(folder, 'program.mjs');
  await build({ ...options, entryPoints: [program], outfile: file });
  return file;
}

/** The same with a program that runs these test files and writes their outcome to a file. */
export async function bundleSuites(files: readonly string[], folder: string): Promise<string> {
  const imports = files.map(
    (file) => `${JSON.stringify(relative(root, file))}: () => import(${JSON.stringify(file)}),`,
  );
  // The emulator loads its server by name.
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  const modules = join(root, 'packages', 'emulator', 'node_modules');
  for (const name of ['hono', '@hono'])
    symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  const contents = `import { runSuites } from './run-suites.ts';
await runSuites({ ${imports.join('\n')} }, process.argv[2]);`;
  await build({
    ...options,
    stdin: { contents, resolveDir: home, loader: 'ts', sourcefile: 'suites.ts' },
    splitting: true,
    outdir: folder,
    entryNames: 'program',
    outExtension: { '.js': '.mjs' },
  });
  return join(folder, 'program.mjs');
}

const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  logLevel: 'silent',
  absWorkingDir: dirname(home),
  plugins: [fromSource, vitest],
  // For what is CommonJS in it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};
