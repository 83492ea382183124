const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * The time that `--clock` asks for: `+90m` or `-2d` is this machine's time moved, and
 * `2026-03-01T12:00:00Z` is that moment, at which the clock stands still until it is moved. Throws
 * a TypeError for anything else.
 */
export function readClock(text: string): () => number {
  const [, sign, amount, unit = ''] = /^([+-])(\d{1,9})([smhd])$/.exec(text) ?? [];
  const size = units[unit];
  if (size !== undefined) {
    const offset = (sign === '-' ? -1 : 1) * Number(amount) * size;
    return () => Date.now() + offset;
  }
  const moment = readMoment(text);
  if (moment !== null) return () => moment;
  throw new TypeError(
    '"--clock" must be an offset such as +90m or -2d (s, m, h, d), or a time with its zone such as 2026-03-01T12:00:00Z. Write "--clock=-2d" with an equals sign.',
  );
}

/** Epoch milliseconds. `Date.parse` alone takes the 30th of February for the 2nd of March. */
function readMoment(text: string): number | null {
  const [, day = ''] =
    /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  const moment = Date.parse(text);
  return isDay && day !== '' && !Number.isNaN(moment) ? moment : null;
}
