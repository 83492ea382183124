import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { list } from 'tar';

/** What the registry and the tests read of a package.json. */
export interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** One package as it is uploaded. */
export interface Tarball {
  /** Where it lies. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly manifest: PublishedManifest;
  /** Every file, from the package's folder: `dist/index.js`. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Reads a tarball whole; fails if it holds no package.json. */
export function readTarball(path: string): Tarball {
  const files = new Map<string, Buffer>();
  const parts = new Map<string, Buffer[]>();
  list({
    file: path,
    sync: true,
    onReadEntry(entry) {
      const chunks: Buffer[] = [];
      // The folder at the top is `package` by custom, and ignored by whoever unpacks it.
      parts.set(entry.path.replace(/^[^/]+\//, ''), chunks);
      entry.on('data', (chunk) => chunks.push(chunk));
    },
  });
  for (const [name, chunks] of parts) files.set(name, Buffer.concat(chunks));
  const manifest = files.get('package.json');
  if (manifest === undefined) throw new Error(`${path} holds no package.json.`);
  return { path, bytes: readFileSync(path), manifest: JSON.parse(manifest.toString()), files };
}

/**
 * What a registry tells about a tarball, so that package managers can see that they got the right
 * one.
 */
export function checksums(bytes: Uint8Array): { shasum: string; integrity: string } {
  const hash = (algorithm: string) => createHash(algorithm).update(bytes);
  return {
    shasum: hash('sha1').digest('hex'),
    integrity: `sha512-${hash('sha512').digest('base64')}`,
  };
}
