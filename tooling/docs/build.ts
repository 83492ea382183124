// `npm run docs` builds the site into tooling/docs/site/dist, the API reference beside it; `npm run
// docs:dev` serves the pages.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../../examples/playground/server/build-page.ts';
import { foldersIn } from '../bootstrap/fingerprint.mjs';
import { root } from '../bootstrap/paths.mjs';
import { runAloud } from '../bootstrap/processes.mjs';
import { ensureBuild } from '../build/ensure-build.ts';

const home = fileURLToPath(new URL('.', import.meta.url));
const site = join(home, 'site');
const dist = join(site, 'dist');
const vitepress = join(home, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
const typedoc = join(home, 'node_modules', 'typedoc', 'bin', 'typedoc');

export const serveDocs = (args: readonly string[]): Promise<number> =>
  runAloud(process.execPath, [vitepress, 'dev', site, ...args], { cwd: site });

/** The pages, the API reference at `/api/` and examples/playground at `/playground/`. */
export async function buildDocs(): Promise<number> {
  rmSync(dist, { recursive: true, force: true });
  const code = await runAloud(process.execPath, [vitepress, 'build', site], { cwd: site });
  if (code !== 0) return code;
  await ensureBuild();
  await buildPage(join(dist, 'playground'));
  return runAloud(process.execPath, [typedoc, ...apiReference()], { cwd: root });
}

/** One module for each package, from its source: what its index exports, with its comments. */
function apiReference(): string[] {
  const entries = foldersIn(join(root, 'packages'))
    .filter((name) => name !== 'cli')
    .map((name) => join('packages', name, 'src', 'index.ts'));
  const options = [
    '--tsconfig',
    'tsconfig.json',
    '--name',
    'act-on-token',
    '--out',
    join(dist, 'api'),
    '--readme',
    'none',
    '--skipErrorChecking',
  ];
  return [
    ...options,
    '--excludeInternal',
    '--disableGit',
    '--sourceLinkTemplate',
    'https://github.com/act-on-token/act-on-token/blob/main/{path}#L{line}',
    '--logLevel',
    'Warn',
    '--entryPoints',
    ...entries,
    join('packages', 'broker', 'src', 'client.ts'),
    join('packages', 'react', 'src', 'devtools.ts'),
  ];
}
