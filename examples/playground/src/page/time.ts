/** `1:04:09`: how much time that is. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** How long until then. */
export function left(until: number | null, now: number): string {
  if (until === null) return 'none';
  return until <= now ? 'over' : duration(until - now);
}
