import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root, stamps } from './paths.mjs';

/**
 * One text that changes whenever a name or a content of these files does. Times are not asked: git
 * and tar set them as they like.
 */
export function fingerprint(files, ...also) {
  const hash = createHash('sha256').update(JSON.stringify(also));
  for (const file of [...files].sort())
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** Every file below a folder; none if there is no such folder. */
export function filesUnder(folder) {
  return entriesOf(folder).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** The names of the folders in a folder; none if there is no such folder. */
export function foldersIn(folder) {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

export function readStamp(name) {
  return readIfThere(join(stamps, name));
}

export function writeStamp(name, text) {
  const file = join(stamps, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
