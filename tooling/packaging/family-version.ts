import { workspacePackages } from '../build/workspace-packages.ts';

/** The version that all packages have; fails if they have more than one. */
export function familyVersion(): string {
  const versions = new Set(
    workspacePackages().map(({ manifest }) => (manifest as { version?: string }).version),
  );
  const [version, ...others] = versions;
  if (version === undefined || others.length > 0)
    throw new Error(`The packages must share one version, and have ${[...versions].join(', ')}.`);
  return version;
}
