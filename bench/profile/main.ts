// `npm run bench -- --profile`: where the time and the bytes of the hot path and of a refresh go, into docs/measured/profiles.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { requireRedis, startRedis } from '../harness/redis.ts';
import { asMarkdown } from '../harness/table.ts';
import { type CpuProfile, type HeapProfile, type Share, selfBytes, selfTime, top } from './shares.ts';

const subject = fileURLToPath(new URL('subject.ts', import.meta.url));

const subjects: readonly (readonly [name: string, title: string])[] = [
  ['getAccessToken', '`getAccessToken` of a valid token, five million times'],
  ['fetch', '`session.fetch` while nobody answers but a stub, 100,000 times'],
  ['refresh', 'A refresh over the memory store, 20,000 times'],
  ['refreshOverRedis', 'A refresh over Redis, 5,000 times'],
];

const listed = 12;

export async function writeProfiles(): Promise<void> {
  requireRedis();
  const redis = await startRedis();
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-profiles-'));
  try {
    const sections = subjects.map(([name, title]) => section(title, profile(folder, name, redis.port)));
    const page = [opening, ...sections, remarks()].filter((part) => part !== '').join('\n');
    writeFileSync(pagePath, page);
    console.log(page);
  } finally {
    rmSync(folder, { recursive: true });
    await redis.stop();
  }
}

const pagePath = join(root, 'docs', 'measured', 'profiles.md');
const opening = `# Where time and bytes go

    npm run bench:profile

Node's samplers of time and of allocations watch a process that does one thing over and over, once it is warm. A share is what a function
took by itself, without those it called; of bytes, what it allocated, whether it was collected again or not. Places are lines of the
built package, of which nothing is minified.
`;

/** What somebody wrote beneath the tables stays. */
function remarks(): string {
  try {
    const [, kept] = readFileSync(pagePath, 'utf8').split(/^(?=## What they changed)/m);
    return kept ?? '';
  } catch {
    return '';
  }
}

interface Profiles {
  readonly time: Share[];
  readonly bytes: Share[];
}

function profile(folder: string, name: string, port: number): Profiles {
  const read = <Profile>(what: 'time' | 'bytes'): Profile => {
    const file = join(folder, `${name}.${what}`);
    const { status, stderr } = spawnSync(process.execPath, [subject, name, what, file, String(port)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The profiled process failed:\n${stderr}`);
    return JSON.parse(readFileSync(file, 'utf8'));
  };
  return { time: top(selfTime(read<CpuProfile>('time')), listed), bytes: top(selfBytes(read<HeapProfile>('bytes')), listed) };
}

function section(title: string, { time, bytes }: Profiles): string {
  const rows = (shares: readonly Share[]): string[][] => shares.map(({ place, share }) => [`${(share * 100).toFixed(1)} %`, place]);
  return `## ${title}\n\n${asMarkdown([['time', 'function'], ...rows(time)])}\n\n${asMarkdown([['bytes', 'function'], ...rows(bytes)])}\n`;
}
