import type { Redis } from 'ioredis';

/**
 * What clients told this Redis while `work` went on, as MONITOR saw it: `['evalsha', …]`; and, if
 * asked for, what scripts did inside.
 */
export async function commandsDuring(
  redis: Redis,
  work: () => Promise<unknown>,
  { inScripts = false } = {},
): Promise<string[][]> {
  await redis.ping(); // what ioredis itself asks on a new connection is over once this is answered
  const monitor = await redis.monitor();
  const seen: string[][] = [];
  const marker = `end of ${Math.random()}`;
  const isOver = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (args[1] === marker) resolve();
      else if (inScripts || source !== 'lua') seen.push(args);
    });
  });
  await work();
  await redis.echo(marker);
  await isOver;
  monitor.disconnect();
  return seen;
}
