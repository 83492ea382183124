import type { Tarball } from './tarball.ts';

interface Way {
  /** What npm is told. */
  readonly flags: readonly string[];
  readonly says: string;
}

/**
 * Who may publish: the Release workflow, whose identity npm checks and signs. A person has to do it once, by hand, for a name that npm
 * does not know yet, because a trusted publisher can be set up only for a package that exists. Fails for everybody else.
 */
export function releaseWay(args: readonly string[], env: NodeJS.ProcessEnv): Way {
  if (args.includes('--dry-run')) return { flags: ['--dry-run', '--provenance=false'], says: 'a rehearsal: nothing is published' };
  if (args.includes('--first'))
    return { flags: ['--provenance=false'], says: 'by hand, as whoever `npm login` knows, and without provenance' };
  if (env.ACTIONS_ID_TOKEN_REQUEST_URL) return { flags: ['--provenance'], says: 'as this workflow, with provenance' };
  throw new Error(
    'Only the Release workflow publishes. Here there are `-- --dry-run`, and `-- --first` for a package that npm does not know yet.',
  );
}

/** Each one after those that it depends on: who installs in between must find everything. */
export function releaseOrder(tarballs: readonly Tarball[]): Tarball[] {
  const rest = new Map(tarballs.map((tarball) => [tarball.manifest.name, tarball]));
  const ordered: Tarball[] = [];
  while (rest.size > 0) {
    const ready = [...rest.values()].filter(({ manifest }) => !Object.keys(manifest.dependencies ?? {}).some((name) => rest.has(name)));
    if (ready.length === 0) throw new Error(`These packages depend on each other in a circle: ${[...rest.keys()].join(', ')}.`);
    for (const tarball of ready) rest.delete(tarball.manifest.name);
    ordered.push(...ready);
  }
  return ordered;
}
