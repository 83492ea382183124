import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import transpile from 'rollup-plugin-esbuild';
import { type Rolldown, build as vite } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';

// Packages as they are built, and as an app imports them; React stays outside of the bundles.
const dist = (pkg: string, entry: string): string =>
  join(root, 'packages', pkg, 'dist', `${entry}.js`);
const alias: Record<string, string> = {
  '@act-on-token/react/devtools': dist('react', 'devtools'),
  '@act-on-token/react': dist('react', 'index'),
  '@act-on-token/core': dist('core', 'index'),
};
const isReact = (id: string): boolean => /^react(\/|$)/.test(id);

const app = (devtools: boolean): string => `
  import { createElement } from 'react';
  import { ActOnTokenProvider } from '@act-on-token/react';
  ${devtools ? "import { ActOnTokenDevtools } from '@act-on-token/react/devtools';" : 'const ActOnTokenDevtools = () => null;'}
  export const App = ({ session, children }) =>
    createElement(ActOnTokenProvider, { session }, children, createElement(ActOnTokenDevtools));
`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'act-on-token-devtools-')));
afterAll(() => rmSync(folder, { recursive: true }));

type Mode = 'production' | 'development';
/** The files of a bundle: their text, each. */
type Bundler = (entry: string, mode: Mode) => Promise<string[]>;

const bundlers: Readonly<Record<string, Bundler>> = {
  async vite(entry, mode) {
    const { NODE_ENV } = process.env;
    // What Vite itself does for its command; here the process has a value already.
    process.env.NODE_ENV = mode;
    try {
      const built = (await vite({
        root: folder,
        configFile: false,
        logLevel: 'silent',
        mode,
        resolve: { alias },
        build: {
          write: false,
          lib: { entry, formats: ['es'] },
          rolldownOptions: { external: isReact },
        },
        define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
      })) as Rolldown.RolldownOutput[];
      return built.flatMap(({ output }) =>
        output.map((file) => (file.type === 'chunk' ? file.code : String(file.source))),
      );
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  },
  async esbuild(entry, mode) {
    const { outputFiles } = await esbuild({
      entryPoints: [entry],
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: mode === 'production',
      outdir: join(folder, 'out'),
      write: false,
      alias,
      external: ['react'],
      define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
      logLevel: 'silent',
    });
    return outputFiles.map(({ text }) => text);
  },
  async rollup(entry, mode) {
    const bundle = await rollup({
      input: entry,
      external: isReact,
      plugins: [
        { name: 'alias', resolveId: (id) => alias[id] ?? null },
        transpile({ define: { 'process.env.NODE_ENV': JSON.stringify(mode) }, include: /\.js$/ }),
      ],
      onLog: () => {},
    });
    const { output } = await bundle.generate({ format: 'es' });
    return output.map((file) => (file.type === 'chunk' ? file.code : String(file.source)));
  },
};

/** What is in the panel and nowhere else: its marker, its style and a text of its. */
const traces = [
  'data-act-on-token-devtools',
  'prefers-color-scheme',
  'Reports the access token as refused',
  'SHA-256',
];
const found = (files: readonly string[]): string[] =>
  traces.filter((trace) => files.some((text) => text.includes(trace)));

async function bundle(name: string, mode: Mode, devtools = true): Promise<string[]> {
  const entry = join(folder, `${name}-${mode}-${devtools}.js`);
  writeFileSync(entry, app(devtools));
  return bundlers[name]?.(entry, mode) ?? [];
}

describe.each(Object.keys(bundlers))('an app with the devtools, bundled by %s', (name) => {
  it('has nothing of the panel in production, and no file that could be loaded', async () => {
    const files = await bundle(name, 'production');
    expect(found(files)).toEqual([]);
    expect(files).toHaveLength(1);
    const [without] = await bundle(name, 'production', false);
    const more = (files[0]?.length ?? 0) - (without?.length ?? 0);
    console.log(`${name}: the devtools add ${more} characters to a production bundle`);
    expect(more).toBeLessThan(100);
  });

  it('has all of it in development, in a file of its own', async () => {
    const [first = '', ...others] = await bundle(name, 'development');
    // Core has a SHA-256 too.
    expect(found([first])).not.toContain('data-act-on-token-devtools');
    expect(found(others)).toEqual(traces);
  });
});
