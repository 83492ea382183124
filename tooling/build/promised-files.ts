import type { Manifest } from './workspace-packages.ts';

/**
 * What a package.json promises to have in dist, as names without `dist/` and ending: `index` for
 * ./dist/index.js.
 */
export interface PromisedFiles {
  readonly scripts: readonly string[];
  readonly types: readonly string[];
  /** Those of the scripts that are commands. */
  readonly commands: readonly string[];
}

/** Reads `exports` and `bin`; nothing else decides what is built. */
export function promisedFiles({ exports = {}, bin = {} }: Manifest): PromisedFiles {
  const exported = targets(exports);
  const commands = names(targets(bin), '.js');
  return {
    scripts: [...new Set([...names(exported, '.js'), ...commands])],
    types: names(exported, '.d.ts'),
    commands,
  };
}

/** The leaves of a tree of conditions and subpaths. */
function targets(tree: unknown): string[] {
  if (typeof tree === 'string') return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(targets) : [];
}

function names(files: readonly string[], ending: string): string[] {
  const inDist = files.filter((file) => file.startsWith('./dist/') && file.endsWith(ending));
  return [...new Set(inDist.map((file) => file.slice('./dist/'.length, -ending.length)))];
}
