import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const worker = at('../worker/worker.ts');

export interface Runtime {
  readonly name: 'node' | 'deno' | 'bun';
  readonly command: readonly string[];
}

const node: Runtime = { name: 'node', command: [execPath, worker] };
const deno: Runtime = {
  name: 'deno',
  command: [
    at('../node_modules/deno/deno'),
    'run',
    '--no-prompt',
    '--allow-all',
    `--config=${at('../deno.json')}`,
    worker,
  ],
};
const bun: Runtime = {
  name: 'bun',
  command: [at('../node_modules/bun/bin/bun.exe'), 'run', worker],
};

/** Mostly Node, and from three on one Deno and one Bun. */
export function runtimesOf(processes: number): Runtime[] {
  const others = processes >= 3 ? [deno, bun] : [];
  return [...Array.from({ length: processes - others.length }, () => node), ...others];
}
