import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm } from '../bootstrap/ensure-pnpm.mjs';
import { filesUnder, fingerprint, foldersIn } from '../bootstrap/fingerprint.mjs';
import { root, stamps } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/processes.mjs';
import { ensureBuild } from '../build/ensure-build.ts';
import { workspacePackages } from '../build/workspace-packages.ts';
import { readTarball, type Tarball } from './tarball.ts';

const shelf = join(stamps, 'tarballs');

/**
 * Builds and packs every package, as it will be published, unless that was done since the last
 * change. Fails with what pnpm says if one cannot be packed.
 */
export async function packedPackages(): Promise<readonly Tarball[]> {
  await ensureBuild();
  const wanted = fingerprint(whatIsPacked());
  if (!foldersIn(shelf).includes(wanted)) await packInto(wanted);
  const folder = join(shelf, wanted);
  return readdirSync(folder).map((file) => readTarball(join(folder, file)));
}

function whatIsPacked(): string[] {
  const own = workspacePackages().flatMap(({ path }) => [
    join(path, 'package.json'),
    ...readdirSync(path)
      .filter((name) => /\.(md|json)$/.test(name) || name === 'LICENSE')
      .map((name) => join(path, name)),
    ...filesUnder(join(path, 'dist')),
  ]);
  return [...new Set(own), join(root, 'LICENSE'), join(root, 'package.json')];
}

/**
 * The rename comes last, so that two who pack at once do not read each other's half-written files.
 */
async function packInto(name: string): Promise<void> {
  const draft = join(shelf, `draft-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  const { file, args, options } = await pnpm();
  await runQuietly(
    file,
    [...args, '-r', '--filter', './packages/*', 'pack', '--pack-destination', draft],
    options,
  );
  for (const folder of foldersIn(shelf)) {
    if (!folder.startsWith('draft-') && folder !== name)
      rmSync(join(shelf, folder), { recursive: true, force: true });
  }
  if (!foldersIn(shelf).includes(name)) renameSync(draft, join(shelf, name));
}
