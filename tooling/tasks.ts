// What the commands do once the packages are installed. run.mjs starts this file with the project's
// own Node.
import { join } from 'node:path';
import { root } from './bootstrap/paths.mjs';
import { runAloud } from './bootstrap/processes.mjs';
import { ensureBuild } from './build/ensure-build.ts';
import { checks, format } from './checks.ts';
import { runTests } from './run-tests.ts';

type Task = (args: readonly string[]) => Promise<number>;

/** A program of this repository. */
function program(file: string, flags: readonly string[] = []): Task {
  return (args) => runAloud(process.execPath, [...flags, join(root, file), ...args], { cwd: root });
}

/** A program that uses the packages as they are built. */
function built(file: string): Task {
  return async (args) => {
    await ensureBuild();
    return program(file)(args);
  };
}

/** A program that uses the packages as their source. */
function fromSource(file: string): Task {
  return program(file, ['--import', join(root, 'tooling', 'from-source.ts')]);
}

const tasks: Readonly<Record<string, Task>> = {
  api: program('packages/api/generate/main.ts'),
  bench: built('bench/main.ts'),
  async build() {
    await ensureBuild();
    return 0;
  },
  chaos: built('proof/chaos/main.ts'),
  async check() {
    // The types of a program that runs what is built are those of the build.
    await ensureBuild();
    const codes = await Promise.all(
      checks.map(({ file, args }) => runAloud(file, args, { cwd: root })),
    );
    return Math.max(...codes);
  },
  demo: built('examples/quick-start/main.ts'),
  'demo:react': built('examples/react-app/server/main.ts'),
  docs: async () => (await import('./docs/build.ts')).buildDocs(),
  'docs:dev': async (args) => (await import('./docs/build.ts')).serveDocs(args),
  format: () => runAloud(format.file, format.args, { cwd: root }),
  fuzz: program('proof/hostile/fuzz/main.ts'),
  fleets: fromSource('proof/fleets/main.ts'),
  capacity: fromSource('proof/fleets/capacity.ts'),
  network: program('proof/network/main.ts'),
  runtimes: fromSource('proof/runtimes/main.ts'),
  playground: built('examples/playground/server/main.ts'),
  mutation: program('proof/mutation/main.ts'),
  matrix: program('tooling/packaging/matrix.ts'),
  pack: program('tooling/packaging/pack-here.ts'),
  'first-minutes': program('tooling/packaging/first-minutes.ts'),
  audit: program('tooling/packaging/audit.ts'),
  changeset: program('tooling/packaging/node_modules/@changesets/cli/bin.js'),
  version: program('tooling/packaging/version.ts'),
  release: program('tooling/packaging/release.ts'),
  simulate: fromSource('proof/simulation/main.ts'),
  outage: fromSource('proof/outages/main.ts'),
  test: runTests,
};

/** What `--help` says where the program behind a command has no help of its own. */
const helps: Readonly<Record<string, string>> = {
  api: 'generates types, tables and the reference page from packages/api/act-on-api.json',
  build: 'builds every package whose sources changed, into its dist folder',
  check: 'checks format, lint, types, spelling and links',
  demo: 'a session signs in, refreshes, loses a reply and survives an outage, against the emulator',
  'demo:react': 'a React app with a broker, against the emulator, until Ctrl+C',
  docs: 'builds the documentation site and says where it is',
  'docs:dev': 'serves the documentation site while you write, until Ctrl+C',
  format: 'formats every file',
  capacity: `[--accounts 20000] [--write]
  what an account costs Redis, a Redis Cluster and PostgreSQL; --write: into docs/measured`,
  playground: 'Act-On, a store and three tabs in one page, until Ctrl+C',
  mutation: `[--part rules] [--only <file>[:<from>-<to>]] [--fresh] [--write]
  changes a part in every way that Stryker knows, and says which changes no test notices
npm run mutation -- --changes [words] [--write]
  plays the kept changes of meaning, or those whose file or name has these words`,
  matrix: `[row …]
  tries the packed packages with every package manager and bundler, or with those that begin so`,
  pack: 'writes the tarball of every package into the folder tarballs',
  'first-minutes': 'times what a stranger does first',
  audit: 'looks for known weaknesses in what the packages depend on',
  test: `[path …]
  installs what is missing, builds, checks and runs all tests, or those under the paths`,
};

const [command = '', ...args] = process.argv.slice(2);
const task = tasks[command];
const help = helps[command];
if (args.includes('--help') && help !== undefined) {
  const isUsage = help.startsWith('[');
  console.log(`npm run ${command}${isUsage ? ` -- ${help}` : `\n  ${help}`}`);
} else if (task === undefined) {
  console.error(
    `There is no command "${command}". There are: ${Object.keys(tasks).join(', ')}, pnpm.`,
  );
  process.exitCode = 1;
} else {
  process.exitCode = await task(args).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}
