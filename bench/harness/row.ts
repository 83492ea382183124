import { type Figure, figureOf } from './statistics.ts';

/** One line of the benchmark. */
export interface Row {
  /** Of performance.md's numbering. */
  readonly group: number;
  readonly metric: string;
  readonly unit: string;
  readonly ours: Figure;
  /** The least code that does the job; `null` where there is nothing to compare with. */
  readonly floor: Figure | null;
  /** Peers that offer it. */
  readonly peers: Readonly<Record<string, Figure>>;
  readonly better: 'less' | 'more';
  readonly goal: Goal | null;
}

export interface Goal {
  readonly text: string;
  isMet(ours: number, floor: number): boolean;
}

export const atMost = (limit: number, unit = ''): Goal => ({
  text: `≤ ${number(limit)}${unit}`,
  isMet: (ours) => ours <= limit,
});
export const timesFloor = (factor: number): Goal => ({
  text: `≤ ${factor} × floor`,
  isMet: (ours, floor) => ours <= factor * floor,
});
export const shareOfFloor = (factor: number): Goal => ({
  text: `≥ ${factor} × floor`,
  isMet: (ours, floor) => ours >= factor * floor,
});
export const aboveFloor = (more: number, unit: string): Goal => ({
  text: more === 0 ? '≤ floor' : `≤ floor + ${more}${unit}`,
  isMet: (ours, floor) => ours <= floor + more,
});
export const exactly = (wanted: number): Goal => ({
  text: String(wanted),
  isMet: (ours) => ours === wanted,
});

export type Verdict = 'met' | 'not met' | '–';

/** By the medians. */
export function verdict({ goal, ours, floor }: Row): Verdict {
  if (goal === null) return '–';
  return goal.isMet(ours.median, floor?.median ?? Number.NaN) ? 'met' : 'not met';
}

/**
 * The peer with the best median; `null` if none offers it. Of several as good the first by name.
 */
export function bestPeer({ peers, better }: Row): { name: string; figure: Figure } | null {
  const sign = better === 'less' ? 1 : -1;
  const all = Object.entries(peers).map(([name, figure]) => ({ name, figure }));
  return (
    all.sort(
      (a, b) => sign * (a.figure.median - b.figure.median) || a.name.localeCompare(b.name),
    )[0] ?? null
  );
}

/** What was measured of each client, once for each process or round. */
export type Measurements = readonly Readonly<Record<string, number>>[];

/**
 * Splits measurements into ours, the floor's and the peers'. Clients that were not measured are
 * left out.
 */
export function figures(
  measurements: Measurements,
  ours: string,
  floor: string,
): Pick<Row, 'ours' | 'floor' | 'peers'> {
  const names = [...new Set(measurements.flatMap((each) => Object.keys(each)))];
  const all = new Map(
    names.map((name) => [name, figureOf(measurements.flatMap((each) => each[name] ?? []))]),
  );
  const own = all.get(ours);
  if (own === undefined) throw new Error(`"${ours}" was not measured.`);
  const peers = Object.fromEntries([...all].filter(([name]) => name !== ours && name !== floor));
  return { ours: own, floor: all.get(floor) ?? null, peers };
}

/** Three digits that say something. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return 'never';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(digits, 2))));
}

/** The median, and from where to where the others lie if they lie apart. */
export function figure({ median, low, high }: Figure): string {
  const range = `${number(low)}–${number(high)}`;
  return number(low) === number(high) ? number(median) : `${number(median)} (${range})`;
}
