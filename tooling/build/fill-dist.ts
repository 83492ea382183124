import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type OutputAsset, type OutputChunk, type Plugin, type RollupLog, rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';
import { filesUnder } from '../bootstrap/fingerprint.mjs';
import { root } from '../bootstrap/paths.mjs';
import { bundledPackages, bundling } from './bundled-packages.ts';
import { clientDirective } from './client-directive.ts';
import { declarationOf, declarations } from './declarations.ts';
import { promisedFiles } from './promised-files.ts';
import type { WorkspacePackage } from './workspace-packages.ts';

type BuiltFile = OutputChunk | OutputAsset;

/**
 * Fills the dist folder of one package with what its package.json promises, and removes whatever
 * else lies there.
 */
export async function fillDist(pkg: WorkspacePackage): Promise<void> {
  const { scripts, types, commands } = promisedFiles(pkg.manifest);
  const built = [
    ...(await bundleScripts(pkg, scripts)),
    ...(types.length > 0 ? await bundleTypes(pkg, types) : []),
  ];
  const dist = join(pkg.path, 'dist');
  const wanted = new Set(built.map(({ fileName }) => join(dist, fileName)));
  for (const file of filesUnder(dist)) if (!wanted.has(file)) rmSync(file);
  for (const file of built) write(join(dist, file.fileName), file);
  // The line that names Node is the first one of their source, and is kept.
  for (const name of commands) chmodSync(join(dist, `${name}.js`), 0o755);
}

async function bundleScripts(
  pkg: WorkspacePackage,
  names: readonly string[],
): Promise<BuiltFile[]> {
  const transpile = esbuild({
    target: 'es2022',
    jsx: 'automatic',
    sourceMap: true,
    tsconfig: join(root, 'tsconfig.base.json'),
    // As JSON spells them. Who minifies this cannot shorten the long names: 20 bytes each, in core.
    define: { 'Number.POSITIVE_INFINITY': '1e999', 'Number.NEGATIVE_INFINITY': '-1e999' },
  });
  const { takesIn, plugins } = bundling(bundledPackages(pkg));
  const bundle = await rollup({
    input: sources(pkg, names),
    external: (id) => isPackage(id) && !takesIn(id),
    plugins: [...plugins, clientDirective(), transpile],
    onLog: refuseWarnings,
  });
  const dir = join(pkg.path, 'dist');
  return (
    await bundle.generate({
      dir,
      format: 'es',
      sourcemap: true,
      chunkFileNames: '[name]-[hash].js',
    })
  ).output;
}

/**
 * Each entry by itself: a file of types that two entries share has no script beside it, and Deno
 * looks for one.
 */
async function bundleTypes(pkg: WorkspacePackage, names: readonly string[]): Promise<BuiltFile[]> {
  const bundles = Object.entries(sources(pkg, names)).map(async ([name, source]) => {
    const plugins: Plugin[] = [declarations(), dts()];
    const bundle = await rollup({
      input: { [name]: declarationOf(source) },
      external: isPackage,
      plugins,
      onLog: refuseWarnings,
    });
    return (await bundle.generate({ format: 'es', entryFileNames: '[name].d.ts' })).output;
  });
  return (await Promise.all(bundles)).flat();
}

/** dist/x.js and dist/x.d.ts come from src/x.ts or src/x.tsx. */
function sources(
  { folder, path }: WorkspacePackage,
  names: readonly string[],
): Record<string, string> {
  const sourceOf = (name: string) =>
    [`${name}.ts`, `${name}.tsx`]
      .map((file) => join(path, 'src', file))
      .find((file) => existsSync(file));
  return Object.fromEntries(
    names.map((name) => {
      const source = sourceOf(name);
      if (source === undefined)
        throw new Error(
          `packages/${folder}: package.json promises dist/${name}.js, but there is no src/${name}.ts.`,
        );
      return [name, source];
    }),
  );
}

/**
 * Whatever is not a file of the package itself is left to the consumer's node_modules;
 * imports.test.ts sees that it is declared.
 */
function isPackage(id: string): boolean {
  return !id.startsWith('.') && !id.startsWith('\0') && !isAbsolute(id);
}

/**
 * An unresolved import or a circular one is a mistake here, never a matter of taste. A package of
 * nothing but types is none.
 */
function refuseWarnings(level: string, log: RollupLog): void {
  if (level === 'warn' && log.code !== 'EMPTY_BUNDLE') throw new Error(log.message);
}

/** Writes only what changed, so that watchers and running programs see no needless change. */
function write(file: string, built: BuiltFile): void {
  const content = built.type === 'chunk' ? built.code : built.source;
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
