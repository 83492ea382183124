// `npm run bench -- --profile`: where the time and the bytes of the hot path and of a refresh go,
// into docs/measured/profiles.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asMarkdown, writeFigures } from '../../tooling/figures.ts';
import { requireRedis, startRedis } from '../harness/redis.ts';
import {
  type CpuProfile,
  type HeapProfile,
  type Share,
  selfBytes,
  selfTime,
  top,
} from './shares.ts';

const subject = fileURLToPath(new URL('subject.ts', import.meta.url));

/** What subject.ts does, and under what name the page has it. */
const subjects = ['getAccessToken', 'fetch', 'refresh', 'refreshOverRedis'];

const listed = 12;

export async function writeProfiles(): Promise<void> {
  requireRedis();
  const redis = await startRedis();
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-profiles-'));
  try {
    for (const name of subjects) {
      const figures = tablesOf(profile(folder, name, redis.port));
      console.log(`${name}\n\n${figures}\n`);
      writeFigures('profiles', { [name]: figures });
    }
  } finally {
    rmSync(folder, { recursive: true });
    await redis.stop();
  }
}

interface Profiles {
  readonly time: Share[];
  readonly bytes: Share[];
}

function profile(folder: string, name: string, port: number): Profiles {
  const read = <Profile>(what: 'time' | 'bytes'): Profile => {
    const file = join(folder, `${name}.${what}`);
    const { status, stderr } = spawnSync(
      process.execPath,
      [subject, name, what, file, String(port)],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`The profiled process failed:\n${stderr}`);
    return JSON.parse(readFileSync(file, 'utf8'));
  };
  return {
    time: top(selfTime(read<CpuProfile>('time')), listed),
    bytes: top(selfBytes(read<HeapProfile>('bytes')), listed),
  };
}

function tablesOf({ time, bytes }: Profiles): string {
  const rows = (shares: readonly Share[]): string[][] =>
    shares.map(({ place, share }) => [`${(share * 100).toFixed(1)} %`, place]);
  return [
    asMarkdown([['time', 'function'], ...rows(time)]),
    asMarkdown([['bytes', 'function'], ...rows(bytes)]),
  ].join('\n\n');
}
