// Row 1: what a call for a valid token allocates. In a process with room for it: see `roomy`.
import { perCall } from '../harness/time.ts';
import { callsOfAll } from './valid-token.ts';

/** Bytes of one call. */
export async function measure(): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const { name, get } of await callsOfAll()) bytes[name] = await bytesPerCall(get);
  return bytes;
}

async function bytesPerCall(get: () => Promise<string>): Promise<number> {
  const calls = 20_000;
  await perCall(get, calls);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await perCall(get, calls);
  return (process.memoryUsage().heapUsed - before) / calls;
}
