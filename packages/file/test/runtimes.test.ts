import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { storeCases } from '@act-on-token/store-kit';
import { describe, expect, it } from 'vitest';
import { freshFolder } from './support/fresh-folder.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const programs = at('../../../examples/one-file/node_modules');
const support = at('./support');
const directory = freshFolder();

/** Each with no more rights than the README says, and from the sources: Bun finds them by tsconfig.json. */
const runtimes = [
  { name: 'Node', command: [process.execPath, '--import', at('../../../tooling/from-source.ts')] },
  {
    name: 'Deno',
    command: [
      join(programs, 'deno/deno'),
      ...['run', '--no-prompt', '--no-config', `--import-map=${join(support, 'import-map.json')}`],
      ...[`--allow-read=${directory}`, `--allow-write=${directory}`],
    ],
  },
  { name: 'Bun', command: [join(programs, 'bun/bin/bun.exe'), 'run'] },
];

describe.each(runtimes)('under $name', { timeout: 60_000 }, ({ name, command: [program = '', ...args] }) => {
  it('fileStore passes the store kit, and lets the program end', async () => {
    const env = { PATH: process.env.PATH, HOME: join(directory, 'home'), NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
    const own = join(directory, name);
    const { stdout, stderr } = await promisify(execFile)(program, [...args, join(support, 'run-kit.ts'), own], { env });
    expect({ ...JSON.parse(stdout), stderr }).toEqual({ cases: storeCases.length, broken: [], stderr: '' });
    expect(readdirSync(own).length).toBeGreaterThan(storeCases.length / 2);
  });
});
