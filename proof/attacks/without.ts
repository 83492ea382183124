// npm run pnpm -- exec node proof/attacks/without.ts [word …]: takes one safeguard away at a time
// and says which attacks get through then. Changes files of this folder while it runs, and puts
// them back.
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
    name: 'the care for white space at the names of cookies',
    attacker: 'sibling-host',
    file: 'packages/broker/src/cookies.ts',
    text: 'parseCookie(pair, ',
    instead: 'parseCookie(pair.trim(), ',
  },
  {
    name: 'the person who presses a button before a sign-in that another site asks for',
    attacker: 'website',
    file: 'packages/broker/src/routes/login.ts',
    text: 'if (isForeign(visit))',
    instead: "if (isForeign(visit) && query.has('never'))",
  },
  {
    name: 'the look at where a request comes from',
    attacker: 'website',
    file: 'packages/broker/src/guard.ts',
    text: "if (site !== null && site !== 'same-origin')",
    instead: "if (site === 'never')",
  },
  {
    name: 'the refusal of an account that the page does not show',
    attacker: 'app-user',
    file: 'packages/broker/src/routes.ts',
    text: 'await currentMembership(context, visit, id);',
    instead:
      'await currentMembership(context, visit, id) ?? await currentMembership(context, visit, null);',
  },
  {
    name: 'the owner of a token that a page kept',
    attacker: 'app-user',
    file: 'packages/broker/src/client/kept-token.ts',
    text: 'return a?.accountId === b?.accountId && a?.signIn === b?.signIn;',
    instead: 'return a === b || (a !== null && b !== null);',
  },
  {
    name: 'the end of a session',
    attacker: 'app-user',
    file: 'packages/broker/src/membership.ts',
    text: 'settings.now() - signedInAt >= settings.maxSessionAge',
    instead: 'settings.now() - signedInAt >= Number.MAX_VALUE',
  },
  {
    name: 'the digest of a body that comes again',
    attacker: 'app-user',
    file: 'packages/broker/src/replies.ts',
    text: 'if (entry.digest !== null && digest !== entry.digest) throw another();',
    instead: 'if (digest === undefined) throw another();',
  },
  {
    name: 'the memory of codes that were sent',
    attacker: 'stranger',
    file: 'packages/broker/src/routes/callback.ts',
    text: 'if ((await isUsed(settings, ids, pendingLifetime)) || sentCodes.has(code)) return null;',
    instead: 'if (await isUsed(settings, [], pendingLifetime)) return null;',
  },
  {
    name: 'the memory of a rate refusal',
    attacker: 'stranger',
    file: 'packages/broker/src/grant-pause.ts',
    text: 'if (until > this.#settings.now() && !isFlood) throw limited(until);',
    instead: 'if (until < 0 && !isFlood) throw limited(until);',
  },
  {
    name: 'the end of redirects',
    attacker: 'hostile-act-on',
    file: 'packages/broker/src/routes/api.ts',
    text: '(status >= 300 && status < 400 && status !== 304)',
    instead: 'status === 399',
  },
  {
    name: 'the list of headers that may pass',
    attacker: 'hostile-act-on',
    file: 'packages/broker/src/proxy-headers.ts',
    text: 'const passed = pick(headers, responseHeaders);',
    instead: 'const passed = pick(headers, [...responseHeaders, ...headers.keys()]);',
  },
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
    instead:
      "new ActOnTokenError('store_unavailable', describe(error) + String(Object(error).message))",
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
for (const safeguard of safeguards.filter(({ name, attacker }) =>
  words.every((word) => `${name} ${attacker}`.includes(word)),
)) {
  const through = await without(safeguard);
  if (through.length === 0) failures += 1;
  console.log(
    `without ${safeguard.name}: ${through.length} attacks of ${safeguard.attacker} get through`,
  );
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
    execFile(
      process.execPath,
      args,
      { cwd: root, maxBuffer: 2 ** 26, env: { ...process.env, NO_COLOR: '1' } },
      (_, stdout) => resolve(stdout),
    );
  });
}
