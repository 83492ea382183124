import { cpus, totalmem } from 'node:os';
import { type Row, verdict } from './harness/row.ts';
import { asMarkdown, mainTable, peerTable } from './harness/table.ts';
import { peerVersions } from './peers/ensure-peers.ts';

/** docs/measured/benchmark.md: the table, every peer's medians, and under what circumstances. */
export function page(rows: readonly Row[], seconds: number): string {
  const judged = rows.map(verdict).filter((each) => each !== '–');
  const met = judged.filter((each) => each === 'met').length;
  const versions = Object.entries(peerVersions()).map(([name, version]) => `${name} ${version}`);
  return `# Beside other clients, and beside the least code that does the job

    npm run bench

Our packages, the peers and the floors are measured in the same run, in turn, so that whatever else the machine does strikes all of
them alike. A cell is the median, in brackets the least and the greatest of several processes or rounds; what counts are the ratios.
${met} of ${judged.length} goals are met; [limits.md](limits.md) shows why the others are not.

${asMarkdown(mainTable(rows))}

The floor is the least code that does the job while nothing goes wrong: a variable and a look at the clock, a map and \`JSON.parse\`, one
flight, one write that claims and one that commits. It is no client: it recovers from nothing. Group 9 tells how figures grow and has no goals.

Group 1, stubbed requests, ky and the cold start from memory count CPU time, which other work on the machine disturbs less; all else is by the clock.

## Every peer

The medians. "Not offered": the client has no such function, keeps no tokens, or works only in a page or with its own issuer;
@azure/msal-node, @auth0/auth0-spa-js and react-oauth2-code-pkce were set up for group 7 alone. In group 3 and 5 a client that took
seconds was measured once.

${asMarkdown(peerTable(rows))}

## Measured

On ${new Date().toISOString().slice(0, 10)} in ${seconds} s: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, Act-On played by the emulator
in a process of its own (refresh tokens work once, a new grant kills the pair before it), Redis on loopback.
Peers: ${versions.join(', ')}.
`;
}
