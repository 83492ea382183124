import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, sep } from 'node:path';

/** A directory, and the kind of file system that it lies on, as the system calls it: `ext4`. */
export interface Place {
  readonly kind: string;
  readonly directory: string;
}

/**
 * Where the store is tried: on the disk that temporary files lie on and in memory, so far as this
 * machine has both, and in the directories that ACT_ON_TOKEN_DIRECTORIES lists as PATH does, for
 * whoever wants to know about a file system of their own.
 */
export function places(asked: string = process.env.ACT_ON_TOKEN_DIRECTORIES ?? ''): Place[] {
  const usual = [tmpdir(), '/var/tmp', '/dev/shm']
    .filter(isWritable)
    .map((directory) => ({ kind: kindOf(directory), directory }));
  const byKind = new Map(usual.reverse().map((place) => [place.kind, place]));
  const named = asked.split(delimiter).filter((directory) => directory !== '');
  return [
    ...[...byKind.values()].reverse(),
    ...named.map((directory) => ({ kind: `${kindOf(directory)} at ${directory}`, directory })),
  ];
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** By the mount point that reaches deepest; of several on one the last, which hides the others. */
function kindOf(directory: string): string {
  if (process.platform !== 'linux') return `the disk of ${process.platform}`;
  const path = realpathSync(directory) + sep;
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, point = '', kind = '']) => ({
      point: `${unescaped(point).replace(/\/$/, '')}/`,
      kind,
    }))
    .filter(({ point }) => path.startsWith(point));
  return mounts.reduce((deepest, mount) =>
    mount.point.length >= deepest.point.length ? mount : deepest,
  ).kind;
}

const unescaped = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
