import { tmpdir } from 'node:os';
import { installerEnv, runQuietly } from '../bootstrap/processes.mjs';

/** The registry that npm is configured to use on this machine. */
export async function upstreamRegistry(): Promise<string> {
  const printed = await runQuietly('npm', ['config', 'get', 'registry', '--loglevel=error'], {
    cwd: tmpdir(),
    env: installerEnv(),
  });
  const address = printed.split('\n').find((line) => /^https?:/.test(line.trim()));
  if (address === undefined) throw new Error(`npm names no registry: ${printed}`);
  return address.trim();
}
