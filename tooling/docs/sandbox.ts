import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, runtime } from '../bootstrap/paths.mjs';
import { type Block, isProgram, isShell, noteOf } from './blocks/read-blocks.ts';

/**
 * What one shell block of a page printed, and the one that promises what it prints, if there is
 * one.
 */
export interface Ran {
  readonly block: Block;
  readonly printed: string;
  readonly promised: string | null;
}

/** Ports that pages name. Each run gets free ones in their place. */
const ports = ['8400', '8414', '3000', '3001', '5173', '6379'];
/** Those that stand in front of the real ones. */
const commands = [
  'npm',
  'npx',
  'deno',
  'bun',
  'bunx',
  'curl',
  'node',
  'act-on-token',
  'act-on-emulator',
];
const home = fileURLToPath(new URL('.', import.meta.url));
const patience = 150_000;

/**
 * As `attempt`. A port that somebody else took between the look and the use is nobody's fault: then
 * once more, with others.
 */
export async function runPage(...page: Parameters<typeof attempt>): Promise<Ran[]> {
  for (let left = 2; ; left -= 1) {
    try {
      return await attempt(...page);
    } catch (error) {
      if (left === 0 || !/EADDRINUSE|already in use/.test(String(error))) throw error;
    }
  }
}

/**
 * Never one twice, and none that other tests look for: theirs are below 22,000, or the system's own
 * from 32,768 on.
 */
let nextPort = 22_500 + (process.pid % 900) * 10;

async function freePort(): Promise<number> {
  nextPort = nextPort >= 32_000 ? 22_500 : nextPort + 1;
  const server = createServer().listen(nextPort);
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return nextPort;
}

/**
 * Does what a page says, in an empty folder and one shell: writes its files, runs its commands, in
 * their order. `npm`, `npx`, `deno` and `bun` find the packages of this workspace in place of a
 * registry. Rejects with what was printed if a command fails.
 */
async function attempt(
  blocks: readonly Block[],
  env: Readonly<Record<string, string>> = {},
  known: Readonly<Record<string, number>> = {},
): Promise<Ran[]> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-page-'));
  const free = new Map<string, string>();
  for (const port of ports) free.set(port, `${known[port] ?? (await freePort())}`);
  const here = (text: string): string =>
    text.replaceAll(/\b(8400|8414|3000|3001|5173|6379)\b/g, (port) => free.get(port) ?? port);
  const steps = blocks.filter((block) => isShell(block) || block.file !== null);
  try {
    cpSync(join(home, 'shims'), join(folder, '.bin'), { recursive: true });
    mkdirSync(join(folder, 'empty'));
    const script = steps
      .map((block, i) => (isShell(block) ? command(block, i, here) : file(folder, block, here)))
      .join('\n');
    const output = await run(folder, `${prologue}\n${script}\n`, env);
    return steps.flatMap((block, i) =>
      isShell(block)
        ? [{ block, printed: between(output, i), promised: promiseOf(blocks, block, here) }]
        : [],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What runs in the background ends with the shell: `run` ends the whole group. */
const prologue = 'set -eo pipefail';

function command(block: Block, i: number, here: (text: string) => string): string {
  const [before, after] = [noteOf(block, 'before')?.code ?? '', noteOf(block, 'after')?.code ?? ''];
  const code = noteOf(block, 'serves') === undefined ? block.code : untilItServes(block.code);
  return `echo "<<< ${i}"\n${here(`${before}\n${code}\n${after}`)}\necho ">>> ${i}"`;
}

/** A command that never ends is over when it has said something. */
function untilItServes(code: string): string {
  return `{ ${code}\n} > served.txt &\nuntil [ -s served.txt ] || ! kill -0 $!; do sleep 0.1; done; kill -0 $!; cat served.txt; kill $!`;
}

/** Written when its turn comes; what is to lie beside it, too. */
function file(folder: string, block: Block, here: (text: string) => string): string {
  const beside = block.notes
    .filter(({ kind }) => kind === 'beside')
    .map(({ name, code }) => ({ name, code }));
  const all = [{ name: block.file ?? '', code: block.code }, ...beside];
  return all
    .map(({ name, code }, i) => {
      const draft = join(folder, '.bin', `file-${block.line}-${i}`);
      writeFileSync(draft, `${here(code)}\n`);
      return `mkdir -p '${dirname(name)}'; cp '${draft}' '${name}'`;
    })
    .join('\n');
}

function between(output: string, i: number): string {
  return output.slice(
    output.indexOf(`<<< ${i}\n`) + `<<< ${i}\n`.length,
    output.indexOf(`>>> ${i}\n`),
  );
}

/** The `output` block that follows, before the next command. */
function promiseOf(
  blocks: readonly Block[],
  block: Block,
  here: (text: string) => string,
): string | null {
  const next = blocks
    .slice(blocks.indexOf(block) + 1)
    .find((other) => other.isOutput || isShell(other) || isProgram(other));
  return next?.isOutput ? here(next.code) : null;
}

function run(
  folder: string,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  for (const name of commands) chmodSync(join(folder, '.bin', name), 0o755);
  const child = spawn('bash', ['-s'], {
    cwd: join(folder, 'empty'),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: `${join(folder, '.bin')}:${process.env.PATH}:${join(home, 'node_modules', '.bin')}`,
      HOME: folder,
      NO_COLOR: '1',
      DENO_NO_UPDATE_CHECK: '1',
      DOCS_HOME: home,
      DOCS_ROOT: root,
      DOCS_NODE: runtime,
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(script);
  return new Promise((resolve, reject) => {
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // There is nobody left.
      }
    };
    const timer = setTimeout(end, patience);
    child.once('error', reject);
    // What the shell left in the background holds the pipes open: it ends first, then they close.
    child.once('exit', () => {
      clearTimeout(timer);
      end();
    });
    child.once('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`The commands of the page ended with ${code}:\n${output}`)),
    );
  });
}
