import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './bootstrap/paths.mjs';

export interface Size {
  readonly minified: number;
  readonly brotli: number;
}

/**
 * How many bytes these imports of an entry add to a page that has the packages `beside`: built,
 * with everything dropped that they do not use, or that is of another mode.
 */
export async function sizeOf(
  pkg: string,
  names: readonly string[],
  beside: readonly string[] = [],
  entry = 'index',
  mode: 'production' | 'development' = 'production',
): Promise<Size> {
  const contents = `export { ${names.join(', ')} } from './${pkg}/dist/${entry}.js';`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, 'packages') },
    bundle: true,
    external: [...beside],
    minify: true,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const bytes = outputFiles.reduce((sum, { contents: code }) => sum + code.length, 0);
  const brotli = outputFiles.reduce(
    (sum, { contents: code }) => sum + brotliCompressSync(code).length,
    0,
  );
  return { minified: bytes, brotli };
}
