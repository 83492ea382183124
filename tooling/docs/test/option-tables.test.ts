import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coreTables } from '../../../proof/options/core-tables.ts';
import { packageTables } from '../../../proof/options/package-tables.ts';
import type { Rule, Table } from '../../../proof/options/table.ts';
import { root } from '../../bootstrap/paths.mjs';

const sections = readFileSync(join(root, 'docs/reference/options.md'), 'utf8').split(/^(?=##)/m);

/** Where the page has the options of a type: the beginnings of its sections. */
const places: Readonly<Record<string, readonly string[]>> = {
  SessionOptions: ['## createSession\n'],
  AccessTokenOptions: ['### getAccessToken'],
  ActOnEndpointOptions: ['## actOnEndpoint'],
  AuthorizationUrlOptions: ['## authorizationUrl'],
  OAuthEndpointOptions: ['## oauthEndpoint'],
  DiscoverEndpointOptions: ['## oauthEndpoint', '## discoverEndpoint'],
  AuthorizationOptions: ['## authorizationRequest'],
  SessionPoolOptions: ['## createSession\n', '## createSessionPool'],
  SealingKeys: ['## Stores'],
  PollingWatchOptions: ['## Stores'],
  MemoryStoreOptions: ['## Stores'],
  FileStoreOptions: ['## Stores'],
  IndexedDbStoreOptions: ['## Stores'],
  RedisStoreOptions: ['## Stores'],
  PostgresStoreOptions: ['## Stores'],
  MysqlStoreOptions: ['## Stores'],
  SqliteStoreOptions: ['## Stores'],
  DurableObjectStoreOptions: ['## Stores'],
  DenoKvStoreOptions: ['## Stores'],
  DynamoDbStoreOptions: ['## Stores'],
  BrokerOptions: ['## createBroker\n'],
  BrokerSessionOptions: ['## createBrokerSession'],
  RateLimitOptions: ['## ky'],
};
const documented = [...coreTables, ...packageTables].filter(
  ({ type }) => places[type] !== undefined,
);
const cases = documented.flatMap((table) =>
  Object.keys(table.rules).map((option) => ({ type: table.type, option, table })),
);

describe('the page of options agrees with the tables', () => {
  it('in every section', () => {
    expect(documented.map(({ type }) => type).sort()).toEqual(Object.keys(places).sort());
  });

  it.each(cases)(
    'on $option of $type: whether it is required, its default and its range',
    ({ table, option }) => {
      const faults = rowsOf(table, option).map((row) => faultsOf(row, table.rules[option] as Rule));
      expect(faults.length, 'it is in the table').toBeGreaterThan(0);
      // Where stores share a name, one row is about this one.
      expect(
        faults.some((each) => each.length === 0),
        JSON.stringify(faults),
      ).toBe(true);
    },
  );
});

function rowsOf({ type }: Table, option: string): string[] {
  const text = sections
    .filter((section) => places[type]?.some((heading) => section.startsWith(heading)))
    .join('\n');
  const names = (row: string): string[] => row.split(/ ?\| /).flatMap((cell) => cell.split(', '));
  return text
    .split('\n')
    .filter((row) => row.startsWith('|') && names(row).includes(`\`${option}\``));
}

/** What is wanted and is not in the row. */
function faultsOf(row: string, [is, fallback]: Rule): string[] {
  const wanted = [
    ...(fallback === null ? ['required'] : []),
    ...defaultIn(fallback),
    ...rangeIn(is),
  ];
  const isWrong = row.includes('| required |') && fallback !== null;
  return [
    ...wanted.filter((text) => !plain(row).includes(plain(text))),
    ...(isWrong ? ['not required'] : []),
  ];
}

function defaultIn(fallback: unknown): string[] {
  if (fallback === 30 * 86_400_000) return ['30 days'];
  return ['string', 'number', 'boolean'].includes(typeof fallback) ? [shown(fallback)] : [];
}

function rangeIn(is: unknown): string[] {
  if (!Array.isArray(is) || typeof is[0] !== 'number') return [];
  const [least, most] = is as [number, number];
  if (most === Number.POSITIVE_INFINITY) return [`from ${shown(least)}`, 'Infinity'];
  if (most === Number.MAX_SAFE_INTEGER) return [`${shown(least)} at least`];
  return least === 86_400_000
    ? ['a day at least', `to ${shown(most)}`]
    : [`from ${shown(least)} to ${shown(most)}`];
}

const shown = (value: unknown): string =>
  typeof value === 'number' ? value.toLocaleString('en') : String(value);
const plain = (text: string): string => text.replaceAll(/(?<=\d)[,_](?=\d)/g, '');
