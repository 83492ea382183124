import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { installerEnv, runQuietly } from './processes.mjs';

/**
 * How to start the pnpm that package.json pins: the one on the PATH if it is that version, else one
 * of the project's own.
 */
export async function pnpm() {
  const { version, integrity } = readPin();
  const options = { cwd: root, env: installerEnv() };
  if ((await versionOnPath()) === version) return { file: 'pnpm', args: [], options };
  const folder = join(root, '.tools', `pnpm-${version}`);
  if (!existsSync(folder)) await install(version, integrity, folder);
  return {
    file: 'node',
    args: [join(folder, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs')],
    options,
  };
}

/** `pnpm@1.2.3+sha512.<hex>`, the form in which package managers read it too. */
function readPin() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, version, hash] = /^pnpm@([\d.]+)\+sha512\.([\da-f]+)$/.exec(packageManager) ?? [];
  if (version === undefined)
    throw new Error(
      `"packageManager" in package.json must be pnpm@<version>+sha512.<hash>, not "${packageManager}".`,
    );
  return { version, integrity: `sha512-${Buffer.from(hash, 'hex').toString('base64')}` };
}

/**
 * Asked outside the repository and without network, where neither pnpm nor corepack would fetch the
 * pinned version by itself.
 */
async function versionOnPath() {
  const env = { ...installerEnv(), COREPACK_ENABLE_NETWORK: '0' };
  return runQuietly('pnpm', ['--version'], { cwd: tmpdir(), env }).then(
    (output) => output.trim(),
    () => null,
  );
}

/**
 * A lock file of our own makes npm verify the pinned hashes: that of pnpm, and that of the binary
 * for this machine. Where pnpm-binaries.json has none, pnpm fetches its binary when it first starts
 * and verifies the registry's signature. The rename comes last, so a broken download is never taken
 * for a pnpm.
 */
async function install(version, integrity, folder) {
  console.log(`installing pnpm ${version} …`);
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const binaries = JSON.parse(
    readFileSync(join(root, 'tooling', 'bootstrap', 'pnpm-binaries.json'), 'utf8'),
  );
  const names = Object.keys(binaries);
  const manifest = {
    name: 'tools',
    private: true,
    dependencies: { pnpm: version },
    optionalDependencies: Object.fromEntries(names.map((name) => [name, version])),
  };
  const packages = { '': manifest, 'node_modules/pnpm': { version, integrity } };
  for (const name of names)
    packages[`node_modules/${name}`] = { version, optional: true, ...binaries[name] };
  writeFileSync(join(draft, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(draft, 'package-lock.json'),
    JSON.stringify({ name: 'tools', lockfileVersion: 3, requires: true, packages }),
  );
  try {
    const npm = npmCommand();
    await runQuietly(
      npm.file,
      [...npm.args, 'ci', '--prefix', draft, '--ignore-scripts', '--no-audit', '--no-fund'],
      {
        cwd: draft,
        env: installerEnv(),
      },
    );
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * Inside `npm run` the very npm that runs; by the PATH only where this file was started without
 * npm.
 */
export function npmCommand() {
  const script = process.env.npm_execpath ?? '';
  return script.endsWith('npm-cli.js')
    ? { file: 'node', args: [script] }
    : { file: 'npm', args: [] };
}
