import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm } from '../bootstrap/ensure-pnpm.mjs';
import { root } from '../bootstrap/paths.mjs';
import type { Consumer } from './consumer.ts';

export type Column = 'install' | 'types: bundler' | 'types: nodenext' | 'bundle' | 'run';
export const columns: readonly Column[] = [
  'install',
  'types: bundler',
  'types: nodenext',
  'bundle',
  'run',
];

/**
 * One way to use the packages: what has to be typed for each column, in a folder that `prepare`
 * filled.
 */
export interface Row {
  readonly name: string;
  /** Prints the version that is tried. */
  readonly version: readonly string[];
  prepare(consumer: Consumer): Promise<void> | void;
  readonly steps: Partial<Record<Column, readonly string[]>>;
  /** What the last step prints. */
  readonly prints: string;
}

const versions = {
  'yarn 1': 'yarn@1.22.22',
  yarn: '@yarnpkg/cli-dist@4.18.1',
  esbuild: '0.28.2',
  vite: '8.3.8',
  rollup: '4.68.7',
  '@rollup/plugin-node-resolve': '16.0.3',
  '@rollup/plugin-commonjs': '29.0.3',
  '@rollup/plugin-json': '6.1.0',
  webpack: '5.112.2',
  'webpack-cli': '7.3.1',
  typescript: '6.0.3',
} as const;

const dependencies = { ioredis: '6.0.0', ky: '2.1.0', react: '19.3.1', 'react-dom': '19.3.1' };
const types = {
  '@types/node': '24.19.2',
  '@types/react': '19.3.0',
  '@types/react-dom': '19.3.0',
  typescript: versions.typescript,
};
const stage = join(root, 'tooling', 'packaging', 'stage');
export const served = 'authorized, 3 lists; the broker says 200; Redis is wait; 1 sign-in';

/** All rows; `names` are our packages, `version` is theirs. */
export async function rows(names: readonly string[], version: string): Promise<readonly Row[]> {
  const ours = Object.fromEntries(names.map((name) => [name, version]));
  const project =
    (devDependencies: Readonly<Record<string, string>> = types) =>
    (consumer: Consumer) =>
      fill(consumer, ours, devDependencies);
  const own = await pnpm();
  const pinnedPnpm = [own.file, ...own.args];
  const tsc = (...start: string[]) => ({
    'types: bundler': [...start, '-p', 'tsconfig.bundler.json'],
    'types: nodenext': [...start, '-p', 'tsconfig.nodenext.json'],
  });
  const global =
    (spec: string, also: (consumer: Consumer) => void = () => {}) =>
    async (consumer: Consumer) => {
      project()(consumer);
      also(consumer);
      await consumer.run('npm', 'install', '--global', spec);
    };
  const byNode = ['node', 'server.ts'];
  const bundled = (out: string) => ['node', join('..', out, 'server.mjs')];
  const tools = (...wanted: (keyof typeof versions)[]) =>
    project(Object.fromEntries(wanted.map((name) => [name, versions[name]])));
  const linker = (kind: string) => (consumer: Consumer) =>
    consumer.write('.yarnrc.yml', `nodeLinker: ${kind}\nenableGlobalCache: false\n`);
  const yarn = ['yarn', 'install'];
  return [
    row('npm', ['npm', '--version'], project(), {
      install: ['npm', 'install'],
      ...tsc('npx', 'tsc'),
      run: byNode,
    }),
    row('pnpm', [...pinnedPnpm, '--version'], project(), {
      install: [...pinnedPnpm, 'install', '--config.minimumReleaseAge=0'],
      ...tsc('node', 'node_modules/typescript/bin/tsc'),
      run: byNode,
    }),
    row('yarn 1', ['yarn', '--version'], global(versions['yarn 1']), {
      install: yarn,
      ...tsc('yarn', '-s', 'tsc'),
      run: byNode,
    }),
    row(
      'yarn 4, node-modules',
      ['yarn', '--version'],
      global(versions.yarn, linker('node-modules')),
      {
        install: yarn,
        ...tsc('yarn', 'tsc'),
        run: byNode,
      },
    ),
    row('yarn 4, Plug’n’Play', ['yarn', '--version'], global(versions.yarn, linker('pnp')), {
      install: yarn,
      ...tsc('yarn', 'tsc'),
      run: ['yarn', 'node', 'server.ts'],
    }),
    row('Deno', ['deno', '--version'], project(), {
      install: ['deno', 'install'],
      'types: bundler': ['deno', 'check', 'server.ts'],
      run: ['deno', 'run', '-A', 'server.ts'],
    }),
    row('Bun', ['bun', '--version'], project(), {
      install: ['bun', 'install'],
      ...tsc('bun', 'x', 'tsc'),
      bundle: ['bun', 'build', 'server.ts', '--target=bun', '--outfile=../bun/server.mjs'],
      run: ['bun', 'run', '../bun/server.mjs'],
    }),
    row('esbuild', ['npx', 'esbuild', '--version'], tools('esbuild'), {
      install: ['npm', 'install'],
      bundle: [
        'npx',
        'esbuild',
        'server.ts',
        '--bundle',
        '--platform=node',
        '--format=esm',
        `--banner:js=${requires}`,
        '--outfile=../esbuild/server.mjs',
      ],
      run: bundled('esbuild'),
    }),
    row('Vite', ['npx', 'vite', '--version'], tools('vite'), {
      install: ['npm', 'install'],
      bundle: ['npx', 'vite', 'build', '--config', 'vite.config.mjs'],
      run: bundled('vite'),
    }),
    row(
      'Rollup',
      ['npx', 'rollup', '--version'],
      tools(
        'rollup',
        '@rollup/plugin-node-resolve',
        '@rollup/plugin-commonjs',
        '@rollup/plugin-json',
      ),
      {
        install: ['npm', 'install'],
        bundle: ['npx', 'rollup', '--config', 'rollup.config.mjs', '--silent'],
        run: bundled('rollup'),
      },
    ),
    row('webpack', ['npx', 'webpack', '--version'], tools('webpack', 'webpack-cli'), {
      install: ['npm', 'install'],
      bundle: ['npx', 'webpack', '--config', 'webpack.config.mjs'],
      run: bundled('webpack'),
    }),
    {
      name: 'JSR, core alone',
      version: ['deno', '--version'],
      prepare: copyCore,
      steps: {
        'types: bundler': ['deno', 'publish', '--dry-run', '--allow-dirty', '--no-provenance'],
      },
      prints: '',
    },
    {
      name: 'Next.js',
      version: ['npx', 'next', '--version'],
      prepare: (consumer) => copyNextApp(consumer, version),
      steps: {
        install: ['npm', 'install'],
        bundle: ['npx', 'next', 'build'],
        run: ['node', 'visit.mjs'],
      },
      prints: '200 200',
    },
  ];
}

