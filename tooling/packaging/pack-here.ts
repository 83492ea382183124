// npm run pack [-- <folder>]: builds every package and packs it into one folder, to be installed
// from there. Prints the folder.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../bootstrap/paths.mjs';
import { packedPackages } from './pack.ts';

const folder = resolve(process.argv[2] ?? join(root, 'tarballs'));
mkdirSync(folder, { recursive: true });
for (const { path, manifest } of await packedPackages())
  copyFileSync(path, join(folder, `${manifest.name.replace('@act-on-token/', '')}.tgz`));
console.log(folder);
