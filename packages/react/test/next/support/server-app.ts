import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ServedEmulator } from '@act-on-token/emulator';
import { root } from '../../../../../tooling/bootstrap/paths.mjs';
import { nextCommand, nextEnvironment } from './next-copy.ts';

const app = fileURLToPath(new URL('../server-app', import.meta.url));

/** By their major version: where each Next.js is installed, with its React. */
const installed = {
  14: join(root, 'tooling', 'next-14'),
  16: join(root, 'examples', 'next-app'),
} as const;

export type NextVersion = keyof typeof installed;
export const nextVersions: readonly NextVersion[] = [14, 16];

/**
 * A copy of `server-app`: pages that call Act-On while they are rendered, and one that does through
 * a broker.
 */
export interface ServerApp {
  readonly folder: string;
  /** What `next build` printed. */
  build(env: Readonly<Record<string, string>>): Promise<string>;
  /** Which files hold one of these texts, be it as it is or in Base64. */
  filesWith(texts: readonly string[]): Promise<string[]>;
  remove(): Promise<void>;
}

export async function copyOfServerApp(version: NextVersion): Promise<ServerApp> {
  const tools = join(root, '.tools');
  await mkdir(tools, { recursive: true });
  const folder = await mkdtemp(join(tools, `next-${version}-`));
  await cp(app, folder, { recursive: true });
  await symlink(join(installed[version], 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    async build(env) {
      const options = { cwd: folder, env: nextEnvironment(env) };
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        nextCommand(folder, 'build'),
        options,
      );
      return stdout + stderr;
    },
    async filesWith(texts) {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = found
        .filter((each) => each.isFile())
        .map((each) => join(each.parentPath, each.name));
      const holds = await Promise.all(
        files.map(async (file) => mentions(await readFile(file, 'latin1'), texts)),
      );
      return files.filter((_, i) => holds[i]).map((file) => file.slice(folder.length + 1));
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Next.js keeps the bodies in its data cache in Base64. */
function mentions(content: string, texts: readonly string[]): boolean {
  const encoded = content.match(/[\w+/-]{40,}={0,2}/g) ?? [];
  const decoded = encoded.map((each) => Buffer.from(each, 'base64').toString('latin1'));
  return texts.some((text) => [content, ...decoded].some((each) => each.includes(text)));
}

/** Every token that this Act-On ever gave. */
export function tokensOf(emulator: ServedEmulator): string[] {
  const state = JSON.stringify(emulator.exportState());
  return [
    ...new Set(
      state
        .match(/eyJ[\w-]+\.[\w-]+\.[\w-]+|"[\w-]{32,}"/g)
        ?.map((each) => each.replaceAll('"', '')),
    ),
  ];
}
