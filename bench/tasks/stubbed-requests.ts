// Row 2: what a client adds to a request that the network answers at once.
import { actOnKy } from '@act-on-token/ky';
import { memoryStore } from '@act-on-token/memory';
import ky from 'ky';
import { peers } from '../clients/all.ts';
import type { Client } from '../clients/client.ts';
import { floor } from '../clients/floor.ts';
import { ours, seeded, sessionOf } from '../clients/ours.ts';
import { type Contestant, interleave, medians, ratios } from '../harness/interleave.ts';
import { cutNetwork, freshTokens, nowhere } from '../harness/no-network.ts';
import { cpuPerCall } from '../harness/time.ts';

export interface StubbedRequests {
  /** Microseconds more than the bare call of a fetch that answers at once. */
  readonly added: Record<string, number>;
  /** Ratio to ky with a hook of one line. */
  readonly ky: Record<string, number>;
}

const path = '/api/1/account';
const calls = 300;

export async function measure({ rounds }: { rounds: number }): Promise<StubbedRequests> {
  cutNetwork();
  const bare: Contestant = {
    name: 'bare',
    run: () => cpuPerCall(() => fetch(nowhere.origin + path), calls),
  };
  const clients = await Promise.all([ours, floor, ...peers].map(contestant));
  const total = medians(await interleave([bare, ...clients.flat()], rounds));
  const added = Object.fromEntries(
    clients.flat().map(({ name }) => [name, ((total[name] ?? 0) - (total.bare ?? 0)) / 1_000]),
  );
  return { added, ky: ratios(await interleave(await kyContestants(), rounds), floor.name) };
}

async function contestant(client: Client): Promise<Contestant[]> {
  const { fetch } = await client.open(nowhere, freshTokens());
  return fetch === null
    ? []
    : [{ name: client.name, run: () => cpuPerCall(() => fetch(path), calls) }];
}

async function kyContestants(): Promise<Contestant[]> {
  const tokens = freshTokens();
  const session = sessionOf(nowhere, await seeded(memoryStore(), nowhere, tokens));
  await session.ready();
  const api = actOnKy(session);
  const authorize = ({ request }: { request: Request }): void =>
    request.headers.set('authorization', `Bearer ${tokens.accessToken}`);
  const plain = ky.create({
    prefix: nowhere.origin,
    fetch: (input, init) => globalThis.fetch(input, init),
    hooks: { beforeRequest: [authorize] },
  });
  return [
    { name: ours.name, run: () => cpuPerCall(() => api.get(path.slice(1)), calls) },
    { name: floor.name, run: () => cpuPerCall(() => plain.get(path.slice(1)), calls) },
  ];
}
