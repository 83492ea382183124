import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * Bytes after minifying and brotli of what this module exports can reach, dynamic imports counted.
 */
export async function bundledBytes(
  contents: string,
  resolveDir: string,
  platform: 'neutral' | 'node' | 'browser',
  external: string[] = [],
): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform,
    // As bundlers for pages have it; `neutral` by itself would look into none of them.
    mainFields: ['module', 'main'],
    conditions: ['import'],
    external,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.reduce((sum, { contents: code }) => sum + brotliCompressSync(code).length, 0);
}
