import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pnpm } from '../../bootstrap/ensure-pnpm.mjs';
import { root } from '../../bootstrap/paths.mjs';
import { runQuietly } from '../../bootstrap/processes.mjs';
import { workspacePackages } from '../../build/workspace-packages.ts';
import { type Block, parseBlocks, readBlocks } from '../../docs/blocks/read-blocks.ts';
import { type Consumer, createConsumer } from '../consumer.ts';
import { type Registry, serveRegistry } from '../registry.ts';
import { installedShelf } from '../shelves.ts';

const page = 'docs/install.md';
const blocks = readBlocks(page);
const tarballs = mkdtempSync(join(tmpdir(), 'act-on-token-tarballs-'));
const starts = {
  npm: 'node main.mjs',
  pnpm: 'node main.mjs',
  Yarn: 'yarn node main.mjs',
  Bun: 'bun run main.mjs',
  Deno: 'deno run main.mjs',
};
/** The file that a block is put into, where it is none of commands. */
const files: Readonly<Record<string, string>> = {
  yaml: 'pnpm-workspace.yaml',
  json: 'package.json',
};

// The registry has what others publish and none of our packages, as npm's today.
describe('the packages, installed from a clone into an empty folder as docs/install.md says', {
  timeout: 120_000,
}, () => {
  let registry: Registry;
  let consumer: Consumer;
  let tools: string;
  let printed: string;

  beforeAll(async () => {
    registry = await serveRegistry([installedShelf()]);
    const own = await pnpm();
    tools = [
      `pnpm() { ${[own.file, ...own.args].join(' ')} "$@"; }`,
      `yarn() { node ${root}tooling/packaging/node_modules/@yarnpkg/cli-dist/bin/yarn.js "$@"; }`,
    ].join('\n');
    printed = await runQuietly('npm', ['run', '--silent', 'pack', '--', tarballs], { cwd: root });
  }, 120_000);
  afterAll(async () => {
    rmSync(tarballs, { recursive: true });
    await registry?.close();
  });
  beforeEach(() => {
    consumer = createConsumer(registry.url);
    cpSync(tarballs, join(consumer.folder, '..', 'act-on-token', 'tarballs'), { recursive: true });
  });
  afterEach(() => consumer?.remove());

  const type = (commands: string) => consumer.run('bash', '-ec', `${tools}\n${commands}`);

  async function follow(section: readonly Block[]): Promise<void> {
    for (const { language, code } of section) {
      const file = files[language];
      if (file === undefined) await type(code);
      else consumer.write(file, code);
    }
  }

  it('are packed into one folder, which is printed', () => {
    expect(printed.trim().split('\n').at(-1)).toBe(tarballs);
    const names = workspacePackages().map(({ manifest }) => manifest.name.split('/')[1]);
    expect(readdirSync(tarballs).sort()).toEqual(names.map((name) => `${name}.tgz`).sort());
  });

  it.each(Object.entries(starts))('run the program of the page with %s', async (name, start) => {
    await follow(sectionOf(name));
    consumer.write('main.mjs', blocks.find(({ language }) => language === 'js')?.code ?? '');
    expect(await type(start)).toBe('function\n');
  });

  it('run the first program of README.md, installed as it says', async () => {
    const [install, program] = readBlocks('README.md');
    consumer.write('main.mjs', program?.code ?? '');
    await type(install?.code ?? '');
    expect(await type('node main.mjs')).toBe('3 lists\n');
  });

  it('start their commands, installed for the whole machine', async () => {
    await follow(sectionOf('npm'));
    expect(await type('act-on-token --help')).toContain('login');
    expect(await type('act-on-emulator --help')).toContain('--port');
  });
});

/** The blocks below this heading. */
function sectionOf(name: string): Block[] {
  const sections = readFileSync(join(root, page), 'utf8').split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${name}\n`));
  if (section === undefined) throw new Error(`${page} has no section "${name}".`);
  return parseBlocks(page, section);
}
