import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'rollup';
import { type WorkspacePackage, workspacePackages } from './workspace-packages.ts';

/**
 * The packages of this repository that a package takes into its own files instead of leaving them
 * to the consumer's node_modules. Only one that is nothing but a command does so, with those that
 * it needs only to be built, its devDependencies: Node starts one file in far less time than the
 * five that it would have to find and read otherwise.
 */
export function bundledPackages({
  manifest: { exports, devDependencies = {} },
}: WorkspacePackage): WorkspacePackage[] {
  if (exports !== undefined) return [];
  return workspacePackages().filter(({ manifest: { name } }) =>
    Object.hasOwn(devDependencies, name),
  );
}

export interface Bundling {
  /** Whether an import becomes a part of what is built. */
  takesIn(id: string): boolean;
  readonly plugins: Plugin[];
}

/** How these packages get into what is built; if there are none, nothing changes. */
export function bundling(packages: readonly WorkspacePackage[]): Bundling {
  if (packages.length === 0) return { takesIn: () => false, plugins: [] };
  const sources = new Map(
    packages.map(({ path, manifest: { name } }) => [name, join(path, 'src', 'index.ts')]),
  );
  const find: Plugin = { name: 'bundled-packages', resolveId: (id) => sources.get(id) ?? null };
  return { takesIn: (id) => sources.has(id) || isRequired(id), plugins: [find, requireBuiltins()] };
}

/** All but the one that gives us `require`. */
const isRequired = (id: unknown): id is string =>
  typeof id === 'string' && isBuiltin(id) && id !== 'node:module';

/**
 * Requires Node's own modules instead of importing them. To import one Node reads all of its
 * properties, and so loads what would have waited to be asked for: with node:process the standard
 * streams and the network, with node:http all of fetch.
 */
function requireBuiltins(): Plugin {
  const marked = '\0builtin:';
  return {
    name: 'require-builtins',
    resolveId: (id) => (isRequired(id) ? { id: marked + id, syntheticNamedExports: true } : null),
    resolveDynamicImport: (id) => (isRequired(id) ? { id, external: true } : null),
    load(id) {
      if (!id.startsWith(marked)) return null;
      return `import { createRequire } from 'node:module';\nexport default createRequire(import.meta.url)('${id.slice(marked.length)}');`;
    },
  };
}
