const milli = 1_000_000n;

/** Milliseconds that `work` took. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / Number(milli);
}

/**
 * Nanoseconds of this process's own work for one of `times` calls, each awaited: what others do on
 * the same machine does not count.
 */
export async function cpuPerCall(call: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage();
  await repeated(call, times);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / times;
}

/** Nanoseconds by the clock of one of `times` calls, each awaited. */
export async function perCall(call: () => Promise<unknown>, times: number): Promise<number> {
  return ((await timed(() => repeated(call, times))) * 1e6) / times;
}

async function repeated(call: () => Promise<unknown>, times: number): Promise<void> {
  for (let left = times; left > 0; left -= 1) await call();
}

/** The same of calls that return at once. `sink` keeps the engine from leaving them out. */
export function perSyncCall(call: () => unknown, times: number): number {
  let kept: unknown;
  const before = process.cpuUsage();
  for (let left = times; left > 0; left -= 1) kept = call();
  const { user, system } = process.cpuUsage(before);
  sink = kept;
  return ((user + system) * 1_000) / times;
}

export let sink: unknown;
