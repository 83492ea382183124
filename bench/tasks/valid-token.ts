// Row 1: what a token costs that is at hand and valid.

import { memoryStore } from '@act-on-token/memory';
import { peers } from '../clients/all.ts';
import type { Client } from '../clients/client.ts';
import { floor } from '../clients/floor.ts';
import { ours, seeded, sessionOf } from '../clients/ours.ts';
import { type Contestant, interleave, ratios } from '../harness/interleave.ts';
import { cutNetwork, freshTokens, nowhere } from '../harness/no-network.ts';
import { cpuPerCall, perSyncCall } from '../harness/time.ts';

export interface Calls {
  readonly name: string;
  readonly get: () => Promise<string>;
  readonly current: (() => unknown) | null;
}

export interface ValidToken {
  /** Ratios to the floor. */
  readonly get: Record<string, number>;
  readonly current: Record<string, number>;
}

export async function measure({ rounds }: { rounds: number }): Promise<ValidToken> {
  const all = await callsOfAll();
  const gets = await Promise.all(all.map(asyncContestant));
  const get = await interleave(gets, rounds);
  const currents = all.flatMap(({ name, current }): Contestant[] =>
    current === null ? [] : [{ name, run: async () => perSyncCall(current, 200_000) }],
  );
  const current = await interleave(currents, rounds);
  return { get: ratios(get, floor.name), current: ratios(current, floor.name) };
}

export async function callsOfAll(): Promise<Calls[]> {
  cutNetwork();
  return [await callsOfOurs(), ...(await Promise.all([floor, ...peers].map(callsOf)))];
}

/** A session as a user calls it, without an adapter in between. */
async function callsOfOurs(): Promise<Calls> {
  const session = sessionOf(nowhere, await seeded(memoryStore(), nowhere, freshTokens()));
  await session.getAccessToken();
  return {
    name: ours.name,
    get: () => session.getAccessToken(),
    current: () => session.currentAccessToken(),
  };
}

async function callsOf(client: Client): Promise<Calls> {
  const open = await client.open(nowhere, freshTokens());
  const { current } = open;
  return {
    name: client.name,
    get: () => open.getAccessToken(),
    current: current && (() => current()),
  };
}

/**
 * As many calls as take about ten milliseconds: a round must be short beside what else goes on in
 * the machine.
 */
async function asyncContestant({ name, get }: Calls): Promise<Contestant> {
  const pilot = await cpuPerCall(get, 2_000);
  const calls = Math.min(200_000, Math.max(100, Math.round(10e6 / pilot)));
  return { name, run: () => cpuPerCall(get, calls) };
}
