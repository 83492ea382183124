import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { root } from '../../tooling/bootstrap/paths.mjs';

const packages = join(root, 'packages');

/** Our packages come from their sources, as in every test. */
export const fromSource: Plugin = {
  name: 'from-source',
  setup({ onResolve }) {
    onResolve({ filter: /^@act-on-token\// }, ({ path }) => {
      const [, name = '', entry = 'index'] = path.split('/');
      return { path: join(packages, name, 'src', `${entry}.ts`) };
    });
  },
};

/**
 * A program as one script, with the sources of our packages, as not every runtime can read
 * TypeScript.
 */
export async function bundleOf(program: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    plugins: [fromSource],
  });
  return outputFiles[0]?.text ?? '';
}
