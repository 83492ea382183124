import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, fingerprint, readStamp, writeStamp } from '../bootstrap/fingerprint.mjs';
import { root, stamps } from '../bootstrap/paths.mjs';
import { bundledPackages } from './bundled-packages.ts';
import { promisedFiles } from './promised-files.ts';
import { type WorkspacePackage, workspacePackages } from './workspace-packages.ts';

/**
 * Builds the packages whose sources, or whose way of being built, changed since their dist was
 * made.
 */
export async function ensureBuild(): Promise<void> {
  const rules = fingerprint(rulesOfTheBuild());
  const stale = workspacePackages()
    .map((pkg) => ({
      pkg,
      stamp: `build-${pkg.folder}`,
      wanted: fingerprint(sourcesOf(pkg), rules),
    }))
    .filter(({ pkg, stamp, wanted }) => readStamp(stamp) !== wanted || !isComplete(pkg));
  if (stale.length === 0) return;
  // Loaded only now, because the compilers in it take longer to load than all of the above takes to
  // find that nothing is stale.
  const { fillDist } = await import('./fill-dist.ts');
  console.log(`building ${stale.map(({ pkg }) => pkg.folder).join(', ')} …`);
  for (const { pkg, stamp, wanted } of stale) {
    // Forgotten first: a build that breaks off must not look fresh because the sources went back to
    // what they were.
    rmSync(join(stamps, stamp), { force: true });
    await fillDist(pkg);
    writeStamp(stamp, wanted);
  }
}

function rulesOfTheBuild(): string[] {
  const configs = ['tsconfig.json', 'tsconfig.base.json', 'pnpm-lock.yaml'].map((file) =>
    join(root, file),
  );
  return [...configs, ...filesUnder(join(root, 'tooling', 'build'))];
}

function sourcesOf(pkg: WorkspacePackage): string[] {
  const folders = [pkg, ...bundledPackages(pkg)].map(({ path }) => join(path, 'src'));
  return [join(pkg.path, 'package.json'), ...folders.flatMap(filesUnder)];
}

function isComplete({ path, manifest }: WorkspacePackage): boolean {
  const { scripts, types } = promisedFiles(manifest);
  const files = [...scripts.map((name) => `${name}.js`), ...types.map((name) => `${name}.d.ts`)];
  return files.every((file) => existsSync(join(path, 'dist', file)));
}
