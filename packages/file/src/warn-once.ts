import process from 'node:process';
import { concernsAbout } from './concerns.ts';
import type { Disk } from './disk.ts';

const looked = new Set<string>();

/**
 * Warns of what may go wrong in a directory, once in this process. It refuses nothing, holds
 * nothing up and never fails.
 */
export function warnOnce(disk: Disk, directory: string): void {
  if (looked.has(directory)) return;
  looked.add(directory);
  const warn = (concern: string) =>
    process.emitWarning(
      `A file store keeps its records in "${directory.replace(/\p{C}/gu, ' ')}". ${concern}`,
      {
        type: 'ActOnTokenWarning',
        code: 'ACT_ON_TOKEN_DIRECTORY',
      },
    );
  disk.place(directory).then(
    (place) => concernsAbout(directory, place).forEach(warn),
    () => looked.delete(directory),
  );
}
