import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../../../../tooling/bootstrap/paths.mjs';
import { nextCommand, nextEnvironment } from '../../../react/test/next/support/next-copy.ts';

type Handle = (request: Request) => Response | Promise<Response>;

/** What the route handlers of the app do in the test that is under way. */
interface Routes {
  readonly auth: Handle;
  readonly me: Handle;
  readonly rest: Handle;
}

/** Its own types would change those of `process.env` for every file of this repository. */
const next = createRequire(import.meta.url)('next') as (options: object) => {
  prepare(): Promise<void>;
  getRequestHandler(): (...parameters: Parameters<RequestListener>) => Promise<void>;
};

interface Built {
  readonly folder: string;
  readonly handle: RequestListener;
}

const app = fileURLToPath(new URL('next-app', import.meta.url));
const installed = fileURLToPath(new URL('../../node_modules', import.meta.url));
const built = new Map<string, Promise<Built>>();

/** Next.js in production, in this process, with this in its environment. Built once for each. */
export async function nextApp(
  env: Readonly<Record<string, string>>,
  routes: Routes,
): Promise<RequestListener> {
  const { handle } = await (built.get(JSON.stringify(env)) ?? build(env));
  Object.assign(globalThis, { actOnMount: routes });
  return handle;
}

export async function removeNextApps(): Promise<void> {
  for (const each of built.values()) await rm((await each).folder, { recursive: true });
  built.clear();
}

function build(env: Readonly<Record<string, string>>): Promise<Built> {
  const making = make(env);
  built.set(JSON.stringify(env), making);
  return making;
}

async function make(env: Readonly<Record<string, string>>): Promise<Built> {
  const tools = join(root, '.tools');
  await mkdir(tools, { recursive: true });
  const folder = await mkdtemp(join(tools, 'next-mount-'));
  await cp(app, folder, { recursive: true });
  await symlink(installed, join(folder, 'node_modules'));
  await promisify(execFile)(process.execPath, nextCommand(folder, 'build'), {
    cwd: folder,
    env: nextEnvironment(env),
  });
  const server = next({ dev: false, dir: folder, quiet: true });
  await server.prepare();
  const handle = server.getRequestHandler();
  return { folder, handle: (request, response) => void handle(request, response) };
}