function row(
  name: string,
  version: readonly string[],
  prepare: Row['prepare'],
  steps: Row['steps'],
): Row {
  return { name, version, prepare, steps, prints: served };
}

const requires =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

function fill(
  consumer: Consumer,
  ours: Readonly<Record<string, string>>,
  devDependencies: Readonly<Record<string, string>>,
): void {
  const manifest = {
    name: 'somebody',
    private: true,
    type: 'module',
    dependencies: { ...ours, ...dependencies },
    devDependencies,
  };
  consumer.write('package.json', JSON.stringify(manifest, null, 2));
  for (const file of ['server.ts', 'page.ts'])
    copyFileSync(join(stage, file), join(consumer.folder, file));
  for (const file of ['vite', 'rollup', 'webpack'].map((name) => `${name}.config.mjs`))
    copyFileSync(join(stage, file), join(consumer.folder, file));
  for (const [name, module] of [
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ]) {
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      module,
      moduleResolution: name,
      strict: true,
      noEmit: true,
    };
    const options = {
      ...compilerOptions,
      types: ['node'],
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
    };
    consumer.write(
      `tsconfig.${name}.json`,
      JSON.stringify({ compilerOptions: options, files: ['server.ts', 'page.ts'] }),
    );
  }
}

/** What JSR is sent: sources, whose public types must be spelled out. */
function copyCore(consumer: Consumer): void {
  for (const name of ['src', 'README.md', 'jsr.json']) {
    cpSync(join(root, 'packages', 'core', name), join(consumer.folder, name), { recursive: true });
  }
}

/** The example as it stands, with versions in place of links into the workspace. */
function copyNextApp(consumer: Consumer, version: string): void {
  const example = join(root, 'examples', 'next-app');
  cpSync(example, consumer.folder, {
    recursive: true,
    filter: (path) => !/(node_modules|\.next|next-env\.d\.ts)$/.test(path),
  });
  const manifest = readFileSync(join(example, 'package.json'), 'utf8').replaceAll(
    'workspace:^',
    version,
  );
  writeFileSync(join(consumer.folder, 'package.json'), manifest);
  copyFileSync(join(stage, 'visit.mjs'), join(consumer.folder, 'visit.mjs'));
  mkdirSync(join(consumer.folder, '.act-on'), { recursive: true });
}
