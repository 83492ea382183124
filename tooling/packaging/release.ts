// npm run release: hands on the tarballs that the tests looked at, to the Release workflow or, by
// hand, to npm.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { installerEnv, runAloud, runQuietly } from '../bootstrap/processes.mjs';
import { packedPackages } from './pack.ts';
import { orderList, releaseOrder, releaseWay } from './release-way.ts';

const options = { cwd: tmpdir(), env: installerEnv() };
const way = releaseWay(process.argv.slice(2));
const tarballs = releaseOrder(await packedPackages());
console.log(way.says);
process.exitCode = way.folder === undefined ? await publish(way.flags) : put(resolve(way.folder));

/** Into a folder, with the order in which they are to be published. */
function put(folder: string): number {
  mkdirSync(folder, { recursive: true });
  for (const { path } of tarballs) copyFileSync(path, join(folder, basename(path)));
  writeFileSync(join(folder, 'order.txt'), orderList(tarballs));
  return 0;
}

async function publish(flags: readonly string[]): Promise<number> {
  for (const { path, manifest } of tarballs) {
    const spec = `${manifest.name}@${manifest.version}`;
    if (await isPublished(spec)) {
      console.log(`${spec} is published already`);
      continue;
    }
    const exit = await runAloud('npm', ['publish', path, '--access', 'public', ...flags], options);
    if (exit !== 0) return exit;
  }
  return 0;
}

async function isPublished(spec: string): Promise<boolean> {
  try {
    return (
      (await runQuietly('npm', ['view', spec, 'version', '--loglevel=error'], options)).trim() !==
      ''
    );
  } catch (error) {
    // Anything else (no network, no such registry) must not be taken for "not there".
    if (error instanceof Error && error.message.includes('E404')) return false;
    throw error;
  }
}
