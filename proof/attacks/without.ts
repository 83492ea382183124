// npm run pnpm -- exec node proof/attacks/without.ts [word …]: takes one safeguard away at a time and says which attacks get through then.
// Changes files of this folder while it runs, and puts them back.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Safeguard {
  readonly name: string;
  /** The file of the attacker who meets it. */
  readonly attacker: string;
  readonly file: string;
  readonly text: string | RegExp;
  readonly instead: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const safeguards: readonly Safeguard[] = [
  {
    name: 'the look at whose a directory, an account or a record is',
    attacker: 'another-local-user',
    file: 'packages/file/src/owner.ts',
    text: 'if (user === undefined || uid === user || uid === 0) return;',
    instead: 'if (user !== undefined || uid === 0) return;',
  },
  {
    name: 'the look at directories in which every user may move things away',
    attacker: 'another-local-user',
    file: 'packages/file/src/owner.ts',
    text: 'if (mode & byOthers && !(mayBeSticky && mode & sticky))',
    instead: 'if (mode & byOthers && mayBeSticky && path === "")',
  },
  {
    name: 'the binding of a sealed value to its account and version',
    attacker: 'hostile-store',
    file: 'packages/core/src/sealed-store.ts',
    text: /additionalData: placeOf\(key, version\)/g,
    instead: "additionalData: placeOf('', ''.slice(key.length + version.length))",
  },
  {
    name: 'the check of what a store answers',
    attacker: 'hostile-store',
    file: 'packages/core/src/timed-store.ts',
    text: "if (record !== null && (typeof record.version !== 'string' || typeof record.value !== 'string'))",
    instead: "if (record !== null && typeof record === 'string')",
  },
  {
    name: 'the redaction of what a server says',
    attacker: 'dependency',
    file: 'packages/core/src/errors.ts',
    text: "redacted(redacted(text, secrets).replace(/[^\\x20-\\x7e]+/g, ' '), secrets).trim()",
    instead: 'redacted(text, secrets.slice(secrets.length)).trim()',
  },
  {
    name: 'our own words for the errors of a Redis client',
    attacker: 'dependency',
    file: 'packages/redis/src/run-script.ts',
    text: "new ActOnTokenError('store_unavailable', describe(error))",
    instead: "new ActOnTokenError('store_unavailable', describe(error) + String(Object(error).message))",
  },
  {
    name: 'the printable characters of the command',
    attacker: 'command-line',
    file: 'packages/cli/src/printable.ts',
    text: '/[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]/gu',
    instead: '/(?!)/gu',
  },
  {
    name: 'the second address of localhost',
    attacker: 'command-line',
    file: 'packages/cli/src/login/loopback.ts',
    text: "? ['127.0.0.1', '::1']",
    instead: "? ['127.0.0.1']",
  },
];

const words = process.argv.slice(2);
let failures = 0;
for (const safeguard of safeguards.filter(({ name, attacker }) => words.every((word) => `${name} ${attacker}`.includes(word)))) {
  const through = await without(safeguard);
  if (through.length === 0) failures += 1;
  console.log(`without ${safeguard.name}: ${through.length} attacks of ${safeguard.attacker} get through`);
  for (const name of through) console.log(`  ${name}`);
}
process.exitCode = failures > 0 ? 1 : 0;

async function without({ attacker, file, text, instead }: Safeguard): Promise<string[]> {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(text, () => instead);
  if (after === before) throw new Error(`${file} has no ${text} any more.`);
  const restore = () => writeFileSync(path, before);
  process.once('exit', restore);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  writeFileSync(path, after);
  try {
    const printed = await testsOf(attacker);
    return [...printed.matchAll(/^ {2}got through: (.*)$/gm)].map(([, name = '']) => name);
  } finally {
    restore();
    process.off('exit', restore);
  }
}

function testsOf(attacker: string): Promise<string> {
  return new Promise((resolve) => {
    const args = ['tooling/run.mjs', 'test', `proof/attacks/${attacker}`];
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26, env: { ...process.env, NO_COLOR: '1' } }, (_, stdout) =>
      resolve(stdout),
    );
  });
}
