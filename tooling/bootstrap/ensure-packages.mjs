import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm } from './ensure-pnpm.mjs';
import { fingerprint, foldersIn, readStamp, writeStamp } from './fingerprint.mjs';
import { root, runtime } from './paths.mjs';
import { runQuietly } from './processes.mjs';

const stamp = 'packages';

/** Installs the packages that the lock file names, unless they are there already. */
export async function ensurePackages() {
  const folders = workspaceFolders();
  const wanted = fingerprintOf(folders);
  if (readStamp(stamp) === wanted && existsSync(runtime) && folders.every(isLinked)) return;
  const tool = await pnpm();
  console.log('installing packages …');
  await runQuietly(tool.file, [...tool.args, 'install', ...installFlags], tool.options).catch(
    explain,
  );
  writeStamp(stamp, wanted);
}

// Nobody is there to answer whether an old node_modules may be replaced.
const installFlags = [
  '--frozen-lockfile',
  '--prefer-offline',
  '--config.confirmModulesPurge=false',
];

function workspaceFolders() {
  const members = ['packages', 'examples', 'proof', 'tooling'].flatMap((group) =>
    foldersIn(join(root, group)).map((name) => join(root, group, name)),
  );
  return [root, join(root, 'bench'), ...members].filter((folder) =>
    existsSync(join(folder, 'package.json')),
  );
}

function fingerprintOf(folders) {
  const manifests = folders.map((folder) => join(folder, 'package.json'));
  const platform = `${process.platform}-${process.arch}`;
  return fingerprint(
    [...manifests, join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml')],
    platform,
  );
}

/**
 * Whether each dependency is where Node will look for it; `git clean` in a package takes only that
 * package's links away.
 */
function isLinked(folder) {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return Object.keys({ ...dependencies, ...devDependencies }).every((name) =>
    existsSync(join(folder, 'node_modules', name)),
  );
}

function explain(error) {
  if (!error.message.includes('OUTDATED_LOCKFILE')) throw error;
  throw new Error(
    `${error.message}\npnpm-lock.yaml does not fit the package.json files: run \`npm run pnpm -- install\` and commit the lock file.`,
  );
}
