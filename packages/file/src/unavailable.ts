import { ActOnTokenError } from '@act-on-token/core';

const remedies: ReadonlyArray<readonly [codes: readonly string[], remedy: string]> = [
  [
    ['EACCES', 'EPERM'],
    'Let this user read and write there and in everything in it, or choose another "directory"',
  ],
  [
    ['EROFS'],
    'It can only be read: mount its file system for writing, or choose another "directory"',
  ],
  [
    ['NotCapable', 'PermissionDenied'],
    'Allow Deno to: --allow-read and --allow-write with this directory, or --allow-all for one below /dev',
  ],
  [['ENOSPC', 'EDQUOT'], 'Free some disk space'],
  [
    ['ENOTDIR', 'EEXIST', 'ENOENT', 'ENAMETOOLONG', 'ELOOP'],
    'Choose a "directory" that is one, or that can be made',
  ],
  [['EMFILE', 'ENFILE'], 'Too many files are open: close some, or raise the limit'],
  [
    ['ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL'],
    'Its file system cannot move files atomically: choose a "directory" on a local disk',
  ],
  [
    ['ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'ETIMEDOUT'],
    'What it is mounted from does not answer: choose a "directory" on a local disk',
  ],
  [
    ['FOREIGN'],
    'Choose a "directory" that belongs to the user who runs this program, and that no one else may write to (chmod 700)',
  ],
  [
    ['DAMAGED'],
    'Files in it are lost or damaged, and nothing mends them by itself: put back what was taken away, or remove this directory while no program uses it, and sign in again',
  ],
];

/**
 * In our own words, since an error may quote what was read. The path is that of the option; where
 * one account's folder is damaged, that folder's, which is named after a hash.
 */
export function unavailable(directory: string, error: unknown): ActOnTokenError {
  const { name, code = name, folder = directory, path, why } = Object(error) as Facts;
  const word = /^\w{1,40}$/.test(String(code)) ? String(code) : 'it failed';
  const [, remedy] = remedies.find(([codes]) => codes.includes(word)) ?? [];
  const [at, reason] = word === 'FOREIGN' ? [path ?? directory, `${why}. `] : [folder, ''];
  const named = at.replace(/^\/proc\/self\/fd\/\d+/, () => directory);
  return new ActOnTokenError(
    'store_unavailable',
    `The directory "${named}" cannot be used (${word}). ${reason}${remedy ?? 'Check the disk'}.`,
  );
}

interface Facts {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly folder?: string;
  readonly path?: string;
  readonly why?: string;
}
