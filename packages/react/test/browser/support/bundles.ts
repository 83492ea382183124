import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { fromSource } from '../../../../../proof/support/bundle.ts';
import type * as server from '../program/server.tsx';
import { reacts } from './reacts.ts';

export type ServerProgram = typeof server;

/** The program for browsers, as the text of one script. */
export function bundleBrowser(react: '18' | '19'): Promise<string> {
  return bundleOfPage(react, 'take-over.tsx');
}

/** A program for a page, as the text of one script. */
export function bundleOfPage(react: '18' | '19', program: string): Promise<string> {
  return bundle(react, program, { format: 'esm' });
}

/**
 * The program for the server, with the React of that version alone, whatever else runs in this
 * process.
 */
export async function loadServer(react: '18' | '19'): Promise<ServerProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'act-on-token-react-'));
  try {
    const file = join(folder, 'server.cjs');
    await writeFile(file, await bundle(react, 'server.tsx', { format: 'cjs', platform: 'node' }));
    return createRequire(file)(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bundle(react: '18' | '19', entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles = [] } = await build({
    ...options,
    entryPoints: [fileURLToPath(new URL(`../program/${entry}`, import.meta.url))],
    bundle: true,
    write: false,
    jsx: 'automatic',
    // React complains in development only.
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: { ...reacts[react] },
    plugins: [fromSource],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
