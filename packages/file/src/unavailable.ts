import { ActOnTokenError } from '@act-on-token/core';

const remedies: ReadonlyArray<readonly [codes: readonly string[], remedy: string]> = [
  [['EACCES', 'EPERM', 'EROFS'], 'Let this user read and write there, or choose another "directory"'],
  [['ENOSPC', 'EDQUOT'], 'Free some disk space'],
  [['ENOTDIR', 'ENAMETOOLONG', 'ELOOP'], 'Choose a "directory" that is one, or that can be made'],
  [['EMFILE', 'ENFILE'], 'Too many files are open: raise the limit'],
  [
    ['ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL'],
    'Its file system cannot move files atomically: choose a "directory" on a local disk',
  ],
  [['DAMAGED'], 'A folder in it lost files: bring them back from a backup, or remove that folder and sign in again'],
];

/** In our own words, since an error may quote what was read. The path is that of the option, with no account in it. */
export function unavailable(directory: string, error: unknown): ActOnTokenError {
  const { name, code = name } = Object(error) as { name?: unknown; code?: unknown };
  const word = /^\w{1,40}$/.test(String(code)) ? String(code) : 'it failed';
  const [, remedy] = remedies.find(([codes]) => codes.includes(word)) ?? [];
  return new ActOnTokenError('store_unavailable', `The directory "${directory}" cannot be used (${word}). ${remedy ?? 'Check the disk'}.`);
}
