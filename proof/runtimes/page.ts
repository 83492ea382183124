import type { Exception } from './exceptions.ts';
import type { Result } from './results.ts';
import { runtimes } from './runtimes.ts';
import { suites } from './suites.ts';
import { asMarkdown, tableOf } from './table.ts';

/** docs/measured/runtimes.md. */
export function pageOf(remembered: readonly Result[], exceptions: readonly Exception[]): string {
  const results = inOrder(remembered);
  return `# The suites under each runtime

The tests of the packages, run by vitest *in* the runtime: what they import, the network and the timers are the runtime's own. Where a
test starts a program of another runtime, it starts that one. \`npm run runtimes\` printed this and wrote this page; a part that is run
again (\`npm run runtimes -- --help\`) takes its cells' place. A short part of it is among the tests.
Tests skip themselves where what they are about does not exist: each says why in its file.

vitest does not run in **workerd**, the runtime of Cloudflare Workers. There a worker of our own (\`proof/runtimes/workerd\`, no
\`nodejs_compat\`) does this in one request: for *memory* the cases of the store kit on \`memoryStore\`; for *core* the same on
\`sealedStore\`, and sessions that sign in at the emulator over HTTP, refresh once for a hundred callers, repeat a refused call, live
through a lost refresh and sign out; for *broker* a browser that signs in, calls the API and signs out. Its cells count these. Files
and Redis are out of its reach: it has no disk, and Redis is no HTTP. A compatibility date of 2023-03-01 or later will do; it was run with
its newest, and the tests run it with both.

Versions: ${versionsOf(results)}; ${daysOf(results)}.

${asMarkdown(tableOf(results))}

${exceptionsOf(exceptions)}`;
}

/** As they run, whatever was run last. */
function inOrder(results: readonly Result[]): Result[] {
  const placeOf = ({ suite, runtime }: Result): number => {
    const column = runtimes.findIndex(({ name }) => name === runtime);
    return suites.findIndex(({ name }) => name === suite) * 100 + (column === -1 ? runtimes.length : column);
  };
  return [...results].sort((a, b) => placeOf(a) - placeOf(b));
}

function versionsOf(results: readonly Result[]): string {
  return [...new Set(results.map(({ runtime, version }) => `${runtime.split(' ')[0]} ${version}`))].join(', ');
}

function daysOf(results: readonly Result[]): string {
  const days = results.map(({ day }) => day).sort();
  return [...new Set([days[0], days.at(-1)])].join(' to ');
}

function exceptionsOf(exceptions: readonly Exception[]): string {
  if (exceptions.length === 0) return 'No test is excepted anywhere.\n';
  const rows = exceptions.map(({ runtimes, file, test, why }) => [runtimes.join(', '), file, test, why]);
  return `## Excepted

These tests run and fail there, for the reason given. One that passes fails the run, so that it is removed from the list.

${asMarkdown([['runtime', 'file', 'test', 'why'], ...rows])}
`;
}
