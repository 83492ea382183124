import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { installerEnv, runQuietly } from './bootstrap/processes.mjs';
import { component, namesOf } from './component.ts';

interface Component {
  /** The program, and Debian's package of it unless that has another name. */
  readonly name: string;
  readonly debian?: string;
  /** Where the tests lie that need it. */
  readonly folder: string;
}

const components: readonly Component[] = [
  { name: 'redis-server', folder: 'packages/redis' },
  { name: 'faketime', folder: 'packages/redis' },
  { name: 'chromium', folder: 'packages/indexeddb' },
  { name: 'firefox-esr', folder: 'packages/indexeddb' },
  ...['packages/indexeddb', 'packages/react', 'packages/broker'].flatMap((folder) => [
    { name: 'WebKitWebDriver', debian: 'webkit2gtk-driver', folder },
    { name: 'Xvfb', debian: 'xvfb', folder },
  ]),
  { name: 'wine', folder: 'proof/windows' },
  { name: 'postgresql', folder: 'packages/sql' },
  { name: 'pgbouncer', folder: 'packages/sql' },
  { name: 'mariadb-server', folder: 'packages/sql' },
  { name: 'chromium', folder: 'examples/extension-store' },
  { name: 'gnome-keyring-daemon', debian: 'gnome-keyring', folder: 'examples/keychain-store' },
  { name: 'dbus-run-session', debian: 'dbus', folder: 'examples/keychain-store' },
];

/**
 * Installs the programs that the tests of this run need and that are missing, where that takes no
 * question: as root on Debian. `filters` are those that vitest is given. Resolves with a line for
 * each program that still is missing; never rejects.
 */
export async function ensureComponents(filters: readonly string[]): Promise<string[]> {
  const wanted = components.filter(({ folder }) => isSelected(folder, filters));
  const missing = () =>
    wanted.filter(({ name }) => component(name, { PATH: process.env.PATH }) === undefined);
  if (missing().length > 0 && isRootOnDebian())
    await install([...new Set(missing().map(({ name, debian }) => debian ?? name))]).catch(tell);
  return missing().map(({ name, folder }) => withoutIt(name, folder));
}

/** Vitest runs the files whose path contains one of the filters, or all. */
export function isSelected(folder: string, filters: readonly string[]): boolean {
  const words = filters.filter((filter) => !filter.startsWith('-'));
  return (
    words.length === 0 ||
    words.some((word) => `${folder}/test/`.includes(word) || word.includes(folder))
  );
}

/** What a run says that went without a component. */
export function withoutIt(name: string, folder: string): string {
  const names = namesOf(name).map((each) => `"${each}"`);
  return `Without ${names.join(' or ')} on the PATH some tests in ${folder} could not run. Install it.`;
}

function isRootOnDebian(): boolean {
  const release = '/etc/os-release';
  return (
    process.getuid?.() === 0 &&
    existsSync(release) &&
    /^ID=debian$/m.test(readFileSync(release, 'utf8'))
  );
}

async function install(packages: readonly string[]): Promise<void> {
  console.log(`installing ${packages.join(', ')} …`);
  // Five minutes, so that a machine without network does not wait for ever. Not `timeout`: where
  // there is no apt-get, its timer would keep this process alive that long.
  const options = {
    env: { ...installerEnv(), DEBIAN_FRONTEND: 'noninteractive' },
    signal: AbortSignal.timeout(300_000),
  };
  const aptGet = (...args: string[]) =>
    runQuietly('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], options);
  await withoutServices(async () => {
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', ...packages);
  });
}

/** Debian starts a server when it is installed. The tests start their own, on free ports. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return work().finally(() => rmSync(policy));
}

function tell(error: Error): void {
  console.error(error.message);
}
