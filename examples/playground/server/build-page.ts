import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * Builds the page into `folder`, which then works in whatever folder of a site it is put. Resolves
 * with the files that it is made of.
 */
export async function buildPage(folder: string): Promise<readonly string[]> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const built = await build({
    root,
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
  if (!('output' in built)) throw new Error('Vite built something else than one page.');
  return built.output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}
