// `npm run bench`: measures our packages, the peers and the floors in the same run, and prints one
// table.
import { asText, writeFigures } from '../tooling/figures.ts';
import { figuresOf } from './figures.ts';
import { startActOn } from './harness/act-on.ts';
import { requireRedis, startRedis } from './harness/redis.ts';
import type { Row } from './harness/row.ts';
import { mainTable } from './harness/table.ts';
import { type BenchOptions, help, readOptions } from './options.ts';
import { ensurePeers } from './peers/ensure-peers.ts';
import { coldStart } from './rows/cold-start.ts';
import { growth } from './rows/growth.ts';
import { memory } from './rows/memory.ts';
import { processes } from './rows/processes.ts';
import { requests } from './rows/requests.ts';
import { size } from './rows/size.ts';
import type { Group } from './rows/stage.ts';
import { steady } from './rows/steady.ts';
import { storms } from './rows/storms.ts';
import { validToken } from './rows/valid-token.ts';

const groups: Readonly<Record<number, Group>> = {
  1: validToken,
  2: requests,
  3: storms,
  4: coldStart,
  5: processes,
  6: memory,
  7: size,
  8: steady,
  9: growth,
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(help);
  else await run(options);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // Not by itself: what was started already would keep this process alive.
  process.exit(1);
}

async function run(options: BenchOptions): Promise<void> {
  if (options.task === 'limits') return (await import('./limits.ts')).writeLimits();
  if (options.task === 'profile') return (await import('./profile/main.ts')).writeProfiles();
  requireRedis();
  await ensurePeers();
  const start = performance.now();
  const rows = await measure(options);
  const seconds = Math.round((performance.now() - start) / 1_000);
  console.log(asText(mainTable(rows)));
  console.log(`\n${seconds} s`);
  if (options.only === null && !options.quick) writeFigures('benchmark', figuresOf(rows, seconds));
}

async function measure({ only, quick }: BenchOptions): Promise<Row[]> {
  const [actOn, redis] = [await startActOn(1_000), await startRedis()];
  const rows: Row[] = [];
  try {
    for (const [number, group] of Object.entries(groups)) {
      if (only !== null && !only.includes(Number(number))) continue;
      const start = performance.now();
      rows.push(...(await group({ actOn, redis, quick })));
      console.error(
        `measured group ${number} of 9 in ${Math.round((performance.now() - start) / 1_000)} s`,
      );
    }
  } finally {
    await Promise.all([actOn.stop(), redis.stop()]);
  }
  return rows;
}
