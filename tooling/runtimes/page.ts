import type { Exception } from './exceptions.ts';
import type { Outcome } from './suites.ts';
import { asMarkdown, tableOf } from './table.ts';

/** docs/measured/runtimes.md. */
export function pageOf(outcomes: readonly Outcome[], exceptions: readonly Exception[], versions: readonly string[]): string {
  const day = new Date().toISOString().slice(0, 10);
  return `# The suites under each runtime

The tests of the packages, run by vitest *in* the runtime: what they import, the network and the timers are the runtime's own. Where a
test starts a program of another runtime, it starts that one. \`npm run runtimes\` printed this and wrote this page
(\`npm run runtimes -- --help\` tells how to run a part); a short part of it is among the tests.
Tests skip themselves where what they are about does not exist: each says why in its file.

Versions: ${versions.join(', ')}; ${day}.

${asMarkdown(tableOf(outcomes))}

${exceptionsOf(exceptions)}`;
}

function exceptionsOf(exceptions: readonly Exception[]): string {
  if (exceptions.length === 0) return 'No test is excepted anywhere.\n';
  const rows = exceptions.map(({ runtimes, file, test, why }) => [runtimes.join(', '), file, test, why]);
  return `## Excepted

These tests run and fail there, for the reason given. One that passes fails the run, so that it is removed from the list.

${asMarkdown([['runtime', 'file', 'test', 'why'], ...rows])}
`;
}
