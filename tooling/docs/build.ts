// `npm run docs` builds the site into tooling/docs/site/dist, the API reference beside it; `npm run docs:dev` serves the pages.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldersIn } from '../bootstrap/fingerprint.mjs';
import { root } from '../bootstrap/paths.mjs';
import { runAloud } from '../bootstrap/processes.mjs';

const home = fileURLToPath(new URL('.', import.meta.url));
const site = join(home, 'site');
const dist = join(site, 'dist');
const vitepress = join(home, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
const typedoc = join(home, 'node_modules', 'typedoc', 'bin', 'typedoc');

export const serveDocs = (args: readonly string[]): Promise<number> =>
  runAloud(process.execPath, [vitepress, 'dev', site, ...args], { cwd: site });

export async function buildDocs(): Promise<number> {
  rmSync(dist, { recursive: true, force: true });
  const code = await runAloud(process.execPath, [vitepress, 'build', site], { cwd: site });
  return code === 0 ? runAloud(process.execPath, [typedoc, ...apiReference()], { cwd: root }) : code;
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
  ];
}
