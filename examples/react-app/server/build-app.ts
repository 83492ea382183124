import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the app into `folder`, with Vite and what vite.config.ts says. */
export async function buildApp(folder: string): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  await build({ root, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
}
