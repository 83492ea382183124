// What the commands do once the packages are installed. run.mjs starts this file with the project's own Node.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/paths.mjs';
import { runAloud } from './bootstrap/processes.mjs';
import { ensureBuild } from './build/ensure-build.ts';
import { checks, format } from './checks.ts';
import { runTests } from './run-tests.ts';

type Task = (args: readonly string[]) => Promise<number>;

/** A program that packs, installs or publishes packages. */
function packaging(file: string): Task {
  return (args) => runAloud(process.execPath, [join(root, 'tooling', 'packaging', file), ...args], { cwd: root });
}

/** A program that uses the packages as their source. */
function fromSource(folder: string, file: string): Task {
  const flags = ['--import', join(root, 'tooling', 'from-source.ts')];
  return (args) => runAloud(process.execPath, [...flags, join(root, 'tooling', folder, file), ...args], { cwd: root });
}

const tasks: Readonly<Record<string, Task>> = {
  async bench(args) {
    await ensureBuild();
    return runAloud(process.execPath, [join(root, 'tooling', 'bench', 'main.ts'), ...args], { cwd: root });
  },
  async build() {
    await ensureBuild();
    return 0;
  },
  async chaos(args) {
    await ensureBuild();
    return runAloud(process.execPath, [join(root, 'tooling', 'chaos', 'main.ts'), ...args], { cwd: root });
  },
  async check() {
    const codes = await Promise.all(checks.map(({ file, args }) => runAloud(file, args, { cwd: root })));
    return Math.max(...codes);
  },
  async demo(args) {
    const example = join(root, 'examples', 'quick-start', 'main.ts');
    if (!existsSync(example)) throw new Error('examples/quick-start/main.ts is missing.');
    await ensureBuild();
    return runAloud(process.execPath, [example, ...args], { cwd: root });
  },
  async 'demo:react'() {
    await ensureBuild();
    return runAloud(process.execPath, [join(root, 'examples', 'react-app', 'server', 'main.ts')], { cwd: root });
  },
  docs: async () => (await import('./docs/build.ts')).buildDocs(),
  'docs:dev': async (args) => (await import('./docs/build.ts')).serveDocs(args),
  fuzz: (args) => runAloud(process.execPath, [join(root, 'tooling', 'hostile', 'fuzz', 'main.ts'), ...args], { cwd: root }),
  format: () => runAloud(format.file, format.args, { cwd: root }),
  network: (args) => runAloud(process.execPath, [join(root, 'tooling', 'network', 'main.ts'), ...args], { cwd: root }),
  runtimes: (args) =>
    runAloud(
      process.execPath,
      ['--import', join(root, 'tooling', 'from-source.ts'), join(root, 'tooling', 'runtimes', 'main.ts'), ...args],
      { cwd: root },
    ),
  async playground() {
    await ensureBuild();
    return runAloud(process.execPath, [join(root, 'examples', 'playground', 'server', 'main.ts')], { cwd: root });
  },
  mutation: (args) => runAloud(process.execPath, [join(root, 'tooling', 'mutation', 'main.ts'), ...args], { cwd: root }),
  matrix: packaging('matrix.ts'),
  'first-minutes': packaging('first-minutes.ts'),
  audit: packaging('audit.ts'),
  changeset: packaging('node_modules/@changesets/cli/bin.js'),
  version: packaging('version.ts'),
  release: packaging('release.ts'),
  simulate: fromSource('simulation', 'main.ts'),
  outage: fromSource('outages', 'main.ts'),
  test: runTests,
};

const [command = '', ...args] = process.argv.slice(2);
const task = tasks[command];
if (task === undefined) {
  console.error(`There is no command "${command}". There are: ${Object.keys(tasks).join(', ')}, pnpm.`);
  process.exitCode = 1;
} else {
  process.exitCode = await task(args).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}
