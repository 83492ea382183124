import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersIn } from '../bootstrap/fingerprint.mjs';
import { root } from '../bootstrap/paths.mjs';

/** What the tooling reads of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly exports?: unknown;
  readonly bin?: unknown;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface WorkspacePackage {
  /** Its name below packages/. */
  readonly folder: string;
  /** Its absolute path. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** Every package below packages/, in the order of their names. */
export function workspacePackages(): WorkspacePackage[] {
  return foldersIn(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .sort()
    .map(readPackage);
}

function readPackage(folder: string): WorkspacePackage {
  const path = join(root, 'packages', folder);
  return { folder, path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) };
}
