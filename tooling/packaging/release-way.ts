import { basename } from 'node:path';
import type { Tarball } from './tarball.ts';

interface Way {
  /** What npm is told. */
  readonly flags: readonly string[];
  /** Where to put the tarballs instead. */
  readonly folder?: string | undefined;
  readonly says: string;
}

/**
 * Only the Release workflow publishes: one of its jobs packs, and another, in which nothing is
 * installed, has the identity that npm checks and signs. A person has to do it once, by hand, for a
 * name that npm does not know yet, because a trusted publisher can be set up only for a package
 * that exists. Throws for everything else.
 */
export function releaseWay(args: readonly string[]): Way {
  const [first, folder] = args;
  if (first === '--dry-run')
    return {
      flags: ['--dry-run', '--provenance=false'],
      says: 'a rehearsal: nothing is published',
    };
  if (first === '--first')
    return {
      flags: ['--provenance=false'],
      says: 'by hand, as whoever `npm login` knows, and without provenance',
    };
  if (first === '--pack' && folder)
    return { flags: [], folder, says: `the tarballs are in ${folder}: nothing is published` };
  throw new Error(
    'Only the Release workflow publishes. Here there are `-- --dry-run`, `-- --pack FOLDER`, and `-- --first` for a package that npm does not know yet.',
  );
}

/** One line for each: the file and what npm calls it. */
export function orderList(tarballs: readonly Tarball[]): string {
  return tarballs
    .map(({ path, manifest }) => `${basename(path)} ${manifest.name}@${manifest.version}\n`)
    .join('');
}

/** Each one after those that it depends on: who installs in between must find everything. */
export function releaseOrder(tarballs: readonly Tarball[]): Tarball[] {
  const rest = new Map(tarballs.map((tarball) => [tarball.manifest.name, tarball]));
  const ordered: Tarball[] = [];
  while (rest.size > 0) {
    const ready = [...rest.values()].filter(
      ({ manifest }) => !Object.keys(manifest.dependencies ?? {}).some((name) => rest.has(name)),
    );
    if (ready.length === 0)
      throw new Error(
        `These packages depend on each other in a circle: ${[...rest.keys()].join(', ')}.`,
      );
    for (const tarball of ready) rest.delete(tarball.manifest.name);
    ordered.push(...ready);
  }
  return ordered;
}
