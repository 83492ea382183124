import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpm } from '../../tooling/bootstrap/ensure-pnpm.mjs';
import { runQuietly } from '../../tooling/bootstrap/processes.mjs';

export const peersFolder: string = fileURLToPath(new URL('.', import.meta.url));

/** The peers and their exact versions. */
export function peerVersions(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(peersFolder, 'package.json'), 'utf8')).devDependencies;
}

/**
 * Installs the peers that the lock file of this folder names, unless they are there. Some seconds
 * and some 40 MB, for who runs the benchmark and for nobody else.
 */
export async function ensurePeers(): Promise<void> {
  if (Object.entries(peerVersions()).every(([name, version]) => installedVersion(name) === version))
    return;
  const { file, args, options } = await pnpm();
  console.log('installing the peers …');
  const flags = [
    '--dir',
    peersFolder,
    'install',
    '--ignore-workspace',
    '--frozen-lockfile',
    '--ignore-scripts',
    '--config.confirmModulesPurge=false',
  ];
  await runQuietly(file, [...args, ...flags], options);
}

function installedVersion(name: string): string | null {
  const manifest = join(peersFolder, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : null;
}
