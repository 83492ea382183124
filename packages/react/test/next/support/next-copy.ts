import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../../../tooling/bootstrap/paths.mjs';

/**
 * A copy of examples/next-app that a test may build and edit. It lies in the repository, because
 * Next.js looks at nothing above its root.
 */
export interface NextCopy {
  readonly folder: string;
  build(): Promise<void>;
  /** Puts the pages of this test beside those of the example. */
  addPages(from: string): Promise<void>;
  edit(file: string, change: (text: string) => string): Promise<void>;
  remove(): Promise<void>;
}

const example = join(root, 'examples', 'next-app');
const leftBehind = ['node_modules', '.next', 'next-env.d.ts'];

export async function copyOfExample(): Promise<NextCopy> {
  const tools = join(root, '.tools');
  await mkdir(tools, { recursive: true });
  const folder = await mkdtemp(join(tools, 'next-app-'));
  await cp(example, folder, {
    recursive: true,
    filter: (file) => !leftBehind.includes(basename(file)),
  });
  await symlink(join(example, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    async build() {
      await promisify(execFile)(process.execPath, nextCommand(folder, 'build'), {
        cwd: folder,
        env: nextEnvironment({}),
      });
    },
    addPages: (from) => cp(from, join(folder, 'app'), { recursive: true }),
    async edit(name, change) {
      const file = join(folder, name);
      await writeFile(file, change(await readFile(file, 'utf8')));
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export function nextCommand(folder: string, ...args: readonly string[]): string[] {
  return [join(folder, 'node_modules', 'next', 'dist', 'bin', 'next'), ...args];
}

/**
 * Next.js sets NODE_ENV itself. It may not tell anybody how it is used, nor ask a registry how old
 * it is: nobody listens at that proxy.
 */
export function nextEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { NODE_ENV: _, ...env } = process.env;
  const alone = {
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    NO_PROXY: '127.0.0.1',
  };
  return { ...env, NEXT_TELEMETRY_DISABLED: '1', ...alone, ...more };
}
