// npm run release: publishes the tarballs that the tests looked at, those of them that the registry has not got yet.
import { tmpdir } from 'node:os';
import { installerEnv, runAloud, runQuietly } from '../bootstrap/processes.mjs';
import { packedPackages } from './pack.ts';
import { releaseOrder, releaseWay } from './release-way.ts';

const options = { cwd: tmpdir(), env: installerEnv() };
const { flags, says } = releaseWay(process.argv.slice(2), process.env);
console.log(says);
process.exitCode = 0;
for (const { path, manifest } of releaseOrder(await packedPackages())) {
  const spec = `${manifest.name}@${manifest.version}`;
  if (await isPublished(spec)) console.log(`${spec} is published already`);
  else process.exitCode = await runAloud('npm', ['publish', path, '--access', 'public', ...flags], options);
  if (process.exitCode !== 0) break;
}

async function isPublished(spec: string): Promise<boolean> {
  try {
    return (await runQuietly('npm', ['view', spec, 'version', '--loglevel=error'], options)).trim() !== '';
  } catch (error) {
    // Anything else (no network, no such registry) must not be taken for "not there".
    if (error instanceof Error && error.message.includes('E404')) return false;
    throw error;
  }
}
