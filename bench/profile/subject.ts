// The process that is profiled: `subject.ts <what> time|bytes <file> <port of Redis>`. It does one
// thing so often that a sampler sees where it goes, and samples only that: not the start of the
// process.
import { writeFileSync } from 'node:fs';
import { Session as Inspector } from 'node:inspector/promises';

import { createSessionPool, type TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { endpointAt, seeded, sessionOf } from '../clients/ours.ts';
import { cutNetwork, freshTokens, nowhere } from '../harness/no-network.ts';
import { perCall } from '../harness/time.ts';

type Call = () => Promise<unknown>;

/** What is called, and how often. */
const subjects: Readonly<Record<string, (redis: Redis) => Promise<readonly [Call, number]>>> = {
  async getAccessToken() {
    const session = sessionOf(nowhere, await seeded(memoryStore(), nowhere, freshTokens()));
    return [() => session.getAccessToken(), 5_000_000];
  },
  async fetch() {
    const session = sessionOf(nowhere, await seeded(memoryStore(), nowhere, freshTokens()));
    return [() => session.fetch('/api/1/account'), 100_000];
  },
  refresh: async () => [await refresher(memoryStore()), 20_000],
  refreshOverRedis: async (redis) => [await refresher(redisStore(redis)), 5_000],
};

/** Act-On answers at once, so that what is seen is ours and the store's. */
async function refresher(store: TokenStore): Promise<Call> {
  let issued = 0;
  globalThis.fetch = async () => {
    issued += 1;
    return Response.json({
      access_token: `access-${issued}`,
      refresh_token: `refresh-${issued}`,
      token_type: 'Bearer',
      expires_in: 3_600,
    });
  };
  await seeded(store, nowhere, freshTokens());
  const session = createSessionPool({
    endpoint: endpointAt(nowhere),
    store,
    minRefreshInterval: 0,
  }).get(nowhere.username);
  await session.ready();
  return () => session.getAccessToken({ rejected: session.currentAccessToken() ?? '' });
}

async function sampled(
  inspector: Inspector,
  what: string,
  work: () => Promise<unknown>,
): Promise<object> {
  if (what === 'time') {
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.start');
    await work();
    return (await inspector.post('Profiler.stop')).profile;
  }
  // What is collected again at once counts too: on a hot path that is all there is.
  await inspector.post('HeapProfiler.startSampling', {
    samplingInterval: 32_768,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await work();
  return (await inspector.post('HeapProfiler.stopSampling')).profile;
}

const [, , name = '', what = '', file = '', port = '0'] = process.argv;
const redis = new Redis({ port: Number(port), lazyConnect: true });
cutNetwork();
const [call, times] = (await subjects[name]?.(redis)) ?? [async () => {}, 0];
await perCall(call, times / 10);
const inspector = new Inspector();
inspector.connect();
writeFileSync(
  file,
  JSON.stringify(
    await sampled(inspector, what, () => perCall(call, what === 'time' ? times : times / 10)),
  ),
);
process.exit(0);
