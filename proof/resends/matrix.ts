import { asText } from '../../tooling/figures.ts';
import type { Situation } from './client.ts';
import type { Client, Errand } from './clients.ts';
import {
  type Drop,
  type DroppingServer,
  fingerprint,
  startDroppingServer,
} from './dropping-server.ts';

export const situations: readonly Situation[] = [
  'a refresh after an API call',
  'a refresh after a refresh',
  'a message after an API call',
];

/** How often the server read a POST that it dropped once: the worse of two ways to drop it. */
export interface Row {
  readonly client: string;
  readonly situation: Situation;
  readonly withRemedy: number;
  readonly without: number;
}

/** Sends everything with and without the remedy. `script` is what pages run. */
export async function measure(client: Client, script: string): Promise<Row[]> {
  const cases = situations.flatMap((situation) =>
    [true, false].flatMap((hasRemedy) =>
      (['FIN', 'RST'] as const).map((drop) => ({ situation, hasRemedy, drop })),
    ),
  );
  const counts = await countPosts(client, script, cases);
  return situations.map((situation) => {
    const most = (hasRemedy: boolean): number =>
      Math.max(
        ...cases.map((each, i) =>
          each.situation === situation && each.hasRemedy === hasRemedy ? (counts[i] ?? 0) : 0,
        ),
      );
    return { client: client.name, situation, withRemedy: most(true), without: most(false) };
  });
}

type Case = Omit<Errand, 'port'> & { readonly drop: Drop };

/** Each against a server of its own, as browsers share connections between pages. */
async function countPosts(
  client: Client,
  script: string,
  cases: readonly Case[],
): Promise<number[]> {
  const page = `<!doctype html><script type="module">${script}</script>`;
  const servers = await Promise.all(cases.map(({ drop }) => startDroppingServer(drop, page)));
  const errands = cases.map((each, i) => ({ ...each, port: servers[i]?.port ?? 0 }));
  try {
    const told = await client.attempt(errands);
    return servers.map((server, i) => readCount(cases[i] as Case, server, told[i], client.name));
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** Without a remedy the connection must have been used again, or nothing was shown. */
function readCount(
  { situation, hasRemedy }: Case,
  server: DroppingServer,
  told: string | undefined,
  client: string,
): number {
  const isMessage = situation === 'a message after an API call';
  const { read, dropped } = server.countOf(
    isMessage ? '/api/1/message/m-1/send' : fingerprint('refresh-1'),
  );
  if (!hasRemedy && dropped !== 1)
    throw new Error(`${client} sent ${situation} on a connection of its own.`);
  const isAnswered = told === 'granted' || told === 'answered';
  if (isAnswered !== read > dropped)
    throw new Error(`${client} said "${told}" of ${situation}, which is not what happened.`);
  return read;
}

export function resendTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ client }) => client.length));
  const lines = rows.map(({ client, situation, withRemedy, without }) => [
    client,
    situation,
    `${withRemedy}`,
    `${without}`,
  ]);
  const head = ['POSTs that the server read', '', 'with remedy', 'without'];
  return [head, ...lines]
    .map(
      ([client = '', situation = '', ...counts]) =>
        ` ${client.padEnd(width)}  ${situation.padEnd(28)}${counts.map((each) => each.padStart(13)).join('')}`,
    )
    .join('\n');
}

/**
 * How often the broker read a page's request for a new token, as its answer was lost, and how often
 * Act-On read a refresh.
 */
export interface BrokerRow {
  readonly client: string;
  readonly byBroker: number;
  readonly byActOn: number;
}

export function brokerTable(rows: readonly BrokerRow[]): string {
  const lines = rows.map(({ client, byBroker, byActOn }) => [client, `${byBroker}`, `${byActOn}`]);
  return asText([['POSTs through the broker', 'read by it', 'by Act-On'], ...lines]);
}
