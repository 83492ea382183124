import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Installed {
  readonly bytes: number;
  /** Packages that come along. */
  readonly dependencies: number;
}

/** A package as it lies in a `node_modules` of pnpm, with everything it depends on. */
export function installedSize(nodeModules: string, name: string): Installed {
  const packages = new Map<string, number>();
  const add = (folder: string): void => {
    const real = realpathSync(folder);
    if (packages.has(real)) return;
    packages.set(real, bytesIn(real));
    const { dependencies = {} } = JSON.parse(readFileSync(join(real, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) add(join(siblingsOf(real), dependency));
  };
  add(join(nodeModules, name));
  const bytes = [...packages.values()].reduce((sum, each) => sum + each, 0);
  return { bytes, dependencies: packages.size - 1 };
}

/** pnpm puts what a package depends on beside it. */
function siblingsOf(folder: string): string {
  return (
    folder.slice(0, folder.lastIndexOf('node_modules') + 'node_modules'.length) || dirname(folder)
  );
}

function bytesIn(folder: string): number {
  const sizes = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules') return 0;
    return entry.isDirectory() ? bytesIn(path) : lstatSync(path).size;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
