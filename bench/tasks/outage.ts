// Row 3: the token endpoint answers 503 for a while; callers come in waves, and go on asking
// afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { clientNamed } from '../clients/all.ts';
import { startActOn } from '../harness/act-on.ts';

export interface Outage {
  /** Token requests per wave of callers. */
  readonly requestsPerWave: number;
  readonly grants: number;
  /**
   * Seconds from the end of the outage until a caller got a token; `null`: not within `patience`.
   */
  readonly usableAfter: number | null;
}

const waves = 5;
const callers = 20;
const betweenWaves = 1_000;
const patience = 45_000;

export async function measure({ client }: { client: string }): Promise<Outage> {
  console.warn = console.error = () => {};
  const actOn = await startActOn();
  const place = actOn.place(0);
  const open = await clientNamed(client).open(place, await actOn.signInLapsed(place));
  const before = await actOn.counts();
  await actOn.arm({ route: 'token', kind: 'status', status: 503, times: null });
  for (let wave = 0; wave < waves; wave += 1) {
    void Promise.allSettled(Array.from({ length: callers }, () => open.getAccessToken()));
    await sleep(betweenWaves);
  }
  const after = await actOn.counts();
  await actOn.disarm();
  const usableAfter = await secondsUntil(() => open.getAccessToken());
  const end = await actOn.counts();
  await actOn.stop();
  const requests = after.refreshes + after.grants - before.refreshes - before.grants;
  return { requestsPerWave: requests / waves, grants: end.grants - before.grants, usableAfter };
}

async function secondsUntil(call: () => Promise<unknown>): Promise<number | null> {
  const start = performance.now();
  while (performance.now() - start < patience) {
    const inTime = await Promise.race([
      call().then(() => true),
      sleep(1_000).then(() => false),
    ]).catch(() => false);
    if (inTime) return (performance.now() - start) / 1_000;
    await sleep(100);
  }
  return null;
}
