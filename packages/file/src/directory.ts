import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { ActOnTokenError, checkOptions, type OptionRules } from '@act-on-token/core';
import type { FileStoreOptions } from './file-store.ts';

/**
 * What only a shell, a URL parser or another program would have made a path of; it would become a
 * folder of that very name.
 */
const unexpanded = /^(~|file:|[a-z][a-z0-9+.-]+:\/\/)|\$\{?[a-z_]|%\w+%|[/\\]~([/\\]|$)/i;

export const fileRules: OptionRules<FileStoreOptions> = {
  directory: [
    (directory) => isPath(directory),
    null,
    'the path of a folder, as a string, without control characters or white space around it. A leading ~/ is the home directory; variables ($HOME, %USERPROFILE%), ~user and file: URLs are not expanded, so write out the path',
  ],
};

function isPath(directory: unknown): boolean {
  if (
    typeof directory !== 'string' ||
    directory.trim() !== directory ||
    /^$|[\p{Cc}\p{Cs}]|^(["'`]).*\1$/u.test(directory)
  )
    return false;
  return !unexpanded.test(isAtHome(directory) ? directory.slice(1) : directory);
}

const isAtHome = (directory: string): boolean => /^~([/\\]|$)/.test(directory);

/**
 * The absolute path. Throws `configuration` for what is not a path, or a home directory that there is
 * not.
 */
export function readDirectory(options: FileStoreOptions): string {
  const { directory } = checkOptions('fileStore()', fileRules, options);
  return isAtHome(directory) ? join(home(), directory.slice(1)) : resolve(directory);
}

function home(): string {
  try {
    // Asked here, as it is now: some runtimes read it once, when they start.
    // Stryker disable next-line StringLiteral,ConditionalExpression: only Windows shows a difference.
    const found = process.env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'] ?? homedir();
    if (isAbsolute(found)) return found;
  } catch {} // This user has no entry in the system's list, and HOME is not set.
  throw new ActOnTokenError(
    'configuration',
    '"directory" begins with ~/, and this user has no home directory. Write out the path.',
  );
}
