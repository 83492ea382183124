import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, with a trailing slash. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What the commands remember between runs. It lies in node_modules, so that deleting that folder
 * forgets everything at once.
 */
export const stamps = join(root, 'node_modules', '.cache', 'act-on-token');

/**
 * The Node that the project pins as a dev dependency: it runs TypeScript files as they are,
 * whatever Node the machine has.
 */
export const runtime = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
