// `node packages/cli/test/measure-start-up.ts [rounds]`: how long `act-on-token token` takes with a
// token at hand, as a multiple of `node -e 0`, each in turn in one run, and its output read through
// a pipe as $(…) does. It needs a build: npm run build.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serveEmulator } from '../../emulator/dist/index.js';

const program = fileURLToPath(new URL('../dist/act-on-token.js', import.meta.url));
const commands: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  'act-on-token token': [program, 'token'],
  'act-on-token token --min-validity 60': [program, 'token', '--min-validity', '60'],
  'act-on-token status': [program, 'status'],
};

const rounds = Number(process.argv[2] ?? 50);
const home = mkdtempSync(join(tmpdir(), 'act-on-token-start-up-'));
const emulator = await serveEmulator();
const env = {
  HOME: home,
  ACT_ON_BASE_URL: emulator.url,
  ACT_ON_CLIENT_ID: emulator.client.id,
  ACT_ON_CLIENT_SECRET: emulator.client.secret,
  ACT_ON_USERNAME: emulator.user.username,
  ACT_ON_PASSWORD: emulator.user.password,
};
try {
  await promisify(execFile)(process.execPath, [program, 'token'], { env });
  const times = Object.entries(commands).map(([name, args]) => ({
    name,
    args,
    all: [] as number[],
  }));
  for (let round = 0; round < rounds; round += 1)
    for (const { args, all } of times) all.push(timeOf(args));
  const [floor = 1] = times.map(({ all }) => median(all));
  console.log(`${process.version}, ${rounds} rounds, median`);
  for (const { name, all } of times)
    console.log(
      `${(median(all) / floor).toFixed(2)} × ${median(all).toFixed(0).padStart(5)} ms  ${name}`,
    );
} finally {
  await emulator.close();
  rmSync(home, { recursive: true });
}

function timeOf(args: readonly string[]): number {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, args, { env });
  if (status !== 0) throw new Error(`It ended with ${status}: ${args.join(' ')}`);
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
