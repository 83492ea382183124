// Row 2: requests and refresh grants over HTTP on loopback, beside bare ones.
import { memoryStore } from '@act-on-token/memory';
import { badgatewayClient } from '../clients/badgateway.ts';
import type { Place, Tokens } from '../clients/client.ts';
import { floor, refreshGrant } from '../clients/floor.ts';
import { googleClient } from '../clients/google.ts';
import { oauth4webapiRefresh, openidClientRefresh } from '../clients/grant-only.ts';
import { endpointAt, ours, seeded, sessionOf } from '../clients/ours.ts';
import { simpleToken } from '../clients/simple-oauth2.ts';
import { type Contestant, interleave, ratios } from '../harness/interleave.ts';
import { perCall } from '../harness/time.ts';

export interface ServedRequests {
  /** Ratio to a bare fetch with the header. */
  readonly latency: Record<string, number>;
  /** Ratio to a bare POST and its JSON. */
  readonly grant: Record<string, number>;
}

export interface Input {
  readonly rounds: number;
  /** One for each contestant of the grant, for a grant spends what another holds. */
  readonly accounts: readonly { readonly place: Place; readonly tokens: Tokens }[];
}

const perRound = 20;

export async function measure({ rounds, accounts }: Input): Promise<ServedRequests> {
  const [first] = accounts;
  if (first === undefined) throw new Error('There must be accounts.');
  const latency = ratios(await interleave(await requests(first), rounds), floor.name);
  const grants: Contestant[] = [];
  for (const [index, [name, start]] of Object.entries(refreshers).entries()) {
    const account = accounts[index];
    if (account === undefined) throw new Error('There must be an account for each way to refresh.');
    const refresh = await start(account.place, account.tokens);
    grants.push({ name, run: () => perCall(refresh, perRound) });
  }
  return { latency, grant: ratios(await interleave(grants, rounds), floor.name) };
}

async function requests({ place, tokens }: Input['accounts'][number]): Promise<Contestant[]> {
  const session = sessionOf(
    place,
    await seeded(memoryStore(), place, { ...tokens, expiresAt: Date.now() + 3_500_000 }),
  );
  await session.ready();
  const path = '/api/1/account';
  const headers = { authorization: `Bearer ${tokens.accessToken}` };
  const bare = async (): Promise<string> => (await fetch(place.origin + path, { headers })).text();
  const authorized = async (): Promise<string> => (await session.fetch(path)).text();
  return [
    { name: ours.name, run: () => perCall(authorized, perRound) },
    { name: floor.name, run: () => perCall(bare, perRound) },
  ];
}

type Refresh = () => Promise<unknown>;

/** Each goes on with the pair that the last refresh brought. */
const refreshers: Readonly<Record<string, (place: Place, tokens: Tokens) => Promise<Refresh>>> = {
  [floor.name]: async (place, tokens) => {
    let { refreshToken } = tokens;
    return async () => ({ refreshToken } = await refreshGrant(place, refreshToken));
  },
  [ours.name]: async (place, tokens) => {
    const endpoint = endpointAt(place);
    let { refreshToken } = tokens;
    return async () => {
      const outcome = await endpoint.send(
        { type: 'refresh_token', refreshToken },
        new AbortController().signal,
      );
      if (outcome.type !== 'granted') throw new Error(`The refresh ended as ${outcome.type}.`);
      refreshToken = outcome.refreshToken ?? refreshToken;
    };
  },
  '@badgateway/oauth2-client': async (place, tokens) => {
    const client = await badgatewayClient(place);
    let pair = tokens;
    return async () => (pair = await client.refreshToken(pair));
  },
  'google-auth-library': async (place, tokens) => {
    const client = await googleClient(place, tokens);
    // By itself it goes on with the refresh token that it began with, which is spent.
    client.on('tokens', ({ refresh_token }) =>
      queueMicrotask(() => client.setCredentials({ refresh_token: refresh_token ?? null })),
    );
    return () => client.refreshAccessToken();
  },
  'simple-oauth2': async (place, tokens) => {
    let token = await simpleToken(place, tokens);
    return async () => (token = await token.refresh());
  },
  oauth4webapi: oauth4webapiRefresh,
  'openid-client': openidClientRefresh,
};

export const accountsNeeded: number = Object.keys(refreshers).length;
