import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What else a program may be called. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  chromium: ['chromium-browser', 'google-chrome', 'google-chrome-stable'],
  'firefox-esr': ['firefox'],
  'mariadb-server': ['mariadbd'],
  postgresql: ['postgres'],
};

/** Where Debian keeps the programs of PostgreSQL: a folder for each version, none on the PATH. */
const postgresVersions = '/usr/lib/postgresql';

/** What a program is called by Debian, and what else. */
export function namesOf(name: string): readonly string[] {
  return [name, ...(otherNames[name] ?? [])];
}

/**
 * Where a program lies that some tests need and no package brings (`redis-server`, `chromium`,
 * `firefox-esr`), or undefined if this machine has none. Such tests say
 * `describe.skipIf(component('redis-server') === undefined)`. Where nothing may be skipped
 * (`.ci/run` sets ACT_ON_TOKEN_COMPONENTS=required) a missing one throws, and the test file fails.
 */
export function component(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  if (name === 'postgresql' && existsSync(postgresVersions))
    folders.unshift(
      ...readdirSync(postgresVersions).map((version) => join(postgresVersions, version, 'bin')),
    );
  const found = namesOf(name)
    .flatMap((each) => folders.map((folder) => join(folder, each)))
    .find(isExecutable);
  if (found === undefined && env.ACT_ON_TOKEN_COMPONENTS === 'required') {
    throw new Error(
      `"${name}" is not on the PATH, and ACT_ON_TOKEN_COMPONENTS=required forbids to skip the tests that need it.`,
    );
  }
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
