import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import { root } from '../bootstrap/paths.mjs';
import type { Offer, Shelf } from './registry.ts';
import type { Tarball } from './tarball.ts';

/** Offers packages that were packed. */
export function shelfOf(tarballs: readonly Tarball[]): Shelf {
  const offers = tarballs.map(
    ({ manifest, bytes }): Offer => ({ manifest, tarball: async () => bytes }),
  );
  return (name) => offers.filter(({ manifest }) => manifest.name === name);
}

/**
 * Offers whatever is installed in this repository, in the versions of the lock file: what a test
 * installs from here is what was checked in, and nothing has to be fetched.
 */
export function installedShelf(): Shelf {
  const home = join(root, 'node_modules', '.pnpm');
  const entries = readdirSync(home);
  const known = new Map<string, readonly Offer[]>();
  return (name) => {
    const offers = known.get(name) ?? offersIn(home, entries, name);
    known.set(name, offers);
    return offers;
  };
}

function offersIn(home: string, entries: readonly string[], name: string): readonly Offer[] {
  const folders = entries
    .filter((entry) => entry.startsWith(`${name.replace('/', '+')}@`))
    .map((entry) => join(home, entry, 'node_modules', name))
    .filter((folder) => existsSync(join(folder, 'package.json')));
  // The same version lies there once for each set of its peers.
  return [
    ...new Map(folders.map((folder) => [manifestIn(folder).version, offerOf(folder)])).values(),
  ];
}

function manifestIn(folder: string): Offer['manifest'] {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function offerOf(folder: string): Offer {
  let packed: Uint8Array | undefined;
  return {
    manifest: manifestIn(folder),
    async tarball() {
      packed ??= pack(folder);
      return packed;
    },
  };
}

function pack(folder: string): Uint8Array {
  const files = readdirSync(folder).filter((name) => name !== 'node_modules');
  const chunks: Buffer[] = [];
  const packing = create(
    { cwd: folder, gzip: { level: 1 }, prefix: 'package', portable: true, sync: true },
    files,
  );
  for (let chunk = packing.read(); chunk !== null; chunk = packing.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
