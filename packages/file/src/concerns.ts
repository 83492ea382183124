import type { Place } from './place.ts';

/**
 * File systems behind which is another machine, or a program that may do anything; the numbers are
 * in linux/magic.h and coreutils.
 */
const shared: ReadonlyMap<number | undefined, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9p (a Windows folder in WSL, or one shared with a virtual machine)'],
  [
    0x65735546,
    'FUSE or virtiofs (a mounted bucket, sshfs, a folder shared with a virtual machine or by Docker Desktop)',
  ],
  [0x786f4256, 'a shared folder of VirtualBox'],
  [0xbacbacbc, 'a shared folder of VMware'],
  [0x7c7c6673, 'a shared folder of Parallels'],
  [0x00c36400, 'CephFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
]);

/** Without a journal: after a loss of power a name may be gone, or be there twice. */
const frail: ReadonlyMap<number | undefined, string> = new Map([
  [0x4d44, 'FAT'],
  [0x2011bab0, 'exFAT'],
]);

/** `\\server\folder` and `\\?\UNC\server\folder`, but not `\\.\pipe` and `\\?\C:\folder`. */
const windowsShare = /^\\\\(?:[^?.\\]|\?\\UNC\\)/i;

/** What may go wrong in a directory, each in a sentence or two that end with the remedy. */
export function concernsAbout(directory: string, { fileSystem, mode = 0 }: Place): string[] {
  const concerns: string[] = [];
  const share =
    shared.get(fileSystem) ?? (windowsShare.test(directory) ? 'a Windows share' : undefined);
  if (share !== undefined) concerns.push(`It is on ${share}. ${onShare}`);
  if (frail.has(fileSystem))
    concerns.push(
      `It is on ${frail.get(fileSystem)}, which a loss of power may damage: keep it on a file system with a journal.`,
    );
  if (mode & 0o002)
    concerns.push(
      'Every user of this machine may write to it, and so take the name of an account: choose a directory of this user alone.',
    );
  return concerns;
}

const onShare =
  'There what one program did may show late to another, a move may be reported as failed that happened, and machines differ in ' +
  'their clocks: keep it on a local disk. For several machines there is @act-on-token/redis.';
