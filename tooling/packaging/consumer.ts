import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root, runtime } from '../bootstrap/paths.mjs';
import { installerEnv, runQuietly } from '../bootstrap/processes.mjs';

/** Somebody who has Node, Deno and Bun, an empty home, and has never heard of this repository. */
export interface Consumer {
  /** An empty folder. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a program there; resolves with what it printed, rejects with that if it fails. */
  run(file: string, ...args: string[]): Promise<string>;
  write(name: string, content: string): void;
  remove(): void;
}

const modules = join(root, 'tooling', 'packaging', 'node_modules');
const programs: Readonly<Record<string, string>> = {
  node: runtime,
  deno: join(modules, 'deno', 'deno'),
  bun: join(modules, 'bun', 'bin', 'bun.exe'),
  bunx: join(modules, 'bun', 'bin', 'bunx.exe'),
};

/** All that package managers download for them comes from `registry`. */
export function createConsumer(registry: string): Consumer {
  const base = mkdtempSync(join(tmpdir(), 'act-on-token-consumer-'));
  const [folder, home, bin] = ['project', 'home', 'bin'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [folder, home, bin]) mkdirSync(each);
  for (const [name, program] of Object.entries(programs)) symlinkSync(program, join(bin, name));
  const env = environment(home, bin, registry);
  return {
    folder,
    env,
    run: (file, ...args) => runQuietly(file, args, { cwd: folder, env }),
    write(name, content) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    },
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/**
 * What each of npm, pnpm, yarn, Deno and Bun reads its registry from, and none of what this machine
 * has been told before.
 */
function environment(home: string, bin: string, registry: string): NodeJS.ProcessEnv {
  const { PATH = '', HOME: _, ...inherited } = installerEnv();
  const foreign = /^(npm_|pnpm_|yarn_|bun_|deno_|act_on_|vitest|node_env$|node_options$|xdg_)/i;
  const kept = Object.entries(inherited).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    PATH: [bin, join(home, 'global', 'bin'), PATH].join(delimiter),
    npm_config_prefix: join(home, 'global'),
    npm_config_registry: registry,
    NPM_CONFIG_REGISTRY: registry,
    BUN_CONFIG_REGISTRY: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    NEXT_TELEMETRY_DISABLED: '1',
    YARN_ENABLE_TELEMETRY: '0',
    NO_COLOR: '1',
  };
}
